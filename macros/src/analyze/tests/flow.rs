//! What does a walked body say to those who expand it?

use crate::analyze::Outside;
use super::{Dead, Mistake};
use crate::analyze::Flow;

fn flow(of: fn(syn::Block) -> Flow, body: &str) -> Flow {
    of(syn::parse_str(&format!("{{{body}}}")).expect(body))
}

#[test]
fn calls_whose_types_decide() {
    let decide = |body, expected: bool| assert_eq!(flow(|block| Flow::of(block, Outside::default()), body).has_suspects(), expected, "{body}");
    decide("log()", true);
    decide("send!(201)", false);
    decide("x = 5", false);
}

#[test]
fn dead_code_that_may_hide() {
    let hides = |body, expected: bool| assert_eq!(flow(|block| Flow::of(block, Outside::default()), body).hides_dead_code(), expected, "{body}");
    hides("my_macro!(); send!(201)", true);
    hides("my_macro!(); todo!(); send!(201)", false);
    hides("todo!(); send!(201)", false);
    hides("send!(201)", false);
}

#[test]
fn guards_that_end_in_a_value() {
    let found = |body, expected: &[Mistake]| {
        let flow = flow(|block| Flow::of_guard(block, Outside::default()), body);
        let mistakes: Vec<_> = flow.report.findings.iter().map(|finding| &finding.mistake).collect();
        assert_eq!(mistakes, Vec::from_iter(expected), "{body}");
        assert!(!flow.has_suspects(), "{body}");
    };
    found("if a { send!(401) } 5", &[]);
    found("if a { send!(401) } user()", &[]);
    found("if a { send!(401); b(); } 5", &[Mistake::CodeAfterSend(Dead::Code)]);
}
