/// A number that is even.
#[allow(clippy::missing_errors_doc)]
pub async fn even(
    headers: HeaderMap,
) -> ::sendoff::__private::Result<usize, ::sendoff::__private::ErrorResponse> {
    let __sent______________________________________________________________________________________: ::sendoff::Sent = 'send: {
        let __value: usize = 'passes: {
            if false {
                break 'passes ::sendoff::__private::never_run();
            }
            {
                let n = headers.len();
                if n % 2 == 1 {
                    send!(@ 'send # status 400, "odd");
                }
                n
            }
        };
        return ::sendoff::__private::Ok(__value);
    };
    return ::sendoff::__private::deny(
        __sent______________________________________________________________________________________,
    );
}
/// A number that is even.
#[allow(missing_copy_implementations, clippy::exhaustive_structs)]
pub struct Even(pub usize);
impl ::sendoff::__private::fmt::Debug for Even {
    fn fmt(
        &self,
        __formatter: &mut ::sendoff::__private::fmt::Formatter<'_>,
    ) -> ::sendoff::__private::fmt::Result {
        let _ = &self.0;
        __formatter.debug_tuple("Even").finish_non_exhaustive()
    }
}
impl<__State> ::sendoff::__private::FromRequestParts<__State> for Even
where
    __State: ::sendoff::__private::Send + ::sendoff::__private::Sync,
    HeaderMap: ::sendoff::__private::GuardArgument<__State>,
{
    type Rejection = ::sendoff::__private::Reply;
    fn from_request_parts(
        __parts: &mut ::sendoff::__private::Parts,
        __state: &__State,
    ) -> impl ::sendoff::__private::Future<
        Output = ::sendoff::__private::Result<Self, Self::Rejection>,
    > + ::sendoff::__private::Send {
        async move {
            use ::sendoff::__private::{Forgets as _, Remembers as _};
            if let ::sendoff::__private::Option::Some(__known) = (&::sendoff::__private::Memory::<
                Self,
                _,
            >::of(Even))
                .__recall(__parts, ::sendoff::__private::address(__state))
            {
                return __known;
            }
            {
                use ::sendoff::__private::{
                    AsksForState as _, ReadsHead as _, TakesBody as _,
                };
                (&&&::sendoff::__private::Ask::<HeaderMap>::NEW).__stands_in_a_guard();
            }
            let __argument_0 = ::sendoff::__private::guard_argument::<
                HeaderMap,
                __State,
            >(__parts, __state)
                .await?;
            let __decision = ::sendoff::__private::passed(even(__argument_0).await);
            (&::sendoff::__private::Memory::<Self, _>::of(Even))
                .__keep(__parts, ::sendoff::__private::address(__state), &__decision);
            return __decision.map(Even);
        }
    }
}
impl<__State> ::sendoff::__private::OptionalFromRequestParts<__State> for Even
where
    __State: ::sendoff::__private::Send + ::sendoff::__private::Sync,
    Self: ::sendoff::__private::FromRequestParts<
        __State,
        Rejection = ::sendoff::__private::Reply,
    >,
{
    type Rejection = ::sendoff::__private::Reply;
    fn from_request_parts(
        __parts: &mut ::sendoff::__private::Parts,
        __state: &__State,
    ) -> impl ::sendoff::__private::Future<
        Output = ::sendoff::__private::Result<
            ::sendoff::__private::Option<Self>,
            Self::Rejection,
        >,
    > + ::sendoff::__private::Send {
        async move {
            use ::sendoff::__private::{Forgets as _, Remembers as _};
            if (&::sendoff::__private::Memory::<Self, _>::of(Even))
                .__has_denied(__parts, ::sendoff::__private::address(__state))
            {
                return ::sendoff::__private::Ok(::sendoff::__private::Option::None);
            }
            let __decision = <Self as ::sendoff::__private::FromRequestParts<
                __State,
            >>::from_request_parts(__parts, __state)
                .await;
            match __decision {
                ::sendoff::__private::Ok(__guard) => {
                    ::sendoff::__private::Ok(::sendoff::__private::Option::Some(__guard))
                }
                ::sendoff::__private::Err(
                    __reply,
                ) if ::sendoff::__private::is_denial(&__reply) => {
                    (&::sendoff::__private::Memory::<Self, _>::of(Even))
                        .__deny(
                            __parts,
                            ::sendoff::__private::address(__state),
                            __reply,
                        );
                    ::sendoff::__private::Ok(::sendoff::__private::Option::None)
                }
                ::sendoff::__private::Err(__reply) => ::sendoff::__private::Err(__reply),
            }
        }
    }
}
