use sendoff::{handler, send};

#[handler(GET "/users/{id}")]
async fn show(id: u64) {
    send!(200, id.to_string());
}

fn main() {
    show::path("seven");
    show::path();
}
