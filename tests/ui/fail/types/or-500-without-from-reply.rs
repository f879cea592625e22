use sendoff::{IntoResponse, OrSend, Response, handler, send};

struct AppError;

impl IntoResponse for AppError {
    fn into_response(self) -> Response {
        ().into_response()
    }
}

#[handler(error = AppError)]
async fn show(text: String) {
    let n: u64 = text.parse().or_500()?;
    send!(200, n.to_string());
}

fn main() {}
