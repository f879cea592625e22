/// A number that is even.
#[guard(Even)]
pub async fn even(headers: HeaderMap) -> usize {
    let n = headers.len();
    if n % 2 == 1 {
        send!(400, "odd");
    }
    n
}
