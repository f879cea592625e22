//! Does README.md tell the truth? Its commands are run, and its answers compared, as they stand.

use crate::support::curl::Curl;
use crate::support::example::Example;

const README: &str = include_str!("../../README.md");

/// A line after `$ ` in a `console` block, and what the block shows under it.
#[derive(Debug, PartialEq, Eq)]
struct Command {
    line: String,
    output: String,
}

/// The commands of a text, in order.
fn commands(text: &str) -> Vec<Command> {
    let mut commands: Vec<Command> = Vec::new();
    let mut inside = false;
    for line in text.lines() {
        if line.starts_with("```") {
            inside = !inside && line == "```console";
        } else if !inside {
        } else if let Some(line) = line.strip_prefix("$ ") {
            let (line, output) = (line.to_owned(), String::new());
            commands.push(Command { line, output });
        } else {
            let command = commands.last_mut().expect("a block begins with a command");
            command.output.push_str(line);
            command.output.push('\n');
        }
    }
    for command in &mut commands {
        command.output.truncate(command.output.trim_end().len());
    }
    commands
}

/// The README's first command, which starts the service.
pub(crate) fn first_command() -> String {
    commands(README).remove(0).line
}

#[test]
fn commands_are_found_in_console_blocks_only() {
    let text = "$ no\n```console\n$ a b\nx\n\ny\n\n$ c\n```\n$ no\n```text\n$ no\n```\n";
    let command = |line: &str, output: &str| Command {
        line: line.to_owned(),
        output: output.to_owned(),
    };
    assert_eq!(commands(text), [command("a b", "x\n\ny"), command("c", "")]);
}

#[test]
fn its_cargo_commands_run_the_example_and_all_tests() {
    let commands = commands(README);
    let lines: Vec<&str> = commands
        .iter()
        .map(|command| command.line.as_str())
        .collect();
    let cargo: Vec<&str> = lines
        .iter()
        .copied()
        .filter(|line| !line.starts_with("curl "))
        .collect();
    assert_eq!(cargo, ["cargo run --bin notes", "cargo test --workspace"]);
    assert_eq!(lines.first(), cargo.first());
}

#[tokio::test]
async fn its_answers_are_those_of_the_service() {
    const DEFAULT: &str = "http://127.0.0.1:3000";

    let commands = commands(README);
    let first = commands.first().expect("a command");
    let flags = ["--addr", "127.0.0.1:0", "--db", ":memory:"];
    let notes = Example::start(&first.line, &flags).await;
    assert_eq!(notes.ready, first.output.replace(DEFAULT, notes.url()));

    let curls = commands
        .iter()
        .filter(|command| command.line.starts_with("curl "));
    let mut count = 0;
    for Command { line, output } in curls {
        assert!(line.contains(DEFAULT), "`{line}` asks another service");
        let curl = Curl::parse(&line.replace(DEFAULT, notes.url()));
        let curl = curl.unwrap_or_else(|fault| panic!("`{line}`: {fault}"));
        let printed = curl
            .run()
            .await
            .unwrap_or_else(|fault| panic!("`{line}`: {fault}"));
        assert_eq!(printed, *output, "`{line}`");
        count += 1;
    }
    assert_eq!(
        count, 8,
        "create, read, list, update, invalid, conflict, delete, not found"
    );
}
