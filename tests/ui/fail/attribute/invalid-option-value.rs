use sendoff::{handler, send};

#[handler(GET "/1", timeout = 5, body_limit = 10)]
async fn no_unit() { send!("hello") }

#[handler(GET "/2", timeout = 5sec, body_limit = 10mb)]
async fn no_such_unit() { send!("hello") }

#[handler(GET "/3", timeout = "5s", body_limit = -10MB)]
async fn no_number() { send!("hello") }

#[handler(GET "/4", timeout = 1.5s, body_limit = 10 MB)]
async fn not_whole() { send!("hello") }

#[handler(GET "/5", timeout = 6_000_000_000_000h, body_limit = 99999999999999999999B)]
async fn too_large() { send!("hello") }

#[handler(GET "/6", timeout = 0s, on_disconnect = stop)]
async fn no_time() { send!("hello") }

#[handler(GET "/7", timeout = , on_disconnect = "finish")]
async fn no_value() { send!("hello") }

fn main() {}
