//! What does a `curl` line print? Its request goes over a socket; no curl is needed.
//!
//! Only the flags that the documentation uses are known: any other is an error, not a guess.

use http::header::{ACCEPT, CONTENT_TYPE, DATE, HeaderName};
use http::{HeaderMap, HeaderValue, Method, Request};
use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use hyper::ext::ReasonPhrase;
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;

/// A request as a `curl` line describes it.
#[derive(Debug)]
pub(crate) struct Curl {
    url: String,
    method: Method,
    headers: HeaderMap,
    body: String,
    /// `-i`: print the status and the headers too.
    include: bool,
}

impl Curl {
    /// Reads a line that begins with `curl`.
    pub(crate) fn parse(line: &str) -> Result<Self, String> {
        let words = shlex::split(line).ok_or("a quote is not closed")?;
        let mut words = words.into_iter();
        if words.next().as_deref() != Some("curl") {
            return Err("the line does not begin with `curl`".into());
        }
        let (mut url, mut method, mut body, mut include) = (None, None, None, false);
        let mut headers = HeaderMap::new();
        while let Some(word) = words.next() {
            let mut value = || words.next().ok_or(format!("`{word}` has no value"));
            match word.as_str() {
                "-i" => include = true,
                // curl shows its progress where standard output is no terminal; here nothing does.
                "-s" => {}
                "-X" => method = Some(value()?.parse().map_err(|_| "`-X` has no method")?),
                "-H" => {
                    let (name, value) = header(&value()?)?;
                    headers.insert(name, value);
                }
                "-d" => {
                    body = Some(value()?);
                    let form = HeaderValue::from_static("application/x-www-form-urlencoded");
                    headers.entry(CONTENT_TYPE).or_insert(form);
                }
                "--json" => {
                    body = Some(value()?);
                    let json = HeaderValue::from_static("application/json");
                    headers.entry(CONTENT_TYPE).or_insert(json.clone());
                    headers.entry(ACCEPT).or_insert(json);
                }
                _ if word.starts_with('-') => return Err(format!("`{word}` is not known here")),
                _ if url.is_some() => return Err(format!("`{word}` is a second URL")),
                _ => url = Some(word),
            }
        }
        let method = method.unwrap_or(match body {
            Some(_) => Method::POST,
            None => Method::GET,
        });
        Ok(Curl {
            url: url.ok_or("there is no URL")?,
            method,
            headers,
            body: body.unwrap_or_default(),
            include,
        })
    }

    /// Sends the request, and returns what curl prints, without the `date` header and without
    /// newlines at the end.
    pub(crate) async fn run(self) -> Result<String, Box<dyn std::error::Error>> {
        let mut request = Request::new(Full::new(Bytes::from(self.body)));
        *request.method_mut() = self.method;
        *request.uri_mut() = self.url.parse()?;
        *request.headers_mut() = self.headers;
        let client = Client::builder(TokioExecutor::new()).build_http();
        let (head, body) = client.request(request).await?.into_parts();
        let mut printed = String::new();
        if self.include {
            // hyper keeps a phrase that `http` does not know.
            let phrase = head.extensions.get::<ReasonPhrase>();
            let phrase = match phrase {
                Some(phrase) => str::from_utf8(phrase.as_bytes())?,
                None => head.status.canonical_reason().unwrap_or_default(),
            };
            let status = head.status.as_u16();
            printed.push_str(&format!("{:?} {status} {phrase}\n", head.version));
            for (name, value) in head.headers.iter().filter(|(name, _)| **name != DATE) {
                printed.push_str(&format!("{name}: {}\n", value.to_str()?));
            }
            printed.push('\n');
        }
        printed.push_str(str::from_utf8(&body.collect().await?.to_bytes())?);
        Ok(printed.trim_end_matches('\n').to_owned())
    }
}

fn header(text: &str) -> Result<(HeaderName, HeaderValue), String> {
    let (name, value) = text
        .split_once(':')
        .ok_or(format!("`{text}` is no header"))?;
    match (name.parse(), value.trim().parse()) {
        (Ok(name), Ok(value)) => Ok((name, value)),
        _ => Err(format!("`{text}` is no header")),
    }
}

#[track_caller]
fn check_refused(line: &str, fault: &str) {
    let parsed = Curl::parse(line).map(|_| ());
    assert_eq!(parsed, Err(fault.to_owned()), "{line}");
}

#[test]
fn what_is_not_known_is_refused() {
    check_refused("wget http://x/", "the line does not begin with `curl`");
    check_refused("curl -i", "there is no URL");
    check_refused("curl http://x/ http://y/", "`http://y/` is a second URL");
    check_refused("curl -k http://x/", "`-k` is not known here");
    check_refused("curl -si http://x/", "`-si` is not known here");
    check_refused("curl http://x/ -d", "`-d` has no value");
    check_refused("curl http://x/ -H nothing", "`nothing` is no header");
    check_refused("curl http://x/ -d 'open", "a quote is not closed");
}

#[test]
fn data_is_posted_unless_a_method_is_named() {
    for (line, method, content_type) in [
        ("curl http://x/", Method::GET, None),
        ("curl -X DELETE http://x/", Method::DELETE, None),
        (
            "curl http://x/ --json 1",
            Method::POST,
            Some("application/json"),
        ),
        (
            "curl http://x/ -X PUT --json 1",
            Method::PUT,
            Some("application/json"),
        ),
        (
            "curl http://x/ -d a=1 -H 'Content-Type: text/plain'",
            Method::POST,
            Some("text/plain"),
        ),
        (
            "curl http://x/ -d a=1",
            Method::POST,
            Some("application/x-www-form-urlencoded"),
        ),
    ] {
        let curl = Curl::parse(line).expect(line);
        let found = curl
            .headers
            .get(CONTENT_TYPE)
            .map(|value| value.to_str().expect("text"));
        assert_eq!((curl.method, found), (method, content_type), "{line}");
    }
}
