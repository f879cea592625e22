use sendoff::{HeaderMap, Json, handler, send};

type Body = Json<String>;

#[handler(POST "/")]
async fn echo(Json(body): Json<String>, _headers: HeaderMap) {
    send!(body);
}

#[handler(POST "/alias")]
async fn alias(Json(body): Body, _text: String) {
    send!(body);
}

#[handler(POST "/option")]
async fn option(body: Option<Json<u8>>, text: String) {
    send!(200, format!("{text} {}", body.is_some()));
}

fn main() {}
