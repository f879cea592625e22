macro_rules! some_or {
    ($option:expr, $status:expr) => {
        match $option { Some(value) => value, None => send!($status, "nothing there"), }
    };
}
#[allow(clippy::missing_errors_doc)]
pub async fn first(words: Vec<&'static str>) -> ::sendoff::Answer {
    #[deny(unreachable_code)]
    let __sent_____________________________________________________________: ::sendoff::Sent = 'send: {
        {
            let word = some_or!(words.first(), 404);
            #[deny(unreachable_code)]
            let () = ();
            send!(@ 'send * word);
        }
    };
    return ::sendoff::__private::Ok(
        __sent_____________________________________________________________,
    );
}
