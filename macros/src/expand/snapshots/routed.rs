/// Shows a user.
#[handler(GET "/users/{id}")]
pub async fn show_user(id: u64, State(names): State<&'static [&'static str]>, body: String) {
    let Some(name) = usize::try_from(id).ok().and_then(|id| names.get(id)) else {
        send!(404, "no such user");
    };
    send!(200, [("x-body", body)], *name);
}
