pub fn ready(yes: bool) -> ::sendoff::Answer {
    #[deny(unreachable_code)]
    let sent: ::sendoff::Sent = 'send: {
        { send!(@ 'send if yes { 200 } else { 503 }, "asked") }
    };
    #[allow(unreachable_code)] { ::sendoff::__private::Ok(sent) }
}
