#[allow(clippy::result_large_err, clippy::missing_errors_doc)]
pub fn ready(yes: bool) -> ::sendoff::Answer {
    let __sent_____________________________________________________________________________: ::sendoff::Sent = 'send: {
        {
            let () = ();
            send!(@ 'send if yes { 200 } else { 503 }, "asked")
        }
    };
    return ::sendoff::__private::Ok(
        __sent_____________________________________________________________________________,
    );
}
