use sendoff::{Reply, guard, send};

struct Failed;

impl From<Reply> for Failed {
    fn from(_: Reply) -> Self {
        Failed
    }
}

#[guard(LoggedIn, error = Failed)]
async fn logged_in() {
    send!(401);
}

fn main() {}
