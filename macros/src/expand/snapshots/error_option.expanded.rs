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
#[allow(clippy::missing_errors_doc)]
pub async fn double(text: &'static str) -> ::sendoff::Answer<AppError> {
    let __sent______________________________________________________________________________________: ::sendoff::Sent = 'send: {
        {
            let n: u64 = text.parse()?;
            send!(@ 'send # status 200, (2 * n).to_string());
        }
    };
    return ::sendoff::__private::Ok(
        __sent______________________________________________________________________________________,
    );
}
