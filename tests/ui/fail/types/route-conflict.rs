use sendoff::{App, handler, routes, send};

#[handler(GET "/users/{id}")]
async fn show(id: u64) {
    send!(200, id.to_string());
}

mod search {
    #[sendoff::handler(GET "/users/{name}")]
    pub async fn by_name(name: String) {
        sendoff::send!(name);
    }
}

fn app() -> App {
    App::new(()).routes(routes![show, search::by_name])
}

fn main() {}
