//! Handlers and guards as people write them: no lint has anything to say of them.

/// Seen by other crates.
pub mod public {
    use sendoff::{App, HeaderMap, Json, State, StatusCode, guard, handler, reply, routes, send};

    /// The state.
    #[derive(Clone, Debug)]
    pub struct Notes {
        names: Vec<String>,
    }

    /// The client's name.
    #[guard(Named)]
    pub fn named(headers: HeaderMap, State(notes): State<Notes>) -> String {
        let Some(name) = headers.get("name") else {
            send!(401, "who are you?");
        };
        if notes.names.is_empty() {
            return Ok(String::new());
        }
        String::from_utf8_lossy(name.as_bytes()).into_owned()
    }

    /// Lets everyone through.
    #[guard(Anyone)]
    pub fn anyone() {}

    /// Shows one.
    #[handler(GET "/notes/{n}", timeout = 5s)]
    pub async fn show(n: usize, State(notes): State<Notes>, _named: Named, _anyone: Anyone) {
        std::future::ready(()).await;
        let Some(name) = notes.names.get(n) else {
            send!(StatusCode::NOT_FOUND);
        };
        send!(Json(name.clone()));
    }

    /// Only sends.
    #[handler(GET "/")]
    pub fn home() {
        send!("home")
    }

    /// Sends, or panics.
    ///
    /// # Panics
    ///
    /// When it is told to.
    #[handler(POST "/panics", body_limit = 1MB)]
    pub async fn panics(text: String) {
        std::future::ready(()).await;
        assert!(!text.is_empty(), "there is text");
        Err(reply!(400))?;
        panic!("it is told to")
    }

    /// Has a parameter that may be missing.
    #[handler(GET "/pages", GET "/pages/{page}")]
    pub fn pages(page: Option<u8>) {
        send!(200, pages::path(page));
    }

    /// Is generic.
    #[handler(PUT "/{value}")]
    pub async fn generic<T: Clone + Send + Sync + 'static>(value: u8, State(_state): State<T>) {
        loop {
            std::future::ready(()).await;
            if value > 4 {
                send!(200, value.to_string());
            }
        }
    }

    /// Answers the rest.
    #[handler]
    pub async fn lost() {
        std::future::ready(()).await;
        send!(404);
    }

    /// The app.
    #[must_use]
    pub fn app() -> App<Notes> {
        let app = App::new(Notes { names: Vec::new() });
        return app
            .routes(routes![show, home, panics, generic::<Notes>])
            .nest("/more", routes![pages])
            .fallback(lost);
    }
}

mod private {
    use sendoff::{App, guard, handler, routes, send};

    /// A value that no handler looks at.
    struct Secret;

    #[guard(Known)]
    async fn known() -> Secret {
        std::future::ready(()).await;
        Secret
    }

    #[handler(GET "/links/{id}/{*rest}")]
    fn never_linked(id: u64, rest: String, _known: Known) {
        if id == 0 {
            send!(400, "zero")
        } else if rest.is_empty() {
            send!(404)
        }
        send!(200, rest);
    }

    /// Mounts what is private.
    #[must_use]
    pub fn app() -> App {
        return App::new(()).routes(routes![never_linked]);
    }
}

pub use private::app;
