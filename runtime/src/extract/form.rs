//! `Form<T>` and `RawForm`: what an HTML form sends, if it has no files.

use axum_core::extract::{FromRequest, Request};
use axum_core::response::{IntoResponse, Response};
use bytes::Bytes;
use http::{Method, StatusCode};
use serde::Serialize;
use serde::de::DeserializeOwned;

use std::panic::Location;

use super::fields::Fields;
use super::media_type;
use crate::failed;
use crate::format::read;
use crate::problem::Problem;
use crate::rejection::{Refused, invalid_fields, unread};

/// A form: the query of a `GET` or a `HEAD`, else a body of the type
/// `application/x-www-form-urlencoded`.
///
/// ```
/// use sendoff::{App, Form, handler, routes, send};
/// use serde::Deserialize;
///
/// #[derive(Deserialize)]
/// struct Login {
///     name: String,
///     remember: Option<bool>,
/// }
///
/// #[handler(POST "/login")]
/// async fn login(Form(login): Form<Login>) {
///     send!(200, format!("{} {}", login.name, login.remember.unwrap_or(false)));
/// }
/// # let app: App = App::new(()).routes(routes![login]);
/// # let _ = app;
/// ```
///
/// What its fields may be is said at [`Query`](crate::Query#what-it-takes), with what goes for
/// [flattened structs](crate::Query#flattened-structs). The content type may be in any case and have
/// any parameters; the text is always UTF-8. What it refuses, and how, is in
/// [the page on input](crate::extract#input).
///
/// In a `send!` it is the body of such a form.
#[derive(Clone, Copy, Debug, Default)]
#[must_use]
pub struct Form<T>(pub T);

axum_core::__impl_deref!(Form);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Form<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        // The form of a GET is its query.
        let (status, part) = if is_in_query(request.method()) {
            (StatusCode::BAD_REQUEST, "query")
        } else {
            (StatusCode::UNPROCESSABLE_ENTITY, "body")
        };
        let RawForm(text) = RawForm::from_request(request, state).await?;
        match Fields::read(&text) {
            Ok(value) => Ok(Form(value)),
            Err(refused) => Err(invalid_form(status, part, &refused)),
        }
    }
}

#[cold]
fn invalid_form(status: StatusCode, part: &'static str, refused: &Refused) -> Problem {
    let status = match refused {
        // It is no form, whatever was expected of one.
        Refused::Undecodable { .. } => StatusCode::BAD_REQUEST,
        Refused::Unfit(_) => status,
    };
    let problem = Problem::new(status).detail("the form does not have the expected form");
    invalid_fields(problem, part, refused)
}

fn is_in_query(method: &Method) -> bool {
    method == Method::GET || method == Method::HEAD
}

impl<T: Serialize> IntoResponse for Form<T> {
    #[track_caller]
    fn into_response(self) -> Response {
        let response = axum::Form(self.0).into_response();
        if response.status() == StatusCode::OK {
            return response;
        }
        let error = read(response.into_body());
        failed::failed(&error, std::any::type_name::<T>(), Location::caller())
    }
}

/// A form as it was sent, percent-encoded: what [`Form`] reads.
#[derive(Clone, Debug)]
pub struct RawForm(pub Bytes);

impl<S: Send + Sync> FromRequest<S> for RawForm {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        if is_in_query(request.method()) {
            let query = request.uri().query().unwrap_or_default();
            return Ok(RawForm(Bytes::copy_from_slice(query.as_bytes())));
        }
        let headers = request.headers();
        if !media_type::of(headers)
            .is_some_and(|found| found.is("application", "x-www-form-urlencoded"))
        {
            return Err(media_type::unsupported("application/x-www-form-urlencoded"));
        }
        media_type::check_coding(headers)?;
        let text = Bytes::from_request(request, state).await;
        Ok(RawForm(text.map_err(|rejection| unread(&rejection))?))
    }
}
