pub async fn relay(n: u64) -> ::sendoff::Answer {
    #[deny(unreachable_code)]
    let sent: ::sendoff::Sent = {
        if n == 0 {
            panic!("zero");
        }
        parity_of(n).await?
    };
    #[allow(unreachable_code)] { ::sendoff::__private::Ok(sent) }
}
async fn parity_of(n: u64) -> ::sendoff::Answer {
    #[deny(unreachable_code)]
    let sent: ::sendoff::Sent = 'send: {
        {
            send!(@ 'send sendoff::reply!(200, if n % 2 == 0 { "even" } else { "odd" }));
        }
    };
    #[allow(unreachable_code)] { ::sendoff::__private::Ok(sent) }
}
