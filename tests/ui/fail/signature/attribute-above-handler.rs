use sendoff::{handler, send};

#[async_recursion::async_recursion]
#[handler]
async fn down(n: u8) {
    send!(200, n.to_string());
}

#[async_trait::async_trait]
trait Page {
    async fn show(&self, id: u64) -> sendoff::Answer;
}

#[async_trait::async_trait]
impl Page for () {
    #[handler]
    async fn show(&self, id: u64) -> sendoff::Answer {
        send!(200, id.to_string());
    }
}

fn main() {}
