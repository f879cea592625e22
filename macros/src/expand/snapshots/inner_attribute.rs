#[handler]
pub async fn careless(n: u64) {
    #![allow(unused_variables)]
    let unused = n;
    send!(204);
}
