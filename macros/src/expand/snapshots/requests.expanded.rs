async fn posts(page: Option<u32>, user: Option<String>) -> ::sendoff::Answer {
    let __sent_____________________________________________________________________________: ::sendoff::Sent = 'send: {
        {
            let () = ();
            send!(@ 'send # status 204);
        }
    };
    let _ = posts::path::<::sendoff::__private::AnyLink, ::sendoff::__private::AnyLink>;
    return ::sendoff::__private::Ok(
        __sent_____________________________________________________________________________,
    );
}
#[doc(hidden)]
struct posts {
    never: ::sendoff::__private::Never<()>,
}
impl ::sendoff::__private::Routed for posts {
    const INFO: ::sendoff::__private::RouteInfo = ::sendoff::__private::RouteInfo {
        requests: &[
            ("GET", "/posts"),
            ("SEARCH", "/posts"),
            ("GET", "/posts/{page}"),
            ("GET", "/of/{user}/{page}"),
        ],
        handler: ::sendoff::__private::concat!(
            ::sendoff::__private::module_path!(), "::", "posts"
        ),
    };
    const SENDS: ::sendoff::__private::SendSites = ::sendoff::__private::SendSites {
        file: ::sendoff::__private::file!(),
        places: &[(3u32, 5u32)],
    };
    const SETTINGS: ::sendoff::__private::Settings = ::sendoff::__private::Settings::at(
            ::sendoff::__private::file!(),
            2u32,
        )
        .asks_for_peer(false);
}
impl posts {
    /**The path that this route answers, with these parameters, if one of its patterns has them.

# Panics

Where `try_path` returns an error.*/
    #[must_use]
    #[track_caller]
    #[inline]
    fn path<
        __Link0: ::sendoff::__private::OptionalLinkParameter<Option<u32>>,
        __Link1: ::sendoff::__private::OptionalLinkParameter<Option<String>>,
    >(
        __parameter_page: __Link0,
        __parameter_user: __Link1,
    ) -> ::sendoff::__private::Option<::sendoff::__private::String> {
        ::sendoff::__private::made(Self::try_path(__parameter_page, __parameter_user))
    }
    /**The path that this route answers, with these parameters, if one of its patterns has them.

# Errors

An empty parameter, one that makes a segment `.` or `..`, and one that makes the path begin with `//`: such a path would not lead back to this route.*/
    #[inline]
    fn try_path<
        __Link0: ::sendoff::__private::OptionalLinkParameter<Option<u32>>,
        __Link1: ::sendoff::__private::OptionalLinkParameter<Option<String>>,
    >(
        __parameter_page: __Link0,
        __parameter_user: __Link1,
    ) -> ::sendoff::__private::Result<
        ::sendoff::__private::Option<::sendoff::__private::String>,
        ::sendoff::__private::LinkError,
    > {
        let __parameter_page = ::sendoff::__private::OptionalLinkParameter::text(
            __parameter_page,
        );
        let __parameter_user = ::sendoff::__private::OptionalLinkParameter::text(
            __parameter_user,
        );
        let mut __path = ::sendoff::__private::Link::new();
        match (__parameter_page.is_some(), __parameter_user.is_some()) {
            (false, false) => {
                ::sendoff::__private::Link::push_literal(&mut __path, "/posts");
            }
            (true, false) => {
                ::sendoff::__private::Link::push_literal(&mut __path, "/posts/");
                ::sendoff::__private::Link::push_text(
                    &mut __path,
                    __parameter_page.as_deref().unwrap_or_default(),
                    false,
                );
            }
            (true, true) => {
                ::sendoff::__private::Link::push_literal(&mut __path, "/of/");
                ::sendoff::__private::Link::push_text(
                    &mut __path,
                    __parameter_user.as_deref().unwrap_or_default(),
                    false,
                );
                ::sendoff::__private::Link::push_literal(&mut __path, "/");
                ::sendoff::__private::Link::push_text(
                    &mut __path,
                    __parameter_page.as_deref().unwrap_or_default(),
                    false,
                );
            }
            _ => return ::sendoff::__private::Ok(::sendoff::__private::Option::None),
        }
        ::sendoff::__private::Link::finished(__path)
            .map(::sendoff::__private::Option::Some)
    }
}
impl<__State> ::sendoff::__private::Route<__State, ()> for posts
where
    __State: ::sendoff::__private::State,
{
    fn call(
        __request: ::sendoff::__private::Request,
        __captures: ::sendoff::__private::Captures,
        __state: ::sendoff::__private::Arc<__State>,
    ) -> impl ::sendoff::__private::Future<
        Output = ::sendoff::__private::Response,
    > + ::sendoff::__private::Send + 'static {
        async move {
            let (__parts, __body) = __request.into_parts();
            let __argument_0 = match ::sendoff::__private::optional_path_parameter::<
                Option<u32>,
            >(
                &__parts,
                &__captures,
                &[
                    ::sendoff::__private::Option::None,
                    ::sendoff::__private::Option::None,
                    ::sendoff::__private::Option::Some(0usize),
                    ::sendoff::__private::Option::Some(1usize),
                ],
                "page",
            ) {
                ::sendoff::__private::Ok(__value) => __value,
                ::sendoff::__private::Err(__rejection) => {
                    return ::sendoff::__private::rejected(__rejection);
                }
            };
            let __argument_1 = match ::sendoff::__private::optional_path_parameter::<
                Option<String>,
            >(
                &__parts,
                &__captures,
                &[
                    ::sendoff::__private::Option::None,
                    ::sendoff::__private::Option::None,
                    ::sendoff::__private::Option::None,
                    ::sendoff::__private::Option::Some(0usize),
                ],
                "user",
            ) {
                ::sendoff::__private::Ok(__value) => __value,
                ::sendoff::__private::Err(__rejection) => {
                    return ::sendoff::__private::rejected(__rejection);
                }
            };
            return ::sendoff::__private::IntoResponse::into_response(
                posts(__argument_0, __argument_1).await,
            );
        }
    }
}
