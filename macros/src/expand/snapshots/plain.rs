#[handler]
pub async fn parity(n: u64) {
    if n % 2 == 0 {
        send!("even");
    }
    send!(200, "odd");
}
