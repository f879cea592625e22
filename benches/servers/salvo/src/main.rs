//! salvo, as its documentation and its example `graceful-shutdown` do it.

use common::{HELLO, LAST_USER, NO_SUCH_USER, User};
use salvo::http::ParseError;
use salvo::prelude::*;

#[handler]
async fn hello() -> &'static str {
    HELLO
}

#[handler]
async fn show_user(req: &mut Request, res: &mut Response) {
    let Some(id) = req.param::<u64>("id") else {
        res.render(StatusError::bad_request());
        return;
    };
    if id > LAST_USER {
        res.status_code(StatusCode::NOT_FOUND);
        res.render(NO_SUCH_USER);
        return;
    }
    res.render(Json(User::new(id)));
}

#[handler]
async fn echo(req: &mut Request) -> Result<String, ParseError> {
    let body = req.payload().await?;
    Ok(String::from_utf8_lossy(body).into_owned())
}

#[handler]
async fn slow(req: &mut Request) -> String {
    common::slow(req.param("milliseconds").unwrap_or(0)).await
}

#[handler]
async fn counts() -> String {
    common::counts()
}

#[handler]
async fn panics() {
    panic!("as asked")
}

#[handler]
async fn download(req: &mut Request, res: &mut Response) {
    res.stream(common::download(req.param("mebibytes").unwrap_or(0)));
}

fn main() -> std::io::Result<()> {
    common::run(async {
        let router = Router::new()
            .get(hello)
            .push(Router::with_path("users/{id}").get(show_user))
            .push(Router::with_path("echo").post(echo))
            .push(Router::with_path("slow/{milliseconds}").get(slow))
            .push(Router::with_path("counts").get(counts))
            .push(Router::with_path("panic").get(panics))
            .push(Router::with_path("download/{mebibytes}").get(download));
        let acceptor = TcpListener::new("127.0.0.1:0").bind().await;
        println!("{}", acceptor.inner().local_addr()?);
        let server = Server::new(acceptor);
        let handle = server.handle();
        tokio::spawn(async move {
            common::terminated().await;
            handle.stop_graceful(None);
        });
        server.try_serve(router).await
    })
}
