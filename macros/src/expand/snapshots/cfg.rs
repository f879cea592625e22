#[handler]
pub async fn configured(#[cfg(all())] here: &'static str, #[cfg(any())] gone: Missing) {
    #[cfg(any())]
    send!(gone);
    match here {
        #[cfg(any())]
        "gone" => gone,
        _ => {}
    }
    #[cfg(all())]
    send!(200, here);
}
