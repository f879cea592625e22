pub trait Limit {
    const LIMIT: usize;
}
#[allow(
    clippy::result_large_err,
    clippy::needless_pass_by_value,
    clippy::missing_errors_doc,
)]
pub fn below<L: Limit>(
    State(n): State<usize>,
) -> ::sendoff::__private::Result<usize, Reply> {
    let __sent______________________________________________________________________________________: ::sendoff::Sent = 'send: {
        let __value: usize = 'passes: {
            if false {
                break 'passes ::sendoff::__private::never_run();
            }
            {
                if n >= L::LIMIT {
                    send!(@ 'send # status 429, "too many");
                }
                n
            }
        };
        return ::sendoff::__private::Ok(__value);
    };
    return ::sendoff::__private::deny::<
        _,
        Reply,
    >(
        __sent______________________________________________________________________________________,
    );
}
#[allow(missing_copy_implementations, clippy::exhaustive_structs)]
///What the guard `below` lets through.
pub struct Below<L: Limit>(
    pub ::sendoff::__private::ValueOf<(::sendoff::__private::PhantomData<L>,), usize>,
);
impl<L: Limit> ::sendoff::__private::fmt::Debug for Below<L> {
    fn fmt(
        &self,
        __formatter: &mut ::sendoff::__private::fmt::Formatter<'_>,
    ) -> ::sendoff::__private::fmt::Result {
        let _ = &self.0;
        __formatter.debug_tuple("Below").finish_non_exhaustive()
    }
}
impl<L: Limit, __State> ::sendoff::__private::FromRequestParts<__State> for Below<L>
where
    __State: ::sendoff::__private::Send + ::sendoff::__private::Sync,
    State<usize>: ::sendoff::__private::GuardArgument<__State>,
    L: 'static,
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
            >::of(Below))
                .__recall(__parts, ::sendoff::__private::address(__state))
            {
                return __known;
            }
            {
                use ::sendoff::__private::{
                    AsksForState as _, ReadsHead as _, TakesBody as _,
                };
                (&&&::sendoff::__private::Ask::<State<usize>>::NEW)
                    .__stands_in_a_guard();
            }
            let __argument_0 = ::sendoff::__private::guard_argument::<
                State<usize>,
                __State,
            >(__parts, __state)
                .await?;
            let __decision = ::sendoff::__private::passed::<
                _,
                Reply,
            >(below::<L>(__argument_0));
            (&::sendoff::__private::Memory::<Self, _>::of(Below))
                .__keep(__parts, ::sendoff::__private::address(__state), &__decision);
            return __decision.map(Below);
        }
    }
}
impl<L: Limit, __State> ::sendoff::__private::OptionalFromRequestParts<__State>
for Below<L>
where
    __State: ::sendoff::__private::Send + ::sendoff::__private::Sync,
    Self: ::sendoff::__private::FromRequestParts<
        __State,
        Rejection = ::sendoff::__private::Reply,
    >,
    L: 'static,
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
            if (&::sendoff::__private::Memory::<Self, _>::of(Below))
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
                    (&::sendoff::__private::Memory::<Self, _>::of(Below))
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
