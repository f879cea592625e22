//! Where does a part of a form begin, and where does it end? RFC 2046 section 5.1.1.
//!
//! What has been searched is not searched again, and no more is kept than one frame of the body and
//! what is limited: the text before the first part, and the head of a part.

use std::fmt;
use std::mem::discriminant;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use axum_core::body::Body;
use bytes::{Buf, Bytes, BytesMut};
use http_body::Body as _;
use memchr::memmem::{self, Finder};

use super::MultipartError;
use super::head::Head;
use crate::body::{is_too_large, too_large};
use crate::problem::Problem;
use crate::rejection::broken_off;

/// How much may stand before the first part, and in the head of each, in bytes.
const LONGEST: usize = 16 * 1024;

type Result<T> = std::result::Result<T, MultipartError>;

pub(super) struct Parser {
    body: Body,
    /// What has come and is not taken.
    buffer: BytesMut,
    /// As much of it has been searched in vain.
    searched: usize,
    /// `CRLF -- boundary`.
    delimiter: Finder<'static>,
    place: Place,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// Before the first part.
    Preamble { skipped: usize },
    /// Behind a delimiter.
    Head,
    /// In the content of a part.
    Content,
    /// Behind the last part.
    End,
    /// What was wrong has been said.
    Broken,
}

impl fmt::Debug for Parser {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Parser")
            .field("place", &self.place)
            .finish_non_exhaustive()
    }
}

impl Parser {
    pub(super) fn new(body: Body, boundary: &[u8]) -> Self {
        let delimiter = [b"\r\n--", boundary].concat();
        Parser {
            body,
            // The first line begins as behind another.
            buffer: BytesMut::from(&b"\r\n"[..]),
            searched: 0,
            delimiter: Finder::new(&delimiter).into_owned(),
            place: Place::Preamble { skipped: 0 },
        }
    }

    /// The head of the next part; `None` behind the last.
    pub(super) fn poll_head(&mut self, context: &mut Context<'_>) -> Poll<Result<Option<Head>>> {
        loop {
            let before = discriminant(&self.place);
            let polled = match self.place {
                Place::Preamble { skipped } => self.skip_preamble(skipped),
                Place::Content => {
                    while ready!(self.poll_chunk(context))?.is_some() {}
                    continue;
                }
                Place::Head => match self.take_head() {
                    Ok(Some(head)) => return Poll::Ready(Ok(Some(head))),
                    Ok(None) => Ok(()),
                    Err(problem) => Err(problem),
                },
                Place::End => return Poll::Ready(Ok(None)),
                Place::Broken => Err(problem("the form is broken, as it was said before")),
            };
            if let Err(problem) = polled {
                return self.fail(problem.into());
            }
            // There is nothing more to do with what has come.
            if discriminant(&self.place) == before {
                ready!(self.poll_more(context))?;
            }
        }
    }

    /// The next piece of the part's content; `None` at its end.
    pub(super) fn poll_chunk(&mut self, context: &mut Context<'_>) -> Poll<Result<Option<Bytes>>> {
        while self.place == Place::Content {
            if let Some(at) = self.find_delimiter() {
                if at > 0 {
                    self.searched = 0;
                    return Poll::Ready(Ok(Some(self.buffer.split_to(at).freeze())));
                }
                self.enter_head(0);
                break;
            }
            // All but what may be the begin of a delimiter.
            if self.searched > 0 {
                let content = self.buffer.split_to(self.searched).freeze();
                self.searched = 0;
                return Poll::Ready(Ok(Some(content)));
            }
            ready!(self.poll_more(context))?;
        }
        if self.place == Place::Broken {
            return self.fail(problem("the form is broken, as it was said before").into());
        }
        Poll::Ready(Ok(None))
    }

    fn skip_preamble(&mut self, skipped: usize) -> std::result::Result<(), Problem> {
        let Some(at) = self.find_delimiter() else {
            let skipped = skipped + self.searched;
            self.buffer.advance(self.searched);
            self.searched = 0;
            self.place = Place::Preamble { skipped };
            return if skipped > LONGEST {
                Err(problem(
                    "the form has more than 16 KiB before its first part",
                ))
            } else {
                Ok(())
            };
        };
        if skipped + at > LONGEST {
            return Err(problem(
                "the form has more than 16 KiB before its first part",
            ));
        }
        self.enter_head(at);
        Ok(())
    }

    /// Goes behind the delimiter that begins at this place.
    fn enter_head(&mut self, at: usize) {
        self.buffer.advance(at + self.delimiter.needle().len());
        self.searched = 0;
        self.place = Place::Head;
    }

    /// The head of a part, if all of it has come; the form may end instead.
    fn take_head(&mut self) -> std::result::Result<Option<Head>, Problem> {
        if self.buffer.starts_with(b"--") {
            self.place = Place::End;
            return Ok(None);
        }
        const END: &[u8] = b"\r\n\r\n";
        let from = self.searched;
        let Some(at) = memmem::find(&self.buffer[from..], END) else {
            if self.buffer.len() > LONGEST {
                return Err(problem(
                    "the head of a part of the form is longer than 16 KiB",
                ));
            }
            self.searched = self.buffer.len().saturating_sub(END.len() - 1).max(from);
            return Ok(None);
        };
        if from + at > LONGEST {
            return Err(problem(
                "the head of a part of the form is longer than 16 KiB",
            ));
        }
        let head = self.buffer.split_to(from + at + END.len());
        self.searched = 0;
        self.place = Place::Content;
        Head::parse(&head).map(Some)
    }

    /// Where a delimiter begins. If there is none, `searched` is where one still may.
    fn find_delimiter(&mut self) -> Option<usize> {
        let found = self.delimiter.find(&self.buffer[self.searched..]);
        if let Some(at) = found {
            return Some(self.searched + at);
        }
        let length = self.delimiter.needle().len();
        let tail = self.buffer.len().saturating_sub(length - 1);
        let tail = tail.max(self.searched);
        let begin = self.buffer[tail..]
            .iter()
            .enumerate()
            .filter(|(_, byte)| **byte == b'\r')
            .map(|(at, _)| tail + at)
            .find(|at| self.delimiter.needle().starts_with(&self.buffer[*at..]));
        self.searched = begin.unwrap_or(self.buffer.len());
        None
    }

    /// Reads the next frame of the body.
    fn poll_more(&mut self, context: &mut Context<'_>) -> Poll<Result<()>> {
        let frame = ready!(Pin::new(&mut self.body).poll_frame(context));
        match frame {
            Some(Ok(frame)) => {
                if let Ok(data) = frame.into_data() {
                    self.buffer.extend_from_slice(&data);
                }
                Poll::Ready(Ok(()))
            }
            None => self.fail(problem("the form ends before its last part does").into()),
            Some(Err(error)) => {
                let problem = if is_too_large(&error) {
                    too_large()
                } else {
                    broken_off(&error)
                };
                self.fail(MultipartError {
                    problem,
                    source: Some(error),
                })
            }
        }
    }

    fn fail<T>(&mut self, error: MultipartError) -> Poll<Result<T>> {
        self.place = Place::Broken;
        self.buffer = BytesMut::new();
        self.searched = 0;
        Poll::Ready(Err(error))
    }
}

#[cold]
fn problem(detail: &'static str) -> Problem {
    Problem::new(400).detail(detail)
}
