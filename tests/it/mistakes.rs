//! Is one mistake one error, and does it say what to write?
//!
//! The slips that newcomers make first, each in a program of its own. What the messages look like
//! is in `tests/ui`; here it counts that there is one, and that it has the way out.

use crate::support::scratch::{Outcome, Source, check};

const PRELUDE: &str = "#![allow(unused)]
use sendoff::{Answer, App, Json, OrSend, State, guard, handler, reply, routes, send};
async fn work() {}
#[handler]
async fn inner(n: u8) { send!(200, n.to_string()) }
fn main() {}
";

/// What is written in a handler that takes an `n: u8`, and what the one error says.
const IN_A_HANDLER: &[(&str, &[&str])] = &[
    (
        "work().await;",
        &["[missing-send]", "end this path with `send!(..)`"],
    ),
    ("inner(n).await", &["[missing-send]", "put a `?` behind it"]),
    (
        "inner(n).await;",
        &["[missing-send]", "put a `?` behind it"],
    ),
    ("inner(n)", &["[missing-send]"]),
    (
        "let user = Some(n).ok_or_else(|| send!(404))?; send!(200, user.to_string());",
        &["[send-in-closure]", "`.or_send(reply!(404))?`"],
    ),
    (
        "let user = \"1\".parse::<u8>().map_err(|_| { send!(404); })?; send!(200, user.to_string());",
        &["[send-in-closure]", "`.or_send(reply!(404))?`"],
    ),
    (
        "if n > 4 { return Ok(()); } send!(200);",
        &["[return-without-send]", "write `send!(..)` in its place"],
    ),
    ("send!(200); Ok(())", &["[code-after-send]"]),
    ("send!(200); Err(())", &["[code-after-send]"]),
    (
        "send!(404; \"none\");",
        &["[semicolon-in-send]", "write `,`"],
    ),
    ("send!(-1);", &["[invalid-status]", "-1 is not the status"]),
    (
        "send!(-1, \"none\");",
        &["[invalid-status]", "use a status from 200 to 599"],
    ),
    ("send(404)", &["use `!` to invoke the macro"]),
    ("send(404);", &["use `!` to invoke the macro"]),
    ("sned!(404);", &["a macro with a similar name exists"]),
    (
        "if n > 4 { snd!(404, \"none\"); } else { send!(200); }",
        &["a macro with a similar name"],
    ),
    (
        "let status: u16 = 404; send!(status);",
        &["`send!(status, \"\")`"],
    ),
    (
        "let name = n.to_string(); send!(name.as_str());",
        &["does not live long enough", "`name.to_owned()`"],
    ),
    (
        "let name = n.to_string(); send!(200, name.as_str());",
        &["does not live long enough", "`name.to_owned()`"],
    ),
    (
        "if n > 3 { anyhow::bail!(\"no\"); } send!(200);",
        &["[bail-without-response]", "`.or_500()?`"],
    ),
    (
        "let n: u64 = \"1\".parse()?; send!(n.to_string());",
        &["`.or_500()?`", "`.or_send(reply!(404, \"why\"))?`"],
    ),
    (
        "let n = Some(n)?; send!(n.to_string());",
        &["`.or_send(reply!(404, \"why\"))?`", "of an `Option` too"],
    ),
    (
        "send!(200, [(\"a\", \"b\")], [(\"a\", \"b\")], [(\"a\", \"b\")], [(\"a\", \"b\")], \
         [(\"a\", \"b\")], [(\"a\", \"b\")], [(\"a\", \"b\")], [(\"a\", \"b\")], [(\"a\", \"b\")], n.to_string());",
        &["up to eight values can"],
    ),
];

/// Whole programs.
const PROGRAMS: &[(&str, &[&str])] = &[
    (
        "#[handler(GET \"/\")] async fn show(State(_): State<String>) { send!(200) }
         fn app() -> App<u8> { App::new(3_u8).routes(routes![show]) }",
        &[
            "`State<String>`",
            "an app with the state `u8`",
            "for `show`",
        ],
    ),
    (
        "struct Db;
         #[handler(GET \"/\")] async fn show(State(_): State<Db>) { send!(200) }
         fn app() -> App<Db> { App::new(Db).routes(routes![show]) }",
        &["`State<Db>`", "`T: Clone`", "for `show`"],
    ),
    (
        "#[handler]\nasync fn lost() { send!(404) }\n\
         fn app() -> App { App::new(()).routes(routes![lost]) }",
        &[
            "[unrouted-handler]",
            "`lost`",
            "`#[handler(GET \"/path\")]`",
        ],
    ),
    (
        "async fn plain() {}\n\
         fn app() -> App { App::new(()).routes(routes![plain]) }",
        &[
            "[unrouted-handler]",
            "`plain`",
            "`#[handler(GET \"/path\")]`",
        ],
    ),
    (
        "#[handler(GET \"/{userId}\")] async fn show(user_id: u64) { send!(200, user_id.to_string()) }",
        &["[argument-of-another-name]", "`{userId}`", "`user_id`"],
    ),
];

#[test]
fn one_mistake_is_one_error() {
    let in_a_handler = IN_A_HANDLER.iter().map(|(body, says)| {
        let text = format!("{PRELUDE}#[handler]\nasync fn show(n: u8) {{\n    {body}\n}}\n");
        (text, *says)
    });
    let programs = PROGRAMS
        .iter()
        .map(|(text, says)| (format!("{PRELUDE}{text}\n"), *says));
    let cases: Vec<(String, &[&str])> = in_a_handler.chain(programs).collect();
    let sources = cases.iter().enumerate().map(|(at, (text, _))| Source {
        name: format!("mistake-{at:02}"),
        text: text.clone(),
    });
    let sources: Vec<Source> = sources.collect();
    let outcomes = check("mistakes", &sources);
    let wrong = sources
        .iter()
        .zip(&cases)
        .filter_map(|(source, (_, says))| {
            let outcome = &outcomes[&source.name];
            let faults = faults(outcome, says)?;
            Some(format!(
                "{}\n{faults}\n",
                source.text.trim_start_matches(PRELUDE)
            ))
        });
    let wrong: Vec<String> = wrong.collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What is wrong with the errors, if anything is.
fn faults(outcome: &Outcome, says: &[&str]) -> Option<String> {
    let errors: Vec<&str> = outcome.errors().map(|error| &*error.rendered).collect();
    let text = errors.join("\n");
    let missing: Vec<&&str> = says.iter().filter(|word| !text.contains(**word)).collect();
    let is_one = errors.len() == 1;
    (!is_one || !missing.is_empty())
        .then(|| format!("{} errors, without {missing:?}:\n{text}", errors.len()))
}
