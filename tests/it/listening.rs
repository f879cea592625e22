//! Where can a server listen, and what does it leave there?

use std::fs;
use std::io::{ErrorKind, Write as _};
use std::os::fd::OwnedFd;
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::net as unix;
use std::path::Path;
use std::process::Stdio;

use sendoff::{App, Server, handler, routes, send};
use tempfile::TempDir;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpStream, UnixStream};
use tokio::process::Command;

use crate::support::example::{Example, command};
use crate::support::wire::{Running, Wire, in_time};

const GET: &str = "GET / HTTP/1.1\r\nhost: test\r\nconnection: close\r\n\r\n";

#[handler(GET "/")]
async fn hello() {
    send!("hello");
}

fn app() -> App {
    App::new(()).routes(routes![hello])
}

async fn check_answers<T: AsyncRead + AsyncWrite + Unpin>(stream: T) {
    let mut wire = Wire::new(stream);
    wire.write(GET).await;
    assert_eq!(wire.answer(false).await.body, "hello");
}

async fn check_listens_on(path: &Path) {
    check_answers(UnixStream::connect(path).await.expect("it listens")).await;
}

async fn tcp() -> Server {
    Server::bind("127.0.0.1:0").await.expect("a free port")
}

fn mode(path: &Path) -> u32 {
    let found = fs::metadata(path).expect("the file of the socket");
    found.permissions().mode() & 0o777
}

fn folder() -> TempDir {
    tempfile::tempdir().expect("a folder")
}

#[tokio::test]
async fn several_addresses() {
    let theirs = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    let theirs = Server::from_tcp(theirs).expect("a listener");
    let server = tcp().await.and(tcp().await).and(theirs);
    let addresses = server.local_addrs().expect("addresses");
    assert_eq!(addresses.len(), 3);
    assert_eq!(server.local_addr().expect("an address"), addresses[0]);
    let running = Running::serve(server, app());
    for address in &addresses {
        check_answers(TcpStream::connect(address).await.expect("it listens")).await;
    }
    running.stop().ended().await;
    for address in &addresses {
        let refused = in_time(TcpStream::connect(address)).await;
        assert!(refused.is_err(), "{address}");
    }
}

#[tokio::test]
async fn a_unix_socket_is_removed_at_the_end() {
    let folder = folder();
    let (path, open) = (folder.path().join("a.sock"), folder.path().join("b.sock"));
    let server = Server::bind_unix(&path).expect("a socket");
    let fault = server.local_addr().expect_err("no address");
    assert_eq!(fault.to_string(), "the server listens on no TCP address");
    let server = server
        .and(Server::bind_unix_with_mode(&open, 0o606).expect("a socket"))
        .and(tcp().await);
    assert_eq!((mode(&path), mode(&open)), (0o660, 0o606));
    let running = Running::serve(server, app());
    check_listens_on(&path).await;
    check_listens_on(&open).await;
    running.stop().ended().await;
    assert!(!path.exists() && !open.exists());
}

#[tokio::test]
async fn what_waits_in_the_queue_of_a_unix_socket_is_answered() {
    let folder = folder();
    let path = folder.path().join("a.sock");
    let server = Server::bind_unix(&path).expect("a socket").and(tcp().await);
    let running = Running::serve(server, app());
    let streams: Vec<_> = (0..20)
        .map(|_| {
            let mut stream = unix::UnixStream::connect(&path).expect("the kernel accepts");
            stream.write_all(GET.as_bytes()).expect("there is room");
            stream.set_nonblocking(true).expect("an option");
            stream
        })
        .collect();
    let stopping = running.stop();
    for stream in streams {
        let stream = UnixStream::from_std(stream).expect("a runtime");
        assert_eq!(Wire::new(stream).answer(false).await.body, "hello");
    }
    stopping.ended().await;
}

#[tokio::test]
async fn the_file_of_a_server_that_died_is_replaced() {
    let folder = folder();
    let path = folder.path().join("a.sock");
    drop(unix::UnixListener::bind(&path).expect("a socket"));
    assert!(path.exists());
    let server = Server::bind_unix(&path).expect("nobody listens on it");
    let running = Running::serve(server.and(tcp().await), app());
    check_listens_on(&path).await;
    running.stop().ended().await;
}

#[track_caller]
fn check_refused(path: &Path, kind: ErrorKind, says: &str) {
    let fault = Server::bind_unix(path).expect_err("it cannot be listened on");
    assert_eq!(fault.kind(), kind);
    let path = path.display();
    assert_eq!(
        fault.to_string(),
        format!("cannot listen on {path}: {says}")
    );
}

#[tokio::test]
async fn what_is_in_use_is_left_alone() {
    let folder = folder();
    let (used, file) = (folder.path().join("a.sock"), folder.path().join("file"));
    let _used = Server::bind_unix(&used).expect("a socket");
    check_refused(&used, ErrorKind::AddrInUse, "another process listens on it");
    assert!(used.exists());
    fs::write(&file, "text").expect("a file");
    check_refused(
        &file,
        ErrorKind::AlreadyExists,
        "there is a file that is no socket",
    );
    assert_eq!(fs::read_to_string(&file).expect("the file"), "text");
}

#[tokio::test]
async fn the_socket_of_the_next_server_stays() {
    let folder = folder();
    let path = folder.path().join("a.sock");
    let server = Server::bind_unix(&path).expect("a socket");
    fs::rename(&path, folder.path().join("old.sock")).expect("the file can be moved");
    let _next = Server::bind_unix(&path).expect("the path is free");
    drop(server);
    assert!(path.exists());
}

const PROCESS: &str = "cargo run -p sendoff-tests --example process";

/// Starts the process with the socket as descriptor 3, as a supervisor does.
async fn start_with(socket: OwnedFd) -> Example {
    Example::spawn(&mut shell_with(socket, "1")).await
}

fn shell_with(socket: OwnedFd, fds: &str) -> Command {
    let cargo = command(PROCESS, &[]);
    let cargo = cargo.as_std();
    // `cargo run` becomes the program, so the id stays that of the shell.
    let script = "exec 3<&0 </dev/null; LISTEN_PID=$$ exec \"$0\" \"$@\"";
    let mut shell = Command::new("sh");
    shell
        .args(["-c", script])
        .env("LISTEN_FDS", fds)
        .arg(cargo.get_program())
        .args(cargo.get_args())
        .current_dir(cargo.get_current_dir().expect("the workspace"))
        .stdin(Stdio::from(socket))
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true);
    shell
}

#[tokio::test]
async fn a_socket_that_a_supervisor_has_passed() {
    let socket = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = socket.local_addr().expect("an address");
    let pass = || OwnedFd::from(socket.try_clone().expect("a descriptor"));

    let process = start_with(pass()).await;
    assert_eq!(process.url(), format!("http://{address}"));
    check_answers(TcpStream::connect(address).await.expect("it listens")).await;
    assert_eq!(process.terminate().await.code, Some(0));

    // The supervisor still listens, and the next process answers.
    let waits = TcpStream::connect(address).await.expect("it listens");
    let process = start_with(pass()).await;
    check_answers(waits).await;
    assert_eq!(process.terminate().await.code, Some(0));
}

#[tokio::test]
async fn a_unix_socket_that_a_supervisor_has_passed() {
    let folder = folder();
    let path = folder.path().join("a.sock");
    let socket = unix::UnixListener::bind(&path).expect("a socket");
    let process = start_with(OwnedFd::from(socket)).await;
    assert_eq!(process.ready, "the server listens on no TCP address");
    check_listens_on(&path).await;
    assert_eq!(process.terminate().await.code, Some(0));
    assert!(path.exists(), "it is the supervisor's");
}

/// Says why the process cannot start with this socket.
async fn refused_with(socket: OwnedFd, fds: &str) -> String {
    let mut shell = shell_with(socket, fds);
    let ended = in_time(shell.output()).await.expect("a shell");
    assert!(!ended.status.success(), "{ended:?}");
    assert_eq!(String::from_utf8_lossy(&ended.stdout), "", "it listens");
    String::from_utf8_lossy(&ended.stderr).into_owned()
}

#[tokio::test]
async fn what_a_supervisor_should_not_pass_is_refused_at_the_start() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("an address");
    let connected = std::net::TcpStream::connect(address).expect("it listens");
    let (paired, _other) = unix::UnixStream::pair().expect("two sockets");
    let bound = tokio::net::TcpSocket::new_v4().expect("a socket");
    bound.bind(([127, 0, 0, 1], 0).into()).expect("a free port");
    let bound = std::os::fd::AsFd::as_fd(&bound)
        .try_clone_to_owned()
        .expect("a descriptor");
    let no_listener = "cannot listen on socket 0 of LISTEN_FDS: it does not listen";
    for (socket, fds, why) in [
        (connected.into(), "1", no_listener),
        (paired.into(), "1", no_listener),
        (bound, "1", no_listener),
        (
            fs::File::open("/dev/null").expect("a file").into(),
            "1",
            "cannot listen on socket 0 of LISTEN_FDS: ",
        ),
        (
            listener.into(),
            "x",
            "LISTEN_FDS is \\\"x\\\", which is no number",
        ),
    ] {
        let said = refused_with(socket, fds).await;
        assert!(said.contains(why), "{why}: {said}");
    }
}

#[tokio::test]
async fn a_second_signal_ends_it_at_once() {
    let process = Example::start(PROCESS, &[]).await;
    let address = process
        .url()
        .strip_prefix("http://")
        .expect("a URL")
        .to_owned();
    let mut wire = Wire::connect(address.parse().expect("an address"))
        .await
        .expect("it listens");
    wire.request("GET /endless", &[], "").await;
    // The head is there, and the body has no end.
    assert_eq!(wire.answer(true).await.status, 200);
    process.ask_to_stop();
    // It has heard of it when it no longer listens.
    in_time(async { while TcpStream::connect(&address).await.is_ok() {} }).await;
    let ended = in_time(process.terminate()).await;
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert!(
        ended.log.contains("handler: \"process::endless\""),
        "{ended:?}"
    );
}
