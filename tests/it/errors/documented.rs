use sendoff::{IntoResponse, OrSend, Problem, Reply, Response, State, handler, reply, send};
use std::io::{Error, ErrorKind};
use std::path::Path;

enum AppError {
    Reply(Reply),
    Io(Error),
}

impl From<Reply> for AppError {
    fn from(reply: Reply) -> Self {
        AppError::Reply(reply)
    }
}

impl From<Error> for AppError {
    fn from(error: Error) -> Self {
        AppError::Io(error)
    }
}

impl IntoResponse for AppError {
    fn into_response(self) -> Response {
        match self {
            AppError::Reply(reply) => reply.into_response(),
            AppError::Io(error) if error.kind() == ErrorKind::NotFound => {
                Problem::new(404).detail("no such file").into_response()
            }
            AppError::Io(error) => Problem::internal(error).into_response(),
        }
    }
}

/// A path parameter may hold any text, `../secret` and `/etc/passwd` too.
fn is_plain(name: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    !name.is_empty() && name.bytes().all(is_plain)
}

#[handler(GET "/files/{name}", error = AppError)]
async fn file(name: String, State(folder): State<&'static Path>) {
    let stem = name.strip_suffix(".txt").filter(|stem| is_plain(stem));
    let stem = stem.or_send(reply!(404, "no such file"))?;
    send!(tokio::fs::read(folder.join(format!("{stem}.txt"))).await?);
}
