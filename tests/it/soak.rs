//! Is everything right when all of it happens at once? The example `soak`, for a moment.

use crate::support::example::run;

#[tokio::test]
async fn a_moment_of_everything_at_once() {
    let ended = run("cargo run -p sendoff-tests --example soak", &["2"]).await;
    assert_eq!(ended.code, Some(0), "{}\n{}", ended.output, ended.log);
    // Not vacuous: there was something to be wrong.
    let last = ended.output.lines().last().unwrap_or_default();
    let answers = last.strip_suffix(" answers, 0 wrong").map(str::parse);
    let many = matches!(answers, Some(Ok(1_000usize..)));
    assert!(many, "{}", ended.output);
}
