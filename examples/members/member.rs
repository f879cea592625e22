//! Who is a member, and is that the password?

use std::collections::BTreeMap;
use std::error::Error;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use serde::{Deserialize, Serialize};
use tokio::sync::Semaphore;

/// How many passwords are hashed at a time: each takes 19 MiB and some 20 ms of a processor.
const HASHES_AT_A_TIME: usize = 4;

/// What a member may do.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Role {
    Member,
    Admin,
}

/// Somebody with a password.
#[derive(Clone, Serialize)]
pub(crate) struct Member {
    pub(crate) name: String,
    pub(crate) role: Role,
    /// Argon2id, in the PHC format, with its own salt.
    #[serde(skip)]
    hash: Arc<str>,
}

/// The members, by their names.
pub(crate) struct Members {
    members: Mutex<BTreeMap<String, Member>>,
    /// What the password of somebody unknown is compared with, so that the time does not tell
    /// which names there are.
    nobody: Arc<str>,
    hashing: Semaphore,
}

impl Members {
    /// Ann and Bob.
    pub(crate) fn new(password: &str) -> Result<Self, Box<dyn Error>> {
        let mut members = BTreeMap::new();
        for (name, role) in [("ann", Role::Admin), ("bob", Role::Member)] {
            let name = name.to_owned();
            let hash = hash(password)?;
            members.insert(name.clone(), Member { name, role, hash });
        }
        Ok(Members {
            members: Mutex::new(members),
            nobody: hash("nobody has this password")?,
            hashing: Semaphore::new(HASHES_AT_A_TIME),
        })
    }

    /// The member of this name and password, if there is one.
    pub(crate) async fn log_in(&self, name: &str, password: String) -> Option<Member> {
        let member = self.find(name);
        let known = member.as_ref().map_or(&self.nobody, |member| &member.hash);
        let known = Arc::clone(known);
        let _permit = self.hashing.acquire().await.ok()?;
        // Off the threads that serve requests.
        let verified = tokio::task::spawn_blocking(move || {
            let known = PasswordHash::new(&known).ok()?;
            let verified = Argon2::default().verify_password(password.as_bytes(), &known);
            verified.ok()
        });
        verified.await.ok()??;
        member
    }

    /// The member of this name.
    pub(crate) fn find(&self, name: &str) -> Option<Member> {
        self.lock().get(name).cloned()
    }

    /// All of them.
    pub(crate) fn all(&self) -> Vec<Member> {
        self.lock().values().cloned().collect()
    }

    /// Gives a member another role. False if there is no such member.
    pub(crate) fn change_role(&self, name: &str, role: Role) -> bool {
        let mut members = self.lock();
        let member = members.get_mut(name);
        member.map(|member| member.role = role).is_some()
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, Member>> {
        self.members.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn hash(password: &str) -> Result<Arc<str>, Box<dyn Error>> {
    let hash = Argon2::default().hash_password(password.as_bytes())?;
    Ok(hash.to_string().into())
}
