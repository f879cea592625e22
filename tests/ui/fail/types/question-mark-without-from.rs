use sendoff::{IntoResponse, Response, handler, send};

struct AppError;

impl IntoResponse for AppError {
    fn into_response(self) -> Response {
        ().into_response()
    }
}

#[handler(error = AppError)]
async fn show(text: String) {
    let text = std::fs::read_to_string(text)?;
    send!(text);
}

fn main() {}
