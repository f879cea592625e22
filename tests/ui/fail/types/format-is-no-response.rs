use sendoff::{App, Problem};

struct Failed;

fn app() -> App {
    App::new(()).problems(|_: Problem| Failed)
}

fn main() {}
