#[allow(clippy::missing_errors_doc)]
pub async fn largest<'a, T>(
    items: &'a [T],
    fallback: impl Into<String>,
) -> ::sendoff::Answer
where
    T: Ord + std::fmt::Display + Sync,
{
    let __sent_____________________________________________________________________________: ::sendoff::Sent = 'send: {
        {
            let () = ();
            match items.iter().max() {
                Some(item) => send!(@ 'send # status 200, item.to_string()),
                None => send!(@ 'send # status 404, fallback.into()),
            }
        }
    };
    return ::sendoff::__private::Ok(
        __sent_____________________________________________________________________________,
    );
}
