use sendoff::{guard, send};

#[guard(LoggedIn)]
async fn logged_in() -> i32 {
    let count = std::rc::Rc::new(1);
    tokio::task::yield_now().await;
    if *count > 1 {
        send!(401);
    }
    *count
}

fn main() {}
