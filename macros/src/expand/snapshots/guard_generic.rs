pub trait Limit {
    const LIMIT: usize;
}

#[guard(Below, error = Reply)]
pub fn below<L: Limit>(State(n): State<usize>) -> usize {
    if n >= L::LIMIT {
        send!(429, "too many");
    }
    n
}
