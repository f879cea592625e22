use sendoff::handler;

#[handler]
async fn show() {
    macro_rules! send {
        ($text:expr) => {
            println!("{}", $text)
        };
    }
    send!("hello");
}

fn main() {}
