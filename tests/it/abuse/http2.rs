//! What becomes of HTTP/2 frames that are wrong, or too many?

use super::frames::{Connection, GOAWAY, HEADERS, RST_STREAM, get};
use super::scripts::tables;
use super::{Smuggled, app, serves};
use crate::support::page::check_table;
use crate::support::wire::Running;

/// What the server says until it has answered a request that comes last, or the connection ends.
async fn said(connection: &mut Connection, last: u32) -> (Vec<String>, bool) {
    let mut said = Vec::new();
    while let Some(frame) = connection.next().await {
        match frame.kind {
            HEADERS if frame.stream == last => return (said, frame.status() == 200),
            HEADERS => said.push(frame.status().to_string()),
            RST_STREAM => said.push(format!("RST_STREAM {}", name(frame.code()))),
            GOAWAY => said.push(format!("GOAWAY {}", name(frame.code()))),
            _ => {}
        }
    }
    (said, false)
}

/// RFC 9113 section 7.
fn name(code: u32) -> &'static str {
    match code {
        0 => "NO_ERROR",
        1 => "PROTOCOL_ERROR",
        3 => "FLOW_CONTROL_ERROR",
        5 => "STREAM_CLOSED",
        6 => "FRAME_SIZE_ERROR",
        7 => "REFUSED_STREAM",
        8 => "CANCEL",
        9 => "COMPRESSION_ERROR",
        11 => "ENHANCE_YOUR_CALM",
        _ => "another error",
    }
}

#[tokio::test]
async fn every_malformed_frame_has_its_answer() {
    let server = Running::start(app(&Smuggled::default())).await;
    let mut wrong = Vec::new();
    for (_, rows) in tables() {
        for row in rows {
            let mut connection = Connection::start(&server, &[]).await;
            let last = 9999;
            connection.write([row.bytes, get(last)].concat()).await;
            let (said, goes_on) = said(&mut connection, last).await;
            let said = said.first().map_or("none", String::as_str);
            if (said, goes_on) != (row.answer, row.goes_on) {
                wrong.push(format!("{}: {said}, goes on: {goes_on}", row.sends));
            }
            serves(&server).await;
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    server.stop();
}

#[test]
fn the_tables_in_the_documentation_are_these() {
    for (name, rows) in tables() {
        let rows: Vec<String> = rows
            .iter()
            .map(|row| {
                let then = if row.goes_on { "goes on" } else { "closes" };
                format!("| {} | {} | {then} |", row.sends, row.answer)
            })
            .collect();
        check_table("limits.md", name, &rows);
    }
}
