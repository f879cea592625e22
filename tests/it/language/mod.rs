//! What can be written under `#[handler]`, and what does it answer?

mod drops;
mod forms;
mod fragments;
mod helpers;
mod hostile;
mod links;
mod macros;
mod methods;
mod nested;
mod places;
mod shapes;
mod signatures;
mod without_prelude;
