//! Do the examples `metrics` and `traces` tell what happened? Their own binaries are asked.

use crate::support::example::Example;

#[tokio::test]
async fn metrics_count_by_route_and_status() {
    let example = Example::start("cargo run --bin metrics", &["--addr", "127.0.0.1:0"]).await;
    for (line, status) in [
        ("GET /rolls/2", 200),
        ("GET /rolls/3", 200),
        ("GET /rolls/0", 422),
        ("GET /nothing", 404),
        ("BREW /rolls/2", 405),
    ] {
        assert_eq!(example.ask(line, &[], "").await.status, status, "{line}");
    }
    let answer = example.ask("GET /metrics", &[], "").await;
    let kind = answer.header("content-type");
    assert_eq!(kind, Some("text/plain; version=0.0.4"));
    let rolls = "http_request_method=\"GET\",http_route=\"/rolls/{dice}\"";
    for line in [
        format!(
            "http_server_request_duration_seconds_count{{{rolls},http_response_status_code=\"200\"}} 2"
        ),
        format!(
            "http_server_request_duration_seconds_count{{{rolls},http_response_status_code=\"422\"}} 1"
        ),
        // `6 6 ` and `6 6 6 `.
        format!(
            "http_server_response_body_size_bytes{{{rolls},http_response_status_code=\"200\"}} 10"
        ),
        "http_server_request_duration_seconds_count{http_request_method=\"GET\",\
         http_route=\"none\",http_response_status_code=\"404\"} 1"
            .to_owned(),
        "http_server_request_duration_seconds_count{http_request_method=\"_OTHER\",\
         http_route=\"none\",http_response_status_code=\"405\"} 1"
            .to_owned(),
    ] {
        let found = answer.body.lines().any(|found| found == line);
        assert!(found, "no `{line}` in\n{}", answer.body);
    }
}

#[cfg(unix)]
#[tokio::test]
async fn traces_join_that_of_the_caller() {
    let example = Example::start("cargo run --bin traces", &["--addr", "127.0.0.1:0"]).await;
    let caller = "traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    let answer = example.ask("GET /orders/7", &[caller], "").await;
    assert_eq!((answer.status, answer.body.as_str()), (200, "two lemons"));
    let ended = example.terminate().await;
    assert_eq!(ended.code, Some(0));
    let spans = &ended.output;
    for part in [
        "0af7651916cd43dd8448eb211c80319c",
        "b7ad6b7169203331",
        "GET /orders/{id}",
        "http.request.method",
        "http.route",
        "http.response.status_code",
        "examples/traces/main.rs:",
        "find",
        "looking it up",
    ] {
        assert!(spans.contains(part), "no `{part}` in\n{spans}");
    }
    // Numbers are numbers.
    for (name, number) in [
        ("http.response.status_code", "I64(200)"),
        ("http.response.body.size", "I64(10)"),
        ("bytes", "I64(10)"),
    ] {
        let line = spans.lines().find(|line| line.contains(name));
        let line = line.unwrap_or_else(|| panic!("no `{name}` in\n{spans}"));
        assert!(line.contains(number), "{line}");
    }
    assert!(ended.log.contains("answered"), "{}", ended.log);
}
