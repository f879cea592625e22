use sendoff::{Reply, send};

fn helper() -> Result<(), Reply> {
    send!(4018, "short and stout");
}

fn main() {}
