pub async fn configured(
    #[cfg(all())]
    here: &'static str,
    #[cfg(any())]
    gone: Missing,
) -> ::sendoff::Answer {
    #[allow(clippy::diverging_sub_expression)]
    let __sent_____________________________________________________: ::sendoff::Sent = 'send: {
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
    #[allow(unreachable_code)]
    {
        ::sendoff::__private::Ok(
            __sent_____________________________________________________,
        )
    }
}
