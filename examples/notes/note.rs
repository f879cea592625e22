//! What is a note, and when is one valid?

use sendoff::{EntityTag, Reply, Validators, send};
use serde::{Deserialize, Serialize};

use crate::error::invalid;

/// A note as it is kept and sent.
#[derive(Serialize)]
pub(crate) struct Note {
    pub(crate) id: i64,
    /// Counts its updates, from 1.
    pub(crate) version: i64,
    pub(crate) title: String,
    pub(crate) body: String,
}

impl Note {
    /// What clients make their conditions about: its version, as its `ETag`.
    pub(crate) fn validators(&self) -> Validators {
        EntityTag::strong(self.version).into()
    }
}

/// What a client wants a note to be. A field that is missing is empty, so that one answer can
/// name everything that is wrong.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Draft {
    #[serde(default)]
    title: String,
    #[serde(default)]
    body: String,
}

/// The text of a note, checked: [`Draft::check`] is the only way to it.
pub(crate) struct Content {
    title: String,
    body: String,
}

const LONGEST_TITLE: usize = 100;
const LONGEST_BODY: usize = 10_000;

impl Draft {
    /// The content to keep, or a 422 that names every fault.
    pub(crate) fn check(self) -> Result<Content, Reply> {
        let title = self.title.trim();
        let faults = [
            (
                "#/title",
                title.is_empty().then(|| "must not be empty".into()),
            ),
            ("#/title", longer_than(title, LONGEST_TITLE)),
            ("#/body", longer_than(&self.body, LONGEST_BODY)),
        ];
        if faults.iter().any(|(_, fault)| fault.is_some()) {
            let problem = faults
                .into_iter()
                .fold(invalid(), |problem, fault| match fault {
                    (pointer, Some(fault)) => problem.fault("body", pointer, fault),
                    (_, None) => problem,
                });
            send!(problem);
        }
        Ok(Content {
            title: title.to_owned(),
            body: self.body,
        })
    }
}

fn longer_than(text: &str, longest: usize) -> Option<String> {
    let length = text.chars().count();
    (length > longest).then(|| format!("has {length} characters; {longest} is the most"))
}

impl Content {
    pub(crate) fn title(&self) -> &str {
        &self.title
    }

    pub(crate) fn body(&self) -> &str {
        &self.body
    }
}
