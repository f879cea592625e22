#[allow(clippy::result_large_err)]
pub fn ready(yes: bool) -> ::sendoff::Answer {
    #[allow(unused_braces, clippy::diverging_sub_expression)]
    let __sent_______________________________________: ::sendoff::Sent = 'send: {
        { send!(@ 'send if yes { 200 } else { 503 }, "asked") }
    };
    #[allow(unreachable_code)]
    { ::sendoff::__private::Ok(__sent_______________________________________) }
}
