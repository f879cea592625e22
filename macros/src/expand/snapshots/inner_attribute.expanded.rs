#[allow(clippy::missing_errors_doc)]
pub async fn careless(n: u64) -> ::sendoff::Answer {
    #![allow(unused_variables)]
    let __sent______________________________________________________________________________________: ::sendoff::Sent = 'send: {
        {
            let unused = n;
            send!(@ 'send # status 204);
        }
    };
    return ::sendoff::__private::Ok(
        __sent______________________________________________________________________________________,
    );
}
