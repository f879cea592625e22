/// Shows a user.
#[allow(clippy::missing_errors_doc)]
pub async fn show_user(
    id: u64,
    State(names): State<&'static [&'static str]>,
    body: String,
) -> ::sendoff::Answer {
    let __sent______________________________________________________________________________________: ::sendoff::Sent = 'send: {
        {
            let Some(name) = usize::try_from(id).ok().and_then(|id| names.get(id)) else {
                send!(@ 'send # status 404, "no such user");
            };
            send!(@ 'send # status 200, [("x-body", body)], * name);
        }
    };
    let _ = show_user::path::<::sendoff::__private::AnyLink>;
    return ::sendoff::__private::Ok(
        __sent______________________________________________________________________________________,
    );
}
#[doc(hidden)]
pub struct show_user {
    never: ::sendoff::__private::Never<()>,
}
impl ::sendoff::__private::Routed for show_user {
    const INFO: ::sendoff::__private::RouteInfo = ::sendoff::__private::RouteInfo {
        requests: &[("GET", "/users/{id}")],
        handler: ::sendoff::__private::concat!(
            ::sendoff::__private::module_path!(), "::", "show_user"
        ),
    };
    const SENDS: ::sendoff::__private::SendSites = ::sendoff::__private::SendSites {
        file: ::sendoff::__private::file!(),
        places: &[(5u32, 9u32), (7u32, 5u32)],
    };
    const SETTINGS: ::sendoff::__private::Settings = ::sendoff::__private::Settings::at(
            ::sendoff::__private::file!(),
            3u32,
        )
        .asks_for_peer({
            use ::sendoff::__private::MayLook as _;
            ::sendoff::__private::LooksAt::<State<&'static [&'static str]>>::PEER
                || ::sendoff::__private::LooksAt::<String>::PEER
        });
}
impl show_user {
    /**The path that this route answers, with these parameters.

# Panics

Where `try_path` returns an error.*/
    #[must_use]
    #[track_caller]
    #[inline]
    pub fn path<__Link0: ::sendoff::__private::LinkParameter<u64>>(
        __parameter_id: __Link0,
    ) -> ::sendoff::__private::String {
        ::sendoff::__private::made(Self::try_path(__parameter_id))
    }
    /**The path that this route answers, with these parameters.

# Errors

An empty parameter, one that makes a segment `.` or `..`, and one that makes the path begin with `//`: such a path would not lead back to this route.*/
    #[allow(clippy::missing_errors_doc)]
    #[inline]
    pub fn try_path<__Link0: ::sendoff::__private::LinkParameter<u64>>(
        __parameter_id: __Link0,
    ) -> ::sendoff::__private::Result<
        ::sendoff::__private::String,
        ::sendoff::__private::LinkError,
    > {
        let mut __path = ::sendoff::__private::Link::new();
        ::sendoff::__private::Link::push_literal(&mut __path, "/users/");
        ::sendoff::__private::Link::push_parameter(&mut __path, __parameter_id, false);
        ::sendoff::__private::Link::finished(__path)
    }
}
impl<__State, __Marker: 'static> ::sendoff::__private::Route<__State, __Marker>
for show_user
where
    __State: ::sendoff::__private::State,
    State<&'static [&'static str]>: ::sendoff::__private::Argument<__State>,
    String: ::sendoff::__private::LastArgument<__State, __Marker>,
{
    fn call(
        __request: ::sendoff::__private::Request,
        __captures: ::sendoff::__private::Captures,
        __state: ::sendoff::__private::Arc<__State>,
    ) -> impl ::sendoff::__private::Future<
        Output = ::sendoff::__private::Response,
    > + ::sendoff::__private::Send + 'static {
        async move {
            let (mut __parts, __body) = __request.into_parts();
            let __argument_0 = match ::sendoff::__private::path_parameter::<
                u64,
            >(&__parts, &__captures, 0usize, "id") {
                ::sendoff::__private::Ok(__value) => __value,
                ::sendoff::__private::Err(__rejection) => {
                    return ::sendoff::__private::rejected(__rejection);
                }
            };
            {
                use ::sendoff::__private::{
                    AsksForState as _, ReadsHead as _, TakesBody as _,
                };
                (&&&::sendoff::__private::Ask::<State<&'static [&'static str]>>::NEW)
                    .__stands_before_another();
            }
            let __argument_1 = match <State<
                &'static [&'static str],
            > as ::sendoff::__private::FromRequestParts<
                __State,
            >>::from_request_parts(&mut __parts, &*__state)
                .await
            {
                ::sendoff::__private::Ok(__value) => __value,
                ::sendoff::__private::Err(__rejection) => {
                    return ::sendoff::__private::rejected(__rejection);
                }
            };
            let __argument_2 = match <String as ::sendoff::__private::FromRequest<
                __State,
                __Marker,
            >>::from_request(
                    ::sendoff::__private::Request::from_parts(__parts, __body),
                    &*__state,
                )
                .await
            {
                ::sendoff::__private::Ok(__value) => __value,
                ::sendoff::__private::Err(__rejection) => {
                    return ::sendoff::__private::rejected(__rejection);
                }
            };
            return ::sendoff::__private::IntoResponse::into_response(
                show_user(__argument_0, __argument_1, __argument_2).await,
            );
        }
    }
}
