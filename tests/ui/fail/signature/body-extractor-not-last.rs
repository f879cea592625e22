use sendoff::{HeaderMap, Json, handler, send};

#[handler(POST "/")]
async fn echo(Json(body): Json<String>, headers: HeaderMap) {
    send!(body);
}

#[handler(POST "/both")]
async fn both(Json(body): Json<String>, text: String) {
    send!(body);
}

fn main() {}
