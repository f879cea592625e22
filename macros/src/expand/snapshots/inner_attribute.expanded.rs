pub async fn careless(n: u64) -> ::sendoff::Answer {
    #![allow(unused_variables)]
    #[deny(unreachable_code)]
    let sent: ::sendoff::Sent = 'send: {
        {
            let unused = n;
            send!(@ 'send 204);
        }
    };
    #[allow(unreachable_code)] { ::sendoff::__private::Ok(sent) }
}
