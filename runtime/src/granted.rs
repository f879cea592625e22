//! Has this guard decided on this request already? What guards have decided is kept in the request's
//! extensions, so that a guard runs once for a request, however many arguments and guards ask.

#![allow(missing_docs, missing_debug_implementations)]

use std::any::{Any, TypeId};
use std::marker::PhantomData;
use std::sync::{Mutex, PoisonError};

use http::request::Parts;

use crate::reply::Reply;

/// What the guards of one request have decided. Few requests meet more than three.
#[derive(Default)]
struct Decided(Vec<Decision>);

struct Decision {
    guard: TypeId,
    /// Another state is another app, whose users are others: see [`address`].
    state: usize,
    said: Said,
}

enum Said {
    Value(Box<dyn Any + Send + Sync>),
    /// `None` where the reply has gone to somebody, such as another guard. Behind a lock, since it is not `Sync`.
    Denied(Mutex<Option<Reply>>),
}

impl Decided {
    fn of(&mut self, guard: TypeId, state: usize) -> Option<&mut Said> {
        let of_guard = |it: &&mut Decision| it.guard == guard && it.state == state;
        let found = self.0.iter_mut().find(of_guard);
        found.map(|decision| &mut decision.said)
    }

    fn keep(parts: &mut Parts, guard: TypeId, state: usize, said: Said) {
        let decided = parts.extensions.get_or_insert_default::<Decided>();
        decided
            .0
            .retain(|it| it.guard != guard || it.state != state);
        decided.0.push(Decision { guard, state, said });
    }
}

/// A copy of the extensions is for another request, such as one of a batch, whose head may be
/// another: nobody has let it through.
impl Clone for Decided {
    fn clone(&self) -> Self {
        Decided::default()
    }
}

/// Which state a guard has asked: its place, not its contents.
pub fn address<S>(state: &S) -> usize {
    std::ptr::from_ref(state).addr()
}

/// What is remembered of the guard `G`, whose value is a `V`. Of the two traits below rustc takes the
/// first if its bounds hold, since it tries the one without a further `&` first.
pub struct Memory<G, V>(fn(V) -> G, PhantomData<fn() -> G>);

impl<G, V> Memory<G, V> {
    pub fn of(guard: fn(V) -> G) -> Self {
        Memory(guard, PhantomData)
    }
}

/// A value that can be cloned is kept.
pub trait Remembers<G, V> {
    /// What the guard has decided before.
    fn __recall(&self, parts: &mut Parts, state: usize) -> Option<Result<G, Reply>>;
    /// Keeps a value that it lets through.
    fn __keep(&self, parts: &mut Parts, state: usize, decision: &Result<V, Reply>);
    /// Has the guard denied the request before, in an `Option`?
    fn __has_denied(&self, parts: &mut Parts, state: usize) -> bool;
    /// Keeps a denial that an `Option` has made `None` of.
    fn __deny(&self, parts: &mut Parts, state: usize, reply: Reply);
}

impl<G, V> Remembers<G, V> for Memory<G, V>
where
    G: 'static,
    V: Clone + Send + Sync + 'static,
{
    fn __recall(&self, parts: &mut Parts, state: usize) -> Option<Result<G, Reply>> {
        let decided = parts.extensions.get_mut::<Decided>()?;
        match decided.of(TypeId::of::<G>(), state)? {
            Said::Value(value) => {
                let value = value.downcast_ref::<V>()?.clone();
                Some(Ok((self.0)(value)))
            }
            Said::Denied(reply) => {
                let reply = reply.get_mut().unwrap_or_else(PoisonError::into_inner);
                reply.take().map(Err)
            }
        }
    }

    fn __keep(&self, parts: &mut Parts, state: usize, decision: &Result<V, Reply>) {
        // What is denied ends the request, unless the guard stands in an `Option`.
        if let Ok(value) = decision {
            let said = Said::Value(Box::new(value.clone()));
            Decided::keep(parts, TypeId::of::<G>(), state, said);
        }
    }

    fn __has_denied(&self, parts: &mut Parts, state: usize) -> bool {
        let decided = parts.extensions.get_mut::<Decided>();
        let said = decided.and_then(|decided| decided.of(TypeId::of::<G>(), state));
        matches!(said, Some(Said::Denied(_)))
    }

    fn __deny(&self, parts: &mut Parts, state: usize, reply: Reply) {
        let said = Said::Denied(Mutex::new(Some(reply)));
        Decided::keep(parts, TypeId::of::<G>(), state, said);
    }
}

/// Any other value goes to who has asked.
pub trait Forgets<G, V> {
    fn __recall(&self, _: &mut Parts, _: usize) -> Option<Result<G, Reply>> {
        None
    }

    fn __keep(&self, _: &mut Parts, _: usize, _: &Result<V, Reply>) {}

    fn __has_denied(&self, _: &mut Parts, _: usize) -> bool {
        false
    }

    fn __deny(&self, _: &mut Parts, _: usize, _: Reply) {}
}

impl<G, V> Forgets<G, V> for &Memory<G, V> {}
