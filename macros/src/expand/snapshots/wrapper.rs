macro_rules! some_or {
    ($option:expr, $status:expr) => {
        match $option {
            Some(value) => value,
            None => send!($status, "nothing there"),
        }
    };
}

#[handler]
pub async fn first(words: Vec<&'static str>) {
    let word = some_or!(words.first(), 404);
    send!(*word);
}
