#[handler(GET | "SEARCH" "/posts", GET "/posts/{page}", GET "/of/{user}/{page}")]
async fn posts(page: Option<u32>, user: Option<String>) {
    send!(204);
}
