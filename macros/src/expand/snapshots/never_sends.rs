#[handler]
pub async fn relay(n: u64) {
    if n == 0 {
        panic!("zero");
    }
    parity_of(n).await?
}

#[handler]
async fn parity_of(n: u64) {
    send!(sendoff::reply!(200, if n % 2 == 0 { "even" } else { "odd" }));
}
