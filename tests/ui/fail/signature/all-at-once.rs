use sendoff::{handler, send};

#[handler(GET "/users/{id}", colour = 1)]
async fn show(page: u32) -> String {
    if page > 1 {
        send!("hello");
    }
}

fn main() {}
