use sendoff::send;

fn helper(id: u64) -> u64 {
    if id == 0 {
        send!(404);
    }
    id
}

fn main() {}
