pub async fn largest<'a, T>(
    items: &'a [T],
    fallback: impl Into<String>,
) -> ::sendoff::Answer
where
    T: Ord + std::fmt::Display + Sync,
{
    #[allow(unused_braces, clippy::diverging_sub_expression)]
    let __sent_______________________________________: ::sendoff::Sent = 'send: {
        {
            match items.iter().max() {
                Some(item) => send!(@ 'send # status 200, item.to_string()),
                None => send!(@ 'send # status 404, fallback.into()),
            }
        }
    };
    #[allow(unreachable_code)]
    { ::sendoff::__private::Ok(__sent_______________________________________) }
}
