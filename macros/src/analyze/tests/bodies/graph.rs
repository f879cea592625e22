//! What can run after what, and what follows from that?
//!
//! A search from the entry tells what is reached; a second one, in which every send lets the path
//! go on, tells what a send alone keeps from running.

use std::collections::BTreeSet;

/// Lines.
pub(crate) type Lines = BTreeSet<usize>;

/// The mistakes in a body, by the line they are on.
#[derive(Debug)]
pub(crate) struct Truth {
    /// Those on paths that are there.
    pub(crate) real: Mistakes,
    /// Also those on paths that only rustc takes for possible: to it either side of a condition
    /// is, whatever becomes of the other. Of closures and the like, and of what returns, it wants
    /// to know even where nothing gets to them.
    pub(crate) to_rustc: Mistakes,
    /// Where a path would end with nothing sent if anything got there. It is a matter of types
    /// whether that is a mistake.
    pub(crate) hidden_ends: Lines,
}

#[derive(Debug, Default)]
pub(crate) struct Mistakes {
    /// Where a path ends with nothing sent.
    pub(crate) ends: Lines,
    /// What never runs because of a send.
    pub(crate) dead: Lines,
    /// What of it stands directly behind a send, or where branches meet.
    pub(crate) edge: Lines,
    /// Sends that cannot leave the scope they are in.
    pub(crate) foreign: Lines,
    /// What returns with nothing sent.
    pub(crate) returns: Lines,
}

impl Truth {
    /// Does rustc have nothing against it, and no part of it never run because of a send?
    pub(crate) fn is_right(&self) -> bool {
        self.to_rustc.is_empty()
    }
}

impl Mistakes {
    pub(crate) fn is_empty(&self) -> bool {
        let Mistakes {
            ends,
            dead,
            foreign,
            returns,
            ..
        } = self;
        [ends, dead, foreign, returns]
            .iter()
            .all(|lines| lines.is_empty())
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Where paths meet; no code.
    Join,
    /// No code either, but a path may end here.
    Mark,
    Code,
    /// Code that a condition has to hold for. That it never runs is worth a word even where rustc
    /// does not see it.
    Conditional,
    Send,
    Foreign,
    Return,
    /// A value that the handler cannot have.
    Last,
}

pub(super) type Id = usize;

#[derive(Debug)]
pub(super) struct Node {
    pub(super) kind: Kind,
    pub(super) line: usize,
    /// What can run next.
    pub(super) next: Vec<Id>,
    /// The same in rustc's view.
    pub(super) to_rustc: Vec<Id>,
    /// What would run next if this send did not leave.
    pub(super) if_ignored: Vec<Id>,
    /// Where the loops around it end, which it may be the only way out of.
    pub(super) out_of_loops: Vec<Id>,
}

/// The graph of a body; its first node is the entry.
#[derive(Debug, Default)]
pub(super) struct Graph {
    pub(super) nodes: Vec<Node>,
    /// Where a path ends with nothing sent.
    pub(super) end: Id,
}

/// Which nodes a search came to.
type Reached = Vec<bool>;

impl Graph {
    pub(super) fn truth(&self) -> Truth {
        let real = self.reached(|node| [&node.next, &[], &[], &[]]);
        let to_rustc = self.reached(|node| [&node.next, &node.to_rustc, &[], &[]]);
        let if_ignored =
            self.reached(|node| [&node.next, &node.if_ignored, &node.out_of_loops, &[]]);
        let possible = self.reached(|node| {
            [
                &node.next,
                &node.if_ignored,
                &node.out_of_loops,
                &node.to_rustc,
            ]
        });
        let behind = self.behind_sends(&real);
        let is = |id: Id, kind| self.nodes[id].kind == kind;
        let is_dead = |id: Id| {
            let waits = is(id, Kind::Conditional) && behind[id] || !to_rustc[id];
            self.nodes[id].is_code() && if_ignored[id] && !real[id] && waits
        };
        let hidden = to_rustc.iter().map(|_| true).collect();
        Truth {
            hidden_ends: &self.ends(&hidden) - &self.ends(&to_rustc),
            real: Mistakes {
                ends: self.ends(&real),
                dead: self.lines(is_dead),
                edge: self.lines(|id| is_dead(id) && behind[id]),
                foreign: self.lines(|id| is(id, Kind::Foreign) && real[id]),
                returns: self.lines(|id| is(id, Kind::Return) && real[id]),
            },
            to_rustc: Mistakes {
                ends: &self.ends(&to_rustc) | &self.lines(|id| is(id, Kind::Last)),
                dead: self.lines(|id| self.nodes[id].is_code() && possible[id] && !real[id]),
                edge: Lines::new(),
                foreign: self.lines(|id| is(id, Kind::Foreign)),
                returns: self.lines(|id| is(id, Kind::Return)),
            },
        }
    }

    fn lines(&self, is_meant: impl Fn(Id) -> bool) -> Lines {
        let meant = (0..self.nodes.len()).filter(|id| is_meant(*id));
        meant.map(|id| self.nodes[id].line).collect()
    }

    fn reached(&self, next: impl Fn(&Node) -> [&[Id]; 4]) -> Reached {
        let mut reached = vec![false; self.nodes.len()];
        let mut open = vec![0];
        while let Some(id) = open.pop() {
            if !std::mem::replace(&mut reached[id], true) {
                open.extend(next(&self.nodes[id]).into_iter().flatten());
            }
        }
        reached
    }

    /// What a send that runs has directly behind it, with nothing but joins between.
    fn behind_sends(&self, real: &Reached) -> Reached {
        let mut reached = vec![false; self.nodes.len()];
        let sends = self.nodes.iter().zip(real).filter(|(_, real)| **real);
        let mut open: Vec<Id> = sends
            .flat_map(|(node, _)| node.if_ignored.clone())
            .collect();
        while let Some(id) = open.pop() {
            let again = std::mem::replace(&mut reached[id], true);
            if !again && !self.nodes[id].is_code() {
                open.extend(&self.nodes[id].next);
            }
        }
        reached
    }

    /// The last lines of the paths to the end, among what is reached.
    fn ends(&self, reached: &Reached) -> Lines {
        let mut lines = Lines::new();
        let mut seen = vec![false; self.nodes.len()];
        let mut open = vec![self.end];
        while let Some(end) = open.pop() {
            for (id, node) in self.nodes.iter().enumerate() {
                let leads =
                    reached[id] && (node.next.contains(&end) || node.to_rustc.contains(&end));
                if !leads || std::mem::replace(&mut seen[id], true) {
                    continue;
                }
                if node.kind == Kind::Join {
                    open.push(id);
                } else {
                    lines.insert(node.line);
                }
            }
        }
        lines
    }
}

impl Node {
    fn is_code(&self) -> bool {
        matches!(self.kind, Kind::Code | Kind::Conditional | Kind::Send)
    }
}
