#[allow(clippy::missing_errors_doc)]
pub async fn greet(
    name: Option<String>,
    mut greetings: Vec<&'static str>,
) -> ::sendoff::Answer {
    let __sent______________________________________________________________________________________: ::sendoff::Sent = 'send: {
        {
            let Some(name) = name else {
                send!(@ 'send # status 400, "who are you?");
            };
            let greeting = greetings.pop().unwrap_or_else(|| "hello");
            send! {
                @ 'send # status 200, vec![format!("{greeting}, "), name] .concat()
            }
        }
    };
    return ::sendoff::__private::Ok(
        __sent______________________________________________________________________________________,
    );
}
