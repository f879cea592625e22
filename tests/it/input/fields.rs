//! How are queries and forms read?

use std::collections::{BTreeMap, BTreeSet};

use sendoff::{Form, Query, send};
use serde::Deserialize;

use super::{check_problem, hosts};

#[derive(Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Order {
    Up,
    Down,
}

#[derive(Debug, Deserialize)]
#[allow(dead_code)]
struct Number(u8);

/// Everything that a field can be.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
#[allow(dead_code)]
struct Everything {
    text: String,
    count: Option<u32>,
    name: Option<String>,
    order: Option<Order>,
    number: Option<Number>,
    flag: Option<bool>,
    tag: Vec<String>,
    id: BTreeSet<u8>,
    large: i128,
    larger: u128,
    letter: Option<char>,
    share: f64,
}

#[derive(Deserialize)]
#[allow(dead_code)]
struct Item {
    count: u32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(dead_code)]
struct Strict {
    count: u32,
}

hosts! {
    GET get "/strict" strict(_: Query<Strict>) { send!(204); }
    GET get "/query" query(Query(found): Query<Everything>) { send!(format!("{found:?}")); }
    GET get "/item" item(_: Query<Item>) { send!(204); }
    GET get "/map" map(Query(found): Query<BTreeMap<String, u8>>) { send!(format!("{found:?}")); }
    GET get "/pairs" pairs(Query(found): Query<Vec<(String, u8)>>) {
        send!(format!("{found:?}"));
    }
    GET get "/form" form_of_get(Form(found): Form<Everything>) { send!(format!("{found:?}")); }
    POST post "/form" form(Form(found): Form<Everything>) { send!(format!("{found:?}")); }
    POST post "/item" item_form(_: Form<Item>) { send!(204); }
    GET get "/both" both(Query(a): Query<Item>, Form(b): Form<Item>) {
        send!((a.count + b.count).to_string());
    }
}

const FORM: &str = "content-type: application/x-www-form-urlencoded";

/// Fails unless the fields are read as this, as a query and as a form's body.
async fn check(fields: &str, expected: Everything) {
    let hosts = hosts().await;
    let expected = format!("{expected:?}");
    for path in ["/query", "/form"] {
        let answer = hosts.ask(&format!("GET {path}?{fields}"), &[], "").await;
        assert_eq!(
            (answer.status, &*answer.body),
            (200, &*expected),
            "{path} {fields}"
        );
    }
    let answer = hosts.ask("POST /form", &[FORM], fields).await;
    assert_eq!(
        (answer.status, &*answer.body),
        (200, &*expected),
        "{fields}"
    );
}

fn text(text: &str) -> Everything {
    let text = text.to_owned();
    Everything {
        text,
        ..Everything::default()
    }
}

#[tokio::test]
async fn texts_are_decoded() {
    check("text=a+b%20c%2B%26%3D", text("a b c+&=")).await;
    check("text=%C3%A4", text("\u{e4}")).await;
    check("te%78t=1", text("1")).await;
    check("text", text("")).await;
    check("&&text=a=b&", text("a=b")).await;
    check("unknown=1&unknown=2&text=x", text("x")).await;
    check("", Everything::default()).await;
}

#[tokio::test]
async fn a_field_left_empty_is_none() {
    check(
        "count=&name=&order=&number=&flag=&letter=",
        Everything::default(),
    )
    .await;
    let filled = Everything {
        count: Some(7),
        name: Some("a".to_owned()),
        order: Some(Order::Down),
        number: Some(Number(1)),
        flag: Some(true),
        letter: Some('\u{e4}'),
        ..Everything::default()
    };
    let fields = "count=7&name=a&order=down&number=1&flag=on&letter=%C3%A4";
    check(fields, filled).await;
    let up = Some(Order::Up);
    check(
        "order=up",
        Everything {
            order: up,
            ..Everything::default()
        },
    )
    .await;
}

#[tokio::test]
async fn a_field_that_is_there_several_times_is_a_list() {
    let several = Everything {
        tag: ["a", "", "b"].map(str::to_owned).to_vec(),
        id: BTreeSet::from([1, 2]),
        ..Everything::default()
    };
    check("tag=a&id=2&tag=&id=1&tag=b&id=2", several).await;
    let tag = vec!["a".to_owned()];
    check(
        "tag=a",
        Everything {
            tag,
            ..Everything::default()
        },
    )
    .await;
}

#[tokio::test]
async fn numbers_have_128_bits() {
    let (large, larger) = (i128::MIN, u128::MAX);
    let fields = format!("large={large}&larger={larger}&share=0.5");
    let numbers = Everything {
        large,
        larger,
        share: 0.5,
        ..Everything::default()
    };
    check(&fields, numbers).await;
}

#[tokio::test]
async fn maps_and_pairs_are_read() {
    let hosts = hosts().await;
    let answer = hosts.ask("GET /map?b=2&a=1", &[], "").await;
    assert_eq!(answer.body, r#"{"a": 1, "b": 2}"#);
    let answer = hosts.ask("GET /pairs?b=2&a=1&b=3", &[], "").await;
    assert_eq!(answer.body, r#"[("b", 2), ("a", 1), ("b", 3)]"#);
    let answer = hosts.ask("GET /both?count=2", &[], "").await;
    assert_eq!(answer.body, "4");
}

const QUERY: &str = "the query does not have the expected form";
const OF_A_FORM: &str = "the form does not have the expected form";

/// Fails unless the fields are refused: at this place, for this.
async fn check_refused(fields: &[u8], status: u16, pointer: &str, detail: &str) {
    let hosts = hosts().await;
    if let Ok(fields) = std::str::from_utf8(fields) {
        let answer = hosts.ask(&format!("GET /item?{fields}"), &[], "").await;
        check_problem(&answer, 400, QUERY, Some(["query", pointer, detail]));
    }
    let answer = hosts.ask("POST /item", &[FORM], fields).await;
    check_problem(&answer, status, OF_A_FORM, Some(["body", pointer, detail]));
}

#[tokio::test]
async fn what_cannot_be_decoded_is_refused() {
    let detail = "is not percent-encoded UTF-8";
    for value in [
        "%FF", "%", "%1", "a%zz", "%C3", "1%C3%28", "%+1", "%\u{2b}1",
    ] {
        let field = format!("count={value}");
        check_refused(field.as_bytes(), 400, "#/count", detail).await;
        // Also in what is skipped, and in a name.
        let field = format!("count=1&a%2Fb={value}");
        check_refused(field.as_bytes(), 400, "#/a~1b", detail).await;
        let field = format!("{value}=1");
        check_refused(field.as_bytes(), 400, "#", detail).await;
    }
    check_refused(b"count=\xFF", 400, "#/count", detail).await;
}

#[tokio::test]
async fn what_does_not_fit_is_refused_with_its_place() {
    let more = "is there more than once";
    check_refused(b"count=1&count=2", 422, "#/count", more).await;
    check_refused(b"count=1&x=1&count=1", 422, "#/count", more).await;
    let detail = "invalid digit found in string";
    check_refused(b"count=x", 422, "#/count", detail).await;
    let detail = "cannot parse integer from empty string";
    check_refused(b"count=", 422, "#/count", detail).await;
    check_refused(b"", 422, "#", "missing field `count`").await;
    let hosts = hosts().await;
    let answer = hosts.ask("GET /map?a=1&a=2", &[], "").await;
    check_problem(&answer, 400, QUERY, Some(["query", "#/a", more]));
    let answer = hosts.ask("GET /query?id=1&id=x", &[], "").await;
    let detail = "invalid digit found in string";
    check_problem(&answer, 400, QUERY, Some(["query", "#/id/1", detail]));
    let answer = hosts.ask("GET /query?order=left", &[], "").await;
    let detail = "unknown variant `left`, expected `up` or `down`";
    check_problem(&answer, 400, QUERY, Some(["query", "#/order", detail]));
}

#[tokio::test]
async fn a_field_that_should_not_be_there_is_named() {
    let hosts = hosts().await;
    let answer = hosts.ask("GET /strict?count=1&a%2Fb=2", &[], "").await;
    let detail = "unknown field `a/b`, expected `count`";
    check_problem(&answer, 400, QUERY, Some(["query", "#/a~1b", detail]));
}

/// It is the form of its `GET`.
#[tokio::test]
async fn the_form_of_a_head_is_its_query() {
    let hosts = hosts().await;
    let answer = hosts.ask("HEAD /form?text=x", &[], "").await;
    assert_eq!(answer.status, 200);
    let length = format!("{:?}", text("x")).len().to_string();
    assert_eq!(answer.header("content-length"), Some(&*length));
    let answer = hosts.ask("HEAD /form?count=x", &[], "").await;
    assert_eq!(answer.status, 400);
}

/// The time grows with the fields, not with their square.
#[tokio::test]
async fn many_fields_are_read_at_once() {
    let hosts = hosts().await;
    let begun = std::time::Instant::now();
    for field in ["count=1&", "a&", "%61=%62&"] {
        let fields = field.repeat((1 << 20) / field.len());
        let answer = hosts.ask("POST /form", &[FORM], fields).await;
        assert!([200, 422].contains(&answer.status), "{}", answer.body);
    }
    assert!(begun.elapsed().as_secs() < 30);
}
