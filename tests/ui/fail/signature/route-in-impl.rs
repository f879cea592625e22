use sendoff::{App, handler, routes, send};

struct Users;

impl Users {
    #[handler(GET "/users")]
    async fn list() {
        send!("all of them");
    }
}

mod inner {
    #[sendoff::handler(GET "/inner")]
    pub(crate) async fn show() {
        sendoff::send!("free");
    }
}

fn main() {
    drop(App::new(()).routes(routes![inner::show]));
}
