macro_rules! some_or {
    ($option:expr, $status:expr) => {
        match $option { Some(value) => value, None => send!($status, "nothing there"), }
    };
}
pub async fn first(words: Vec<&'static str>) -> ::sendoff::Answer {
    #[deny(unreachable_code)]
    #[allow(clippy::diverging_sub_expression)]
    let __sent____________________________: ::sendoff::Sent = 'send: {
        {
            let word = some_or!(words.first(), 404);
            #[deny(unreachable_code)]
            let () = ();
            send!(@ 'send * word);
        }
    };
    #[allow(unreachable_code)]
    { ::sendoff::__private::Ok(__sent____________________________) }
}
