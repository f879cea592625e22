#[handler]
pub async fn greet(name: Option<String>, mut greetings: Vec<&'static str>) {
    let Some(name) = name else {
        return send!(400, "who are you?");
    };
    let greeting = greetings.pop().unwrap_or_else(|| "hello");
    send! { 200, vec![format!("{greeting}, "), name].concat() }
}
