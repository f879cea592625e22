//! What does an idle connection cost? Resident memory of a server, read from Linux's `/proc`.
//!
//! ```console
//! $ ulimit -n 20000
//! $ cargo run --release -p sendoff-tests --example idle -- 10000
//! ```
//!
//! A second number is the time between two connections, in microseconds.
//!
//! A connection gives hyper's buffers back when it has been idle for a moment, so memory is read at
//! once and after a pause. The system's allocator keeps what is freed in the midst of its heap, for
//! the connections that come next: what is resident is the most that was needed at once.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use sendoff::{App, Server, handler, routes, send};

#[handler(GET "/")]
async fn hello() {
    send!("hello");
}

fn main() -> io::Result<()> {
    match std::env::args().nth(1).as_deref() {
        Some("serve") => serve(),
        connections => {
            let between = std::env::args().nth(2);
            let between = between.map_or(0, |n| n.parse().expect("microseconds"));
            measure(
                connections.map_or(10_000, |n| n.parse().expect("a number")),
                Duration::from_micros(between),
            )
        }
    }
}

#[tokio::main(flavor = "current_thread")]
async fn serve() -> io::Result<()> {
    let server = Server::bind("127.0.0.1:0").await?;
    println!("{}", server.local_addr()?);
    server.serve(App::new(()).routes(routes![hello])).await
}

fn measure(connections: usize, between: Duration) -> io::Result<()> {
    let mut server = Command::new(std::env::current_exe()?)
        .arg("serve")
        .stdout(Stdio::piped())
        .spawn()?;
    let mut line = String::new();
    let output = server.stdout.take().expect("its output is piped");
    BufReader::new(output).read_line(&mut line)?;
    let address: SocketAddr = line.trim().parse().expect("an address");

    let resident = || memory(server.id());
    for _ in 0..10 {
        drop(request(TcpStream::connect(address)?)?);
    }
    let before = resident()?;
    println!("{before:>12} bytes without connections");
    for round in ["", " in a second round"] {
        for (what, asks) in [("that sent nothing", false), ("that sent a request", true)] {
            let open: Vec<TcpStream> = (0..connections)
                .map(|_| {
                    thread::sleep(between);
                    match asks {
                        true => request(TcpStream::connect(address)?),
                        false => TcpStream::connect(address),
                    }
                })
                .collect::<io::Result<_>>()?;
            // The server has accepted them all when it serves one that came later.
            drop(request(TcpStream::connect(address)?)?);
            for (pause, when) in [(0, ""), (2, ", after two seconds")] {
                thread::sleep(Duration::from_secs(pause));
                let with = resident()?;
                let each = with.saturating_sub(before) / connections;
                println!("{with:>12} bytes with {connections} {what}{round}{when}: {each} each");
            }
            drop(open);
            let closed = Instant::now();
            while descriptors(server.id())? > 64 && closed.elapsed() < Duration::from_secs(20) {
                drop(request(TcpStream::connect(address)?)?);
            }
            println!("{:>12} bytes when they are closed", resident()?);
        }
    }
    server.kill()?;
    server.wait()?;
    Ok(())
}

fn request(mut stream: TcpStream) -> io::Result<TcpStream> {
    stream.write_all(b"GET / HTTP/1.1\r\nhost: test\r\n\r\n")?;
    let mut answer = [0; 512];
    let length = stream.read(&mut answer)?;
    assert!(answer[..length].ends_with(b"hello"), "an answer");
    Ok(stream)
}

fn memory(process: u32) -> io::Result<usize> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kilobytes = line.and_then(|line| line.trim().strip_suffix(" kB"));
    let kilobytes: usize = kilobytes.and_then(|n| n.parse().ok()).expect("a number");
    Ok(kilobytes * 1024)
}

fn descriptors(process: u32) -> io::Result<usize> {
    Ok(std::fs::read_dir(format!("/proc/{process}/fd"))?.count())
}
