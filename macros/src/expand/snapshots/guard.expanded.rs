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
            ::sendoff::__private::passed(even(__argument_0).await).map(Even)
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
        ::sendoff::__private::optional_guard::<Self, __State>(__parts, __state)
    }
}
