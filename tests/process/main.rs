//! A server in a process of its own, for what a test cannot do to its own process.
//!
//! ```console
//! $ cargo run --quiet -p sendoff-tests --example process -- --descriptors 64
//! listening on http://127.0.0.1:40123
//! ```

use sendoff::{App, Server, handler, routes, send};

#[handler(GET "/")]
async fn hello() {
    send!("hello");
}

#[handler(POST "/echo")]
async fn echo(body: String) {
    send!(body);
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> std::io::Result<()> {
    let mut flags = std::env::args().skip(1);
    while let (Some(flag), Some(value)) = (flags.next(), flags.next()) {
        assert_eq!(flag, "--descriptors", "the only flag");
        limit_descriptors(value.parse().expect("a number"));
    }
    let app = App::new(()).routes(routes![hello, echo]);
    let server = Server::bind("127.0.0.1:0").await?;
    println!("listening on http://{}", server.local_addr()?);
    server.serve(app).await
}

#[cfg(unix)]
fn limit_descriptors(descriptors: u64) {
    use rustix::process::{Resource, Rlimit, setrlimit};

    let limit = Rlimit {
        current: Some(descriptors),
        maximum: Some(descriptors),
    };
    setrlimit(Resource::Nofile, limit).expect("a lower limit");
}

#[cfg(not(unix))]
fn limit_descriptors(_: u64) {}
