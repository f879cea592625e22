#[allow(clippy::missing_errors_doc)]
pub async fn relay(n: u64) -> ::sendoff::Answer {
    let __sent______________________________________________________________________________________: ::sendoff::Sent = 'send: {
        {
            if n == 0 {
                panic!("zero");
            }
            {
                use ::sendoff::__private::MustSend as _;
                #[allow(unreachable_code)]
                {
                    break 'send ::sendoff::__private::leaving(parity_of(n).await)?
                        .__must_send()
                }
            }
        }
    };
    return ::sendoff::__private::Ok(
        __sent______________________________________________________________________________________,
    );
}
async fn parity_of(n: u64) -> ::sendoff::Answer {
    let __sent_____________________________________________________________________________: ::sendoff::Sent = 'send: {
        {
            let () = ();
            send!(
                @ 'send # value sendoff::reply!(200, if n % 2 == 0 { "even" } else {
                "odd" })
            );
        }
    };
    return ::sendoff::__private::Ok(
        __sent_____________________________________________________________________________,
    );
}
