#[handler]
pub fn ready(yes: bool) {
    send!(if yes { 200 } else { 503 }, "asked")
}
