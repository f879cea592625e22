use sendoff::{handler, send};

struct Users;

impl Users {
    #[handler(GET "/users")]
    async fn list(&self) {
        send!("ann, bob");
    }
}

fn main() {}
