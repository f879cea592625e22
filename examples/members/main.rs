//! A site with members: login, roles, and sessions that other sites cannot use.
//!
//! | question | file |
//! |---|---|
//! | who may do what? | `guards.rs` (read this first) |
//! | what does each route answer? | `pages.rs` |
//! | what is a session, and what does its cookie say? | `session.rs` |
//! | who is a member, and is that the password? | `member.rs` |

mod guards;
mod member;
mod pages;
mod session;

use std::error::Error;
use std::process::ExitCode;
use std::sync::Arc;

use sendoff::{App, routes};
use sendoff_examples::{Flag, Program, run};

use crate::member::Members;
use crate::session::Sessions;

const PASSWORD: Flag = Flag {
    name: "password",
    value: "TEXT",
    default: "open sesame",
    help: "the password of ann, who is an administrator, and of bob, who is not",
};

const PROGRAM: Program = Program {
    name: "members",
    about: "A site with login, roles and sessions. It forgets everything at its end.",
    flags: &[PASSWORD],
};

#[tokio::main]
async fn main() -> ExitCode {
    run(&PROGRAM, |flags| app(flags.get(&PASSWORD))).await
}

/// What the handlers and guards share.
#[derive(Clone)]
struct Site(Arc<Parts>);

struct Parts {
    members: Members,
    sessions: Sessions,
}

fn app(password: &str) -> Result<App<Site>, Box<dyn Error>> {
    let site = Site(Arc::new(Parts {
        members: Members::new(password)?,
        sessions: Sessions::default(),
    }));
    Ok(App::new(site).routes(routes![
        pages::home,
        pages::log_in,
        pages::log_out,
        pages::list,
        pages::change_role,
    ]))
}
