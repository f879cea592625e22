//! The tests of sendoff as its users meet it: over a socket, from a crate that depends on it.
