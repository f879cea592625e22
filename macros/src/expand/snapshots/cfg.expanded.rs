#[allow(clippy::missing_errors_doc)]
pub async fn configured(
    #[cfg(all())]
    here: &'static str,
    #[cfg(any())]
    gone: Missing,
) -> ::sendoff::Answer {
    let __sent______________________________________________________________________________________: ::sendoff::Sent = 'send: {
        {
            #[cfg(any())]
            send!(@ 'send # value gone);
            match here {
                #[cfg(any())]
                "gone" => gone,
                _ => {}
            }
            #[cfg(all())]
            send!(@ 'send # status 200, here);
        }
    };
    return ::sendoff::__private::Ok(
        __sent______________________________________________________________________________________,
    );
}
