//! A server in a process of its own, for what a test cannot do to its own process.
//!
//! ```console
//! $ cargo run --quiet -p sendoff-tests --example process -- --descriptors 64
//! listening on http://127.0.0.1:40123
//! ```

use futures_util::{StreamExt as _, stream};
use sendoff::{App, Body, Server, handler, routes, send};

#[handler(GET "/")]
async fn hello() {
    send!("hello");
}

#[handler(POST "/echo")]
async fn echo(body: String) {
    send!(body);
}

/// It begins to answer.
#[handler(GET "/endless")]
async fn endless() {
    let begun = stream::iter([Ok::<_, std::io::Error>("begun")]);
    send!(200, Body::from_stream(begun.chain(stream::pending())));
}

/// Prints what the server logs.
struct Log;

impl tracing::Subscriber for Log {
    fn enabled(&self, metadata: &tracing::Metadata<'_>) -> bool {
        metadata.target().starts_with("sendoff") && *metadata.level() <= tracing::Level::WARN
    }

    fn new_span(&self, _: &tracing::span::Attributes<'_>) -> tracing::span::Id {
        tracing::span::Id::from_u64(1)
    }

    fn record(&self, _: &tracing::span::Id, _: &tracing::span::Record<'_>) {}

    fn record_follows_from(&self, _: &tracing::span::Id, _: &tracing::span::Id) {}

    fn event(&self, event: &tracing::Event<'_>) {
        event.record(
            &mut |field: &tracing::field::Field, value: &dyn std::fmt::Debug| {
                eprintln!("{field}: {value:?}");
            },
        );
    }

    fn enter(&self, _: &tracing::span::Id) {}

    fn exit(&self, _: &tracing::span::Id) {}
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> std::io::Result<()> {
    let mut flags = std::env::args().skip(1);
    while let (Some(flag), Some(value)) = (flags.next(), flags.next()) {
        assert_eq!(flag, "--descriptors", "the only flag");
        limit_descriptors(value.parse().expect("a number"));
    }
    tracing::subscriber::set_global_default(Log).expect("the only one");
    let app = App::new(()).routes(routes![hello, echo, endless]);
    let server = match passed()? {
        Some(server) => server,
        None => Server::bind("127.0.0.1:0").await?,
    };
    match server.local_addr() {
        Ok(address) => println!("listening on http://{address}"),
        Err(fault) => println!("{fault}"),
    }
    server.serve(app).await
}

/// What a supervisor has passed.
#[cfg(unix)]
fn passed() -> std::io::Result<Option<Server>> {
    let passed = Server::from_env()?;
    assert!(Server::from_env()?.is_none(), "sockets are taken once");
    Ok(passed)
}

#[cfg(not(unix))]
fn passed() -> std::io::Result<Option<Server>> {
    Ok(None)
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
