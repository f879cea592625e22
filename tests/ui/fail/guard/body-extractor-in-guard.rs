use sendoff::{Json, guard, send};

#[guard(Signed)]
async fn signed(Json(text): Json<String>) {
    if text.is_empty() {
        send!(403);
    }
}

fn main() {}
