//! Which part of a list is a page?

use sendoff::{Reply, send};
use serde::Deserialize;

use crate::error::invalid;

const DEFAULT_LIMIT: u32 = 20;
const LARGEST_LIMIT: u32 = 100;

/// `?limit=..&offset=..` as the client wrote it.
#[derive(Deserialize)]
pub(crate) struct Paging {
    limit: Option<u32>,
    offset: Option<u32>,
}

/// At most `limit` items, after the first `offset`.
#[derive(Clone, Copy)]
pub(crate) struct Page {
    pub(crate) limit: u32,
    pub(crate) offset: u32,
}

impl Paging {
    /// The page, or a 422 if it is larger than a client may ask for.
    pub(crate) fn check(self) -> Result<Page, Reply> {
        let limit = self.limit.unwrap_or(DEFAULT_LIMIT);
        if !(1..=LARGEST_LIMIT).contains(&limit) {
            let bounds = format!("must be from 1 to {LARGEST_LIMIT}");
            send!(invalid().fault("query", "#/limit", bounds));
        }
        Ok(Page {
            limit,
            offset: self.offset.unwrap_or(0),
        })
    }
}

impl Page {
    /// The query of the page after this one, if a list of `total` items has one.
    pub(crate) fn next(self, total: u32) -> Option<String> {
        let Page { limit, offset } = self;
        let next = offset.checked_add(limit).filter(|next| *next < total)?;
        Some(format!("limit={limit}&offset={next}"))
    }
}
