use sendoff::guard;

#[guard(LoggedIn)]
struct User(String);

fn main() {}
