use sendoff::{handler, send};

#[handler(timeout = 5s)]
async fn one() {
    send!("hello");
}

#[handler(body_limit = 10MB, on_disconnect = cancel)]
async fn two() {
    send!("hello");
}

#[handler(GET, timeout = 5s)]
async fn the_route_is_the_mistake() {
    send!("hello");
}

fn main() {}
