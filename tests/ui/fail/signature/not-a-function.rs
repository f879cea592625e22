use sendoff::handler;

#[handler]
struct Show;

fn main() {}
