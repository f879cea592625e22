use sendoff::{handler, send};

#[handler(GET "/a/{idd}")]
async fn letter(id: u64) { send!(200, id.to_string()) }

#[handler(GET "/b/{userId}/{type}")]
async fn style(user_id: String, r#types: u8) { send!(user_id) }

#[handler(GET "/c/{id}")]
async fn part(user_id: u64) { send!(200, user_id.to_string()) }

#[handler(GET "/d/{id}")]
async fn nameless(_: u64) { send!("hello") }

fn main() {}
