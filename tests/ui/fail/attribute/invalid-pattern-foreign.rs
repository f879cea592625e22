use sendoff::{handler, send};

#[handler(GET "/users/:id")]
async fn colon(id: String) { send!(id) }

#[handler(GET "/users/<id>")]
async fn angles(id: String) { send!(id) }

#[handler(GET "/files/*rest")]
async fn star(rest: String) { send!(rest) }

#[handler(GET "/users/{id:[0-9]+}/{rest...}")]
async fn form(id: u64, rest: String) { send!(rest) }

#[handler(GET "/users/{user-id}")]
async fn hyphen(user_id: String) { send!(user_id) }

fn main() {}
