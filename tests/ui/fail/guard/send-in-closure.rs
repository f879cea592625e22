use sendoff::{HeaderMap, guard, send};

#[guard(Token)]
async fn token(headers: HeaderMap) -> String {
    let token = headers.get("token").unwrap_or_else(|| send!(401));
    let text = async { token.to_str().unwrap_or_else(|_| send!(400)) };
    text.await.to_owned()
}

fn main() {}
