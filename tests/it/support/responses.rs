//! Does a handler answer what the `// response:` lines of its file say?
//!
//! `// response: GET /handler?name=value&.. -> STATUS BODY`, where BODY is `"text"`, `json {..}`,
//! or what the corpus prelude marks by `x-kind`: `sse [..]`, `chunks [..]`, `redirect "location"`.

use std::fmt;
use std::future::{Future, ready};
use std::pin::Pin;

use http_body_util::BodyExt as _;
use sendoff::{Body, IntoResponse, Response};
use serde_json::Value;

pub(crate) use super::query::Query;

/// A file of handlers, and how to call them by name.
#[derive(Clone, Copy)]
pub(crate) struct Case {
    pub(crate) name: &'static str,
    pub(crate) source: &'static str,
    pub(crate) call: fn(&str, &mut Query) -> Result<Call, String>,
}

/// A handler that has been given its arguments.
pub(crate) struct Call(Pin<Box<dyn Future<Output = Response>>>);

/// One response line.
#[derive(Debug, PartialEq)]
pub(crate) struct Expectation<'a> {
    handler: &'a str,
    query: &'a str,
    answer: Answer,
}

/// A response as a response line writes it.
#[derive(Debug, PartialEq)]
struct Answer {
    status: u16,
    body: Content,
}

#[derive(Debug, PartialEq)]
enum Content {
    Text(String),
    Json(Value),
    /// `x-kind`, and the body it announces.
    Marked(String, Value),
}

impl Case {
    /// Calls every handler as the file says; the faults, if any.
    pub(crate) fn check(&self) -> Result<(), Vec<String>> {
        let expectations = self.expectations().map_err(|fault| vec![fault])?;
        let faults: Vec<String> = expectations
            .iter()
            .filter_map(|expected| self.check_one(expected).err())
            .collect();
        if faults.is_empty() {
            Ok(())
        } else {
            Err(faults)
        }
    }

    /// The response lines. None at all is a fault, except where the handler only panics.
    pub(crate) fn expectations(&self) -> Result<Vec<Expectation<'static>>, String> {
        let expectations: Vec<_> = self
            .source
            .lines()
            .filter_map(|line| Some(line.strip_prefix("// response:")?.trim_start()))
            .map(|line| parse(line).map_err(|fault| format!("`{line}`: {fault}")))
            .collect::<Result<_, _>>()?;
        if expectations.is_empty() && !self.source.contains("fn todo_only(") {
            return Err("no response line".to_owned());
        }
        Ok(expectations)
    }

    fn check_one(&self, expected: &Expectation<'_>) -> Result<(), String> {
        let Expectation {
            handler,
            query: text,
            answer: expected,
        } = expected;
        let fault = |fault: String| format!("{handler}?{text}: {fault}");
        let mut query = Query::parse(text).map_err(fault)?;
        let call = (self.call)(handler, &mut query).map_err(fault)?;
        query.finish().map_err(fault)?;
        let answer = call.answer().map_err(fault)?;
        if answer != *expected {
            return Err(fault(format!("answered {answer}, expected {expected}")));
        }
        Ok(())
    }
}

impl Call {
    pub(crate) fn asynchronous<R: IntoResponse>(answer: impl Future<Output = R> + 'static) -> Self {
        Call(Box::pin(async { answer.await.into_response() }))
    }

    pub(crate) fn synchronous(answer: impl IntoResponse) -> Self {
        Call(Box::pin(ready(answer.into_response())))
    }

    fn answer(self) -> Result<Answer, String> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .start_paused(true)
            .build()
            .expect("a runtime");
        runtime.block_on(async {
            let response = self.0.await;
            let status = response.status().as_u16();
            let header = |name| Some(response.headers().get(name)?.to_str().ok()?.to_owned());
            let (kind, media_type) = (header("x-kind"), header("content-type"));
            let body = text(response.into_body()).await?;
            Ok(Answer {
                status,
                body: Content::read(kind, media_type.as_deref(), body)?,
            })
        })
    }
}

impl Content {
    fn read(kind: Option<String>, media_type: Option<&str>, body: String) -> Result<Self, String> {
        let json = |body: &str| {
            serde_json::from_str(body).map_err(|fault| format!("the body `{body}`: {fault}"))
        };
        Ok(match (kind, media_type) {
            (Some(kind), _) if kind == "redirect" => Content::Marked(kind, Value::String(body)),
            (Some(kind), _) => Content::Marked(kind, json(&body)?),
            (None, Some("application/json")) => Content::Json(json(&body)?),
            (None, _) => Content::Text(body),
        })
    }
}

async fn text(body: Body) -> Result<String, String> {
    let bytes = body.collect().await.map_err(|fault| fault.to_string())?;
    String::from_utf8(bytes.to_bytes().into()).map_err(|fault| fault.to_string())
}

fn parse(line: &str) -> Result<Expectation<'_>, String> {
    let request = line.strip_prefix("GET /").ok_or("it is not `GET /..`")?;
    let (target, answer) = request.split_once(" -> ").ok_or("it has no ` -> `")?;
    let (status, body) = answer.split_once(' ').ok_or("it has no body")?;
    let (handler, query) = target.split_once('?').unwrap_or((target, ""));
    Ok(Expectation {
        handler,
        query,
        answer: Answer {
            status: status
                .parse()
                .map_err(|_| format!("`{status}` is no status"))?,
            body: parse_body(body)?,
        },
    })
}

fn parse_body(body: &str) -> Result<Content, String> {
    let (kind, json) = match body.split_once(' ') {
        Some((kind @ ("json" | "sse" | "chunks" | "redirect"), json)) => (kind, json),
        _ => ("text", body),
    };
    let value: Value =
        serde_json::from_str(json).map_err(|fault| format!("the body `{json}`: {fault}"))?;
    match (kind, value) {
        ("text", Value::String(text)) => Ok(Content::Text(text)),
        ("json", value) => Ok(Content::Json(value)),
        ("redirect", value @ Value::String(_)) | ("sse" | "chunks", value @ Value::Array(_)) => {
            Ok(Content::Marked(kind.to_owned(), value))
        }
        _ => Err(format!("`{body}` is no body")),
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ", self.status)?;
        match &self.body {
            Content::Text(text) => write!(f, "{text:?}"),
            Content::Json(value) => write!(f, "json {value}"),
            Content::Marked(kind, value) => write!(f, "{kind} {value}"),
        }
    }
}

mod tests {
    //! Would a wrong answer, or a line that cannot be understood, be noticed?

    use sendoff::{Json, handler, send};

    use super::*;

    #[handler]
    async fn pick(n: u64) {
        match n {
            0 => send!(404, "none"),
            1 => send!(Json([1])),
            _ => send!(200, [("x-kind", "sse")], r#"["a"]"#),
        }
    }

    #[handler]
    fn constant() {
        send!("same");
    }

    fn faults(source: &'static str) -> Vec<String> {
        let case = Case {
            name: "made up",
            source,
            call: |handler, query| match handler {
                "pick" => Ok(Call::asynchronous(pick(query.take("n")?))),
                "constant" => Ok(Call::synchronous(constant())),
                _ => Err("no such handler".to_owned()),
            },
        };
        case.check().err().unwrap_or_default()
    }

    #[test]
    fn a_right_answer_passes() {
        assert_eq!(
            faults(
                "// response: GET /pick?n=0 -> 404 \"none\"\n\
                 // response: GET /pick?n=1 -> 200 json [1]\n\
                 // response: GET /pick?n=2 -> 200 sse [\"a\"]\n\
                 // response: GET /constant -> 200 \"same\"\n"
            ),
            [""; 0]
        );
        assert_eq!(faults("async fn todo_only() {}"), [""; 0]);
    }

    #[test]
    fn a_wrong_answer_is_a_fault() {
        for wrong in [
            "// response: GET /pick?n=0 -> 400 \"none\"",
            "// response: GET /pick?n=0 -> 404 \"some\"",
            "// response: GET /pick?n=1 -> 200 json [2]",
            "// response: GET /pick?n=1 -> 200 \"[1]\"",
            "// response: GET /pick?n=2 -> 200 sse [\"b\"]",
            "// response: GET /pick?n=2 -> 200 chunks [\"a\"]",
            "// response: GET /pick?n=2 -> 200 \"[\\\"a\\\"]\"",
        ] {
            let faults = faults(wrong);
            assert!(
                faults.len() == 1 && faults[0].contains("expected"),
                "{wrong}: {faults:?}"
            );
        }
    }

    #[test]
    fn a_line_that_cannot_be_followed_is_a_fault() {
        for broken in [
            "// no line at all",
            "// response: POST /pick?n=0 -> 404 \"none\"",
            "// response: GET /pick?n=0 404 \"none\"",
            "// response: GET /pick?n=0 -> 404",
            "// response: GET /pick?n=0 -> none \"none\"",
            "// response: GET /pick?n=0 -> 404 none",
            "// response: GET /pick?n=0 -> 404 redirect [\"none\"]",
            "// response: GET /pick?n=x -> 404 \"none\"",
            "// response: GET /pick?n=0&m=1 -> 404 \"none\"",
            "// response: GET /pick -> 404 \"none\"",
            "// response: GET /other -> 404 \"none\"",
        ] {
            assert_eq!(faults(broken).len(), 1, "{broken}");
        }
    }
}
