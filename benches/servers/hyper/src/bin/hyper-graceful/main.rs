//! hyper-util's `auto` builder with upgrades and a graceful end, as its example `server_graceful` does it.

mod answer;

use std::pin::pin;
use std::time::Duration;

use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::TcpListener;

fn main() -> std::io::Result<()> {
    common::run(async {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        println!("{}", listener.local_addr()?);
        let server = auto::Builder::new(TokioExecutor::new());
        let graceful = GracefulShutdown::new();
        let mut terminated = pin!(common::terminated());
        loop {
            tokio::select! {
                accepted = listener.accept() => {
                    let Ok((stream, _)) = accepted else {
                        tokio::time::sleep(Duration::from_secs(1)).await;
                        continue;
                    };
                    let io = TokioIo::new(Box::pin(stream));
                    let service = service_fn(answer::answer);
                    let connection = server.serve_connection_with_upgrades(io, service);
                    let connection = graceful.watch(connection.into_owned());
                    tokio::spawn(async move {
                        // A connection that fails is of no interest to the others.
                        let _ = connection.await;
                    });
                }
                () = &mut terminated => break,
            }
        }
        drop(listener);
        tokio::select! {
            () = graceful.shutdown() => {}
            () = tokio::time::sleep(Duration::from_secs(10)) => {}
        }
        Ok(())
    })
}
