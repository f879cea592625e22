//! actix-web, as its documentation does it.

use actix_web::{App, HttpResponse, HttpServer, Responder, get, post, web};
use common::{HELLO, LAST_USER, NO_SUCH_USER, User};

#[get("/")]
async fn hello() -> impl Responder {
    HELLO
}

#[get("/users/{id}")]
async fn show_user(id: web::Path<u64>) -> impl Responder {
    let id = id.into_inner();
    if id > LAST_USER {
        return HttpResponse::NotFound().body(NO_SUCH_USER);
    }
    HttpResponse::Ok().json(User::new(id))
}

#[post("/echo")]
async fn echo(body: String) -> impl Responder {
    body
}

#[get("/slow/{milliseconds}")]
async fn slow(milliseconds: web::Path<u64>) -> impl Responder {
    common::slow(milliseconds.into_inner()).await
}

#[get("/counts")]
async fn counts() -> impl Responder {
    common::counts()
}

#[get("/panic")]
async fn panics() -> HttpResponse {
    panic!("as asked")
}

#[get("/download/{mebibytes}")]
async fn download(mebibytes: web::Path<u64>) -> impl Responder {
    HttpResponse::Ok().streaming(common::download(mebibytes.into_inner()))
}

#[actix_web::main]
async fn main() -> std::io::Result<()> {
    let mut server = HttpServer::new(|| {
        App::new()
            .service(hello)
            .service(show_user)
            .service(echo)
            .service(slow)
            .service(counts)
            .service(panics)
            .service(download)
    })
    .bind_auto_h2c("127.0.0.1:0")?;
    if common::one_thread() {
        server = server.workers(1);
    }
    println!("{}", server.addrs()[0]);
    server.run().await
}
