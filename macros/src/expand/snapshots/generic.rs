#[handler]
pub async fn largest<'a, T>(items: &'a [T], fallback: impl Into<String>)
where
    T: Ord + std::fmt::Display + Sync,
{
    match items.iter().max() {
        Some(item) => send!(200, item.to_string()),
        None => send!(404, fallback.into()),
    }
}
