//! Does the test client ask as a client does, and say what went wrong?

mod answers;
mod cookies;
mod sites;
mod time;
