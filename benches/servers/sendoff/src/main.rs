//! sendoff, as its README does it.

use common::{HELLO, LAST_USER, NO_SUCH_USER, User};
use sendoff::{App, Body, Json, Server, handler, routes, send};

#[handler(GET "/")]
async fn hello() {
    send!(HELLO);
}

#[handler(GET "/users/{id}")]
async fn show_user(id: u64) {
    if id > LAST_USER {
        send!(404, NO_SUCH_USER);
    }
    send!(Json(User::new(id)));
}

#[handler(POST "/echo")]
async fn echo(body: String) {
    send!(body);
}

#[handler(GET "/slow/{milliseconds}")]
async fn slow(milliseconds: u64) {
    send!(common::slow(milliseconds).await);
}

#[handler(GET "/counts")]
async fn counts() {
    send!(common::counts());
}

#[handler(GET "/panic")]
async fn panics() {
    panic!("as asked");
}

#[handler(GET "/download/{mebibytes}")]
async fn download(mebibytes: u64) {
    send!(Body::from_stream(common::download(mebibytes)));
}

fn main() -> std::io::Result<()> {
    common::run(async {
        let app = App::new(()).routes(routes![
            hello, show_user, echo, slow, counts, panics, download
        ]);
        let server = Server::bind("127.0.0.1:0").await?;
        println!("{}", server.local_addr()?);
        server.serve(app).await
    })
}
