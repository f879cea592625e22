//! How is a language server asked? JSON-RPC over its standard input and output.

use std::env;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde_json::{Value, json};

use super::Fallible;

/// The answer to a question that a change has overtaken: it has to be asked again.
const OVERTAKEN: [i64; 2] = [-32801, -32802];

pub(crate) struct Server {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
    settings: Value,
    document: String,
    version: u64,
    questions: u64,
}

impl Server {
    /// Starts rust-analyzer with one file open, and waits until it knows the package.
    pub(crate) fn start(root: &Path, target: &Path, file: &Path, text: &str) -> Fallible<Server> {
        let program = env::var_os("RUST_ANALYZER").unwrap_or_else(|| "rust-analyzer".into());
        let mut child = Command::new(&program)
            .current_dir(root)
            .env("RA_LOG", "off")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|fault| format!("{}: {fault}", program.display()))?;
        let input = child.stdin.take().ok_or("no input")?;
        let output = BufReader::new(child.stdout.take().ok_or("no output")?);
        let settings = json!({
            "cargo": { "targetDir": target, "sysrootSrc": standard_library()? },
            "checkOnSave": false,
            "cachePriming": { "enable": false },
            "completion": { "autoimport": { "enable": false } },
        });
        let mut server = Server {
            child,
            input,
            output,
            settings,
            document: format!("file://{}", file.display()),
            version: 0,
            questions: 0,
        };
        server.open(root, text)?;
        Ok(server)
    }

    fn open(&mut self, root: &Path, text: &str) -> Fallible<()> {
        let root = format!("file://{}", root.display());
        let settings = self.settings.clone();
        self.request(
            "initialize",
            &json!({
                "processId": std::process::id(),
                "rootUri": root,
                "workspaceFolders": [{ "uri": root, "name": "typed" }],
                "capabilities": { "experimental": { "serverStatusNotification": true } },
                "initializationOptions": settings,
            }),
        )?;
        self.notify("initialized", &json!({}))?;
        let document = json!({
            "uri": self.document, "languageId": "rust", "version": 0, "text": text,
        });
        self.notify("textDocument/didOpen", &json!({ "textDocument": document }))?;
        loop {
            let message = self.read()?;
            if message["method"] == "experimental/serverStatus"
                && message["params"]["quiescent"] == true
            {
                println!("ready: {}", message["params"]["message"]);
                return Ok(());
            }
        }
    }

    /// Replaces the text of the file.
    pub(crate) fn change(&mut self, text: &str) -> Fallible<()> {
        self.version += 1;
        let document = json!({ "uri": self.document, "version": self.version });
        self.notify(
            "textDocument/didChange",
            &json!({ "textDocument": document, "contentChanges": [{ "text": text }] }),
        )
    }

    /// Asks about the place behind `before`, which the text starts with.
    pub(crate) fn ask(&mut self, method: &str, before: &str) -> Fallible<Value> {
        let line = before.matches('\n').count();
        let last = before.rsplit('\n').next().unwrap_or_default();
        let character = last.encode_utf16().count();
        let position = json!({
            "textDocument": { "uri": self.document },
            "position": { "line": line, "character": character },
        });
        self.request(method, &position)
    }

    pub(crate) fn stop(mut self) -> Fallible<()> {
        self.request("shutdown", &Value::Null)?;
        self.notify("exit", &Value::Null)?;
        self.child.wait()?;
        Ok(())
    }

    fn request(&mut self, method: &str, params: &Value) -> Fallible<Value> {
        loop {
            self.questions += 1;
            let id = self.questions;
            self.write(json!({ "id": id, "method": method, "params": params }))?;
            let mut answer = self.read()?;
            while answer["id"] != id || answer.get("method").is_some() {
                answer = self.read()?;
            }
            match answer["error"]["code"].as_i64() {
                None => return Ok(answer["result"].take()),
                Some(code) if OVERTAKEN.contains(&code) => {}
                Some(_) => return Err(format!("{method}: {}", answer["error"]).into()),
            }
        }
    }

    fn notify(&mut self, method: &str, params: &Value) -> Fallible<()> {
        self.write(json!({ "method": method, "params": params }))
    }

    fn write(&mut self, mut message: Value) -> Fallible<()> {
        message["jsonrpc"] = "2.0".into();
        let text = message.to_string();
        write!(self.input, "Content-Length: {}\r\n\r\n{text}", text.len())?;
        Ok(self.input.flush()?)
    }

    /// The next message, of which a question is answered first.
    fn read(&mut self) -> Fallible<Value> {
        let mut length = 0;
        loop {
            let mut line = String::new();
            if self.output.read_line(&mut line)? == 0 {
                return Err("rust-analyzer has ended".into());
            }
            match line.trim().split_once(": ") {
                Some(("Content-Length", value)) => length = value.parse()?,
                Some(_) => {}
                None => break,
            }
        }
        let mut text = vec![0; length];
        self.output.read_exact(&mut text)?;
        let message: Value = serde_json::from_slice(&text)?;
        if let (Some(method), Some(id)) = (message["method"].as_str(), message.get("id")) {
            let items = message["params"]["items"].as_array().map_or(0, Vec::len);
            let result = match method {
                "workspace/configuration" => Value::from(vec![self.settings.clone(); items]),
                _ => Value::Null,
            };
            self.write(json!({ "id": id, "result": result }))?;
        }
        Ok(message)
    }
}

/// The sources of the standard library. Without an answer to this, rust-analyzer would have rustup
/// install them.
fn standard_library() -> Fallible<PathBuf> {
    if let Some(sources) = env::var_os("RUST_SRC_PATH") {
        return Ok(sources.into());
    }
    let rustc = Command::new("rustc")
        .args(["--print", "sysroot"])
        .output()?;
    let sysroot = String::from_utf8(rustc.stdout)?;
    let sources = Path::new(sysroot.trim()).join("lib/rustlib/src/rust/library");
    if sources.is_dir() {
        Ok(sources)
    } else {
        Err("set RUST_SRC_PATH, or run `rustup component add rust-src`".into())
    }
}
