//! Is it what RFC 9110 says? Its tables and rules, a line each.

use std::time::{Duration, SystemTime};

use http::{HeaderMap, HeaderName, HeaderValue, Method, header};

use super::{EntityTag, Preconditions, Validators};

/// The one of RFC 9110 section 5.6.7.
const DATE: &str = "Sun, 06 Nov 1994 08:49:37 GMT";
const BEFORE: &str = "Sun, 06 Nov 1994 08:49:36 GMT";
const AFTER: &str = "Sun, 06 Nov 1994 08:49:38 GMT";

fn date() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_777)
}

fn headers(lines: &[&str]) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for line in lines {
        let (name, value) = line.split_once(':').expect("a header line");
        let name: HeaderName = name.parse().expect("a name");
        let value = HeaderValue::from_bytes(value.trim().as_bytes()).expect("a value");
        headers.append(name, value);
    }
    headers
}

/// What is there now: nothing, something without a state, or something with a tag or a date.
fn current(now: &str) -> Option<Validators> {
    let dated = Validators::new().last_modified(date());
    Some(match now {
        "none" => return None,
        "bare" => Validators::new(),
        "dated" => dated,
        tag => match tag.strip_suffix(" dated") {
            Some(tag) => dated.etag(tag.parse().expect("a tag")),
            None => EntityTag::into(tag.parse().expect("a tag")),
        },
    })
}

/// 200 says that the request goes on.
fn asked(method: &str, lines: &[&str], now: &str) -> u16 {
    let method = Method::from_bytes(method.as_bytes()).expect("a method");
    match Preconditions::new(&method, &headers(lines)) {
        Err(problem) => problem.get_status().as_u16(),
        Ok(preconditions) => match preconditions.check(current(now).as_ref()) {
            Ok(()) => 200,
            Err(reply) => reply.status().as_u16(),
        },
    }
}

#[track_caller]
fn check(method: &str, lines: &[&str], now: &str, status: u16) {
    assert_eq!(
        asked(method, lines, now),
        status,
        "{method} {lines:?} {now}"
    );
}

/// RFC 9110 section 8.8.3.2, table 3.
#[test]
fn tags_are_compared() {
    for (one, other, strongly, weakly) in [
        ("W/\"1\"", "W/\"1\"", false, true),
        ("W/\"1\"", "W/\"2\"", false, false),
        ("W/\"1\"", "\"1\"", false, true),
        ("\"1\"", "\"1\"", true, true),
    ] {
        let (a, b): (EntityTag, EntityTag) = (one.parse().unwrap(), other.parse().unwrap());
        for (a, b) in [(&a, &b), (&b, &a)] {
            assert_eq!(
                (a.strong_eq(b), a.weak_eq(b)),
                (strongly, weakly),
                "{a} {b}"
            );
        }
    }
}

/// RFC 9110 section 8.8.3.
#[test]
fn a_tag_has_one_grammar() {
    for text in [
        "\"\"",
        "W/\"\"",
        "\"xyzzy\"",
        "\"a,b\"",
        "\"W/\"",
        "\"\\\"",
        "\"é\"",
    ] {
        let tag: EntityTag = text.parse().expect(text);
        assert_eq!(tag.to_string(), text);
        assert_eq!(tag.is_weak(), text.starts_with('W'), "{text}");
    }
    for text in [
        "", "*", "1", "\"", "\"1", "1\"", "w/\"1\"", "W/ \"1\"", "W\"1\"", "\"a b\"", "\"a\tb\"",
        "\"a\"b\"", " \"1\"", "\"1\" ", "\"\x7f\"", "'1'",
    ] {
        assert!(text.parse::<EntityTag>().is_err(), "{text}");
    }
}

#[test]
fn any_text_makes_a_tag_of_its_own() {
    let texts = [
        "",
        "1",
        "a b",
        "a%20b",
        "\"",
        "%22",
        "é",
        "\r\nset-cookie: a=b",
        "W/",
    ];
    for text in texts {
        let tag = EntityTag::strong(text);
        assert_eq!(tag.to_string().parse(), Ok(tag.clone()), "{text:?}");
        let same = texts.iter().filter(|other| EntityTag::strong(other) == tag);
        assert_eq!(same.count(), 1, "{text:?}");
        assert!(EntityTag::weak(text).weak_eq(&tag) && EntityTag::weak(text).is_weak());
    }
}

/// RFC 9110 section 13.1.1.
#[test]
fn if_match() {
    for method in ["PUT", "PATCH", "DELETE", "POST", "GET", "HEAD", "PURGE"] {
        for (value, now, status) in [
            ("\"1\"", "\"1\"", 200),
            ("\"1\"", "\"2\"", 412),
            ("\"2\", \"1\"", "\"1\"", 200),
            ("\"2\",\"1\"", "\"1\"", 200),
            (" , \"2\" ,, \"1\",\t", "\"1\"", 200),
            ("\"a,b\", \"c\"", "\"c\"", 200),
            ("\"a,b\"", "\"a\"", 412),
            ("W/\"1\"", "\"1\"", 412),
            ("\"1\"", "W/\"1\"", 412),
            ("W/\"1\"", "W/\"1\"", 412),
            ("*", "\"1\"", 200),
            ("*", "W/\"1\"", 200),
            ("*", "bare", 200),
            ("*", "none", 412),
            ("\"1\"", "none", 412),
            ("\"1\"", "dated", 412),
            ("\"*\"", "\"1\"", 412),
            ("", "\"1\"", 412),
            ("1", "\"1\"", 400),
            ("\"1\" \"2\"", "\"1\"", 400),
            ("\"1\", 2", "\"1\"", 400),
            ("\"1\", *", "\"1\"", 400),
            ("*, \"1\"", "\"1\"", 400),
            ("w/\"1\"", "\"1\"", 400),
            ("\"1", "\"1\"", 400),
        ] {
            check(method, &[&format!("if-match: {value}")], now, status);
        }
        let two = &["if-match: \"2\"", "if-match: \"1\""];
        check(method, two, "\"1\"", 200);
        check(method, &["if-match: *", "if-match: *"], "\"1\"", 400);
        check(method, &["if-match: \"1\"", "if-match: *"], "\"1\"", 400);
    }
}

/// RFC 9110 section 13.1.2.
#[test]
fn if_none_match() {
    for (value, now, holds) in [
        ("\"1\"", "\"1\"", false),
        ("\"1\"", "\"2\"", true),
        ("\"2\", \"1\"", "\"1\"", false),
        ("W/\"1\"", "\"1\"", false),
        ("\"1\"", "W/\"1\"", false),
        ("W/\"1\"", "W/\"1\"", false),
        ("*", "\"1\"", false),
        ("*", "bare", false),
        ("*", "none", true),
        ("\"1\"", "none", true),
        ("\"1\"", "dated", true),
        ("", "\"1\"", true),
    ] {
        let line = format!("if-none-match: {value}");
        for (method, else_) in [("GET", 304), ("HEAD", 304), ("PUT", 412), ("DELETE", 412)] {
            check(method, &[&line], now, if holds { 200 } else { else_ });
        }
    }
    // One that is malformed: a client that reads gets what it asks for, a change is not made.
    for value in ["1", "*, \"1\"", "\"1\" \"2\"", "\"1"] {
        let line = format!("if-none-match: {value}");
        for (method, status) in [("GET", 200), ("HEAD", 200), ("PUT", 400), ("POST", 400)] {
            check(method, &[&line], "\"1\"", status);
        }
    }
}

/// RFC 9110 sections 13.1.3 and 13.1.4.
#[test]
fn dates() {
    for (value, later, not_later) in [
        (DATE, false, true),
        (BEFORE, true, false),
        (AFTER, false, true),
        // The forms of RFC 9110 section 5.6.7 that are obsolete and must be read.
        ("Sunday, 06-Nov-94 08:49:37 GMT", false, true),
        ("Sun Nov  6 08:49:37 1994", false, true),
        // What is no date is ignored.
        ("yesterday", true, true),
        ("784111777", true, true),
        ("", true, true),
    ] {
        let since = format!("if-modified-since: {value}");
        let unmodified = format!("if-unmodified-since: {value}");
        for (method, is_read) in [("GET", true), ("HEAD", true), ("PUT", false)] {
            check(
                method,
                &[&since],
                "dated",
                if later || !is_read { 200 } else { 304 },
            );
            check(
                method,
                &[&unmodified],
                "dated",
                if not_later { 200 } else { 412 },
            );
            for now in ["none", "bare", "\"1\""] {
                check(method, &[&since], now, 200);
                check(method, &[&unmodified], now, 200);
            }
        }
    }
    let twice = format!("if-modified-since: {DATE}");
    check("GET", &[&twice, &twice], "dated", 200);
    let twice = format!("if-unmodified-since: {BEFORE}");
    check("PUT", &[&twice, &twice], "dated", 200);
}

/// RFC 9110 section 13.2.2, and 13.2.1 for the methods that none of this is about.
#[test]
fn one_goes_before_the_other() {
    let now = "\"1\" dated";
    let [since, unmodified] =
        ["if-modified-since", "if-unmodified-since"].map(|name| format!("{name}: {BEFORE}"));
    let not_since = format!("if-modified-since: {DATE}");
    for (method, lines, status) in [
        // A tag that matches makes the date count for nothing, and so does one that does not.
        ("PUT", [&*unmodified, "if-match: \"1\""], 200),
        ("GET", [&*not_since, "if-none-match: \"2\""], 200),
        ("GET", [&*since, "if-none-match: \"1\""], 304),
        ("GET", [&*not_since, "if-none-match: malformed"], 200),
        // 412 before 304.
        ("GET", ["if-none-match: \"1\"", "if-match: \"2\""], 412),
        ("GET", [&*unmodified, "if-none-match: \"1\""], 412),
        ("GET", [&*unmodified, &*not_since], 412),
        ("GET", ["if-match: \"1\"", "if-none-match: \"1\""], 304),
        ("GET", ["if-match: \"1\"", &*not_since], 304),
        ("PUT", ["if-match: \"1\"", "if-none-match: \"1\""], 412),
        ("PUT", ["if-match: \"1\"", "if-none-match: *"], 412),
        ("OPTIONS", ["if-match: \"2\"", "if-none-match: *"], 200),
        ("TRACE", ["if-match: malformed", &*unmodified], 200),
        ("CONNECT", ["if-match: \"2\"", &*not_since], 200),
    ] {
        check(method, &lines, now, status);
    }
}

/// RFC 6585 section 3.
#[test]
fn a_condition_can_be_required() {
    for (lines, now, status) in [
        (&[][..], "\"1\"", 428),
        (&["if-match: \"1\""], "\"1\"", 200),
        (&["if-match: \"2\""], "\"1\"", 412),
        (&["if-match: *"], "\"1\"", 200),
        (&["if-none-match: *"], "\"1\"", 412),
        (&["if-none-match: *"], "none", 200),
        (&[], "none", 428),
        // A date is a condition where there is one to compare it with.
        (
            &["if-unmodified-since: Sun, 06 Nov 1994 08:49:37 GMT"],
            "dated",
            200,
        ),
        (
            &["if-unmodified-since: Sun, 06 Nov 1994 08:49:37 GMT"],
            "\"1\"",
            428,
        ),
        (&["if-unmodified-since: yesterday"], "dated", 428),
        (
            &["if-modified-since: Sun, 06 Nov 1994 08:49:36 GMT"],
            "dated",
            428,
        ),
    ] {
        let preconditions = Preconditions::new(&Method::PUT, &headers(lines)).expect("well formed");
        let found = match preconditions.require(current(now).as_ref()) {
            Ok(()) => 200,
            Err(reply) => reply.status().as_u16(),
        };
        assert_eq!(found, status, "{lines:?} {now}");
    }
}

/// RFC 9110 section 13.1.5.
#[test]
fn if_range() {
    for (line, now, holds) in [
        ("", "\"1\"", true),
        ("if-range: \"1\"", "\"1\"", true),
        ("if-range: \"1\"", "\"2\"", false),
        ("if-range: W/\"1\"", "W/\"1\"", false),
        ("if-range: W/\"1\"", "\"1\"", false),
        ("if-range: \"1\"", "W/\"1\"", false),
        ("if-range: \"1\"", "dated", false),
        ("if-range: *", "\"1\"", false),
        ("if-range: \"1\", \"2\"", "\"1\"", false),
        ("if-range: malformed", "\"1\"", false),
        ("if-range: Sun, 06 Nov 1994 08:49:37 GMT", "dated", true),
        // Exactly that date: a later one is another state, too.
        ("if-range: Sun, 06 Nov 1994 08:49:36 GMT", "dated", false),
        ("if-range: Sun, 06 Nov 1994 08:49:38 GMT", "dated", false),
        ("if-range: Sun, 06 Nov 1994 08:49:37 GMT", "\"1\"", false),
    ] {
        let now = current(now).expect("something");
        let mut lines = vec!["range: bytes=0-9"];
        lines.extend((!line.is_empty()).then_some(line));
        for (method, is_get) in [
            (Method::GET, true),
            (Method::HEAD, false),
            (Method::PUT, false),
        ] {
            let asked = Preconditions::new(&method, &headers(&lines)).expect("well formed");
            let range = asked.range(&now).map(HeaderValue::as_bytes);
            let expected = (is_get && holds).then_some(&b"bytes=0-9"[..]);
            assert_eq!(range, expected, "{method} {line}");
        }
        let without = Preconditions::new(&Method::GET, &headers(&lines[1..]));
        assert_eq!(without.expect("well formed").range(&now), None);
    }
    let twice = headers(&["range: bytes=0-9", "range: bytes=1-9"]);
    let twice = Preconditions::new(&Method::GET, &twice).expect("well formed");
    assert_eq!(twice.range(&Validators::new()), None);

    // Within its second, a date is that of more than one state.
    let now = SystemTime::now();
    let date = httpdate::fmt_http_date(now);
    let lines = headers(&["range: bytes=0-9", &format!("if-range: {date}")]);
    let asked = Preconditions::new(&Method::GET, &lines).expect("well formed");
    let ahead = now + Duration::from_secs(60);
    assert_eq!(asked.range(&Validators::new().last_modified(ahead)), None);
}

/// RFC 9110 section 15.4.5.
#[test]
fn a_304_has_the_fields_that_a_cache_needs() {
    use axum_core::response::IntoResponse;

    let fields = [
        (header::CACHE_CONTROL, "max-age=60"),
        (header::CONTENT_LOCATION, "/a"),
        (header::VARY, "accept-encoding"),
    ];
    let current = fields
        .iter()
        .fold(Validators::new(), |current, (name, value)| {
            current.with(name.clone(), HeaderValue::from_static(value))
        });
    let dated = current.clone().last_modified(date());
    let tagged = dated.clone().etag(EntityTag::strong(1));
    for (current, line, etag, modified) in [
        (&tagged, "if-none-match: \"1\"", Some("\"1\""), None),
        (
            &dated,
            "if-modified-since: Sun, 06 Nov 1994 08:49:37 GMT",
            None,
            Some(DATE),
        ),
        (&current, "if-none-match: *", None, None),
    ] {
        let asked = Preconditions::new(&Method::GET, &headers(&[line])).expect("well formed");
        let reply = asked.check(Some(current)).expect_err(line).into_response();
        assert_eq!(reply.status(), 304);
        let sent = reply.headers();
        let text = |name| sent.get(name).map(|value| value.to_str().expect("text"));
        assert_eq!(
            (text(header::ETAG), text(header::LAST_MODIFIED)),
            (etag, modified)
        );
        for (name, value) in &fields {
            assert_eq!(text(name.clone()), Some(*value));
        }
        assert!(text(header::CONTENT_TYPE).is_none() && text(header::CONTENT_LENGTH).is_none());
    }
    // With a 200 both are sent, and what varies already varies still.
    let with_200 = ([(header::VARY, "cookie")], tagged, "body").into_response();
    let vary: Vec<_> = with_200.headers().get_all(header::VARY).iter().collect();
    assert_eq!(vary, ["cookie", "accept-encoding"]);
    assert_eq!(with_200.headers()[header::LAST_MODIFIED], DATE);
}

/// RFC 9110 section 8.8.2.1; and httpdate panics for what it cannot write.
#[test]
fn any_time_can_be_sent() {
    use axum_core::response::IntoResponse;

    let day = Duration::from_secs(86_400);
    let year_10_000 = SystemTime::UNIX_EPOCH + Duration::from_secs(253_402_300_800);
    for time in [
        SystemTime::UNIX_EPOCH - day,
        year_10_000,
        SystemTime::now() + day,
    ] {
        let sent = (Validators::new().last_modified(time), ()).into_response();
        let sent = sent.headers()[header::LAST_MODIFIED]
            .to_str()
            .expect("text");
        let date = httpdate::parse_http_date(sent).expect("a date");
        assert!(
            date <= SystemTime::now() && date >= SystemTime::UNIX_EPOCH,
            "{sent}"
        );
    }
}
