pub enum AppError {
    Parse,
}

impl From<std::num::ParseIntError> for AppError {
    fn from(_: std::num::ParseIntError) -> Self {
        AppError::Parse
    }
}

impl IntoResponse for AppError {
    fn into_response(self) -> Response {
        (StatusCode::BAD_REQUEST, "not a number").into_response()
    }
}

#[handler(error = AppError)]
pub async fn double(text: &'static str) {
    let n: u64 = text.parse()?;
    send!(200, (2 * n).to_string());
}
