//! What is kept of a body that was walked?

use syn::{Block, Stmt};

use super::{Mistake, Outside, Report, analyze};

/// A body and what the walk says about it. They belong together: the report names expressions by
/// their place in the block.
pub(crate) struct Flow {
    /// The body.
    pub(crate) block: Block,
    /// What the walk found in it.
    pub(crate) report: Report,
}

impl Flow {
    /// Walks a body.
    pub(crate) fn of(block: Block, outside: Outside) -> Self {
        let report = analyze(&block, outside);
        Flow { block, report }
    }

    /// Walks the body of a guard, where a path may end in a value, which rustc judges.
    pub(crate) fn of_guard(block: Block, outside: Outside) -> Self {
        let mut flow = Flow::of(block, outside);
        let Report {
            findings,
            suspects,
            ends_under_cfg,
            ..
        } = &mut flow.report;
        let is_of_a_handler =
            |it: &Mistake| matches!(it, Mistake::MissingSend(_) | Mistake::ReturnOk);
        findings.retain(|finding| !is_of_a_handler(&finding.mistake));
        suspects.clear();
        ends_under_cfg.clear();
        flow
    }

    /// Is there one statement at most, but for items?
    pub(crate) fn is_single(&self) -> bool {
        let is_item = |stmt: &&Stmt| matches!(stmt, Stmt::Item(_));
        self.block
            .stmts
            .iter()
            .filter(|stmt| !is_item(stmt))
            .count()
            <= 1
    }

    /// Does a path end in a call whose type decides?
    pub(crate) fn has_suspects(&self) -> bool {
        !self.report.suspects.is_empty()
    }

    /// Is there a statement of which rustc has to say whether it is reached, or is a reply?
    pub(crate) fn has_unread(&self) -> bool {
        let Report {
            behind_unread,
            replies,
            returned,
            ends_under_cfg,
            ..
        } = &self.report;
        let is_plain = behind_unread.is_empty() && replies.is_empty() && returned.is_empty();
        !is_plain || !ends_under_cfg.is_empty()
    }

    /// Is a `send!` of this body a macro of the user's own?
    pub(crate) fn has_shadowed_send(&self) -> bool {
        let mut findings = self.report.findings.iter();
        findings.any(|finding| finding.mistake == Mistake::ShadowedSend)
    }

    /// Is code after a send among the findings?
    pub(crate) fn has_dead_code(&self) -> bool {
        let mut findings = self.report.findings.iter();
        findings.any(|finding| matches!(finding.mistake, Mistake::CodeAfterSend(_)))
    }

    /// May code after a send hide where the walk cannot see it? Then rustc's `unreachable_code`
    /// has to be an error, unless the user has unreachable code of another kind, which is only a
    /// warning.
    pub(crate) fn hides_dead_code(&self) -> bool {
        self.report.unread && !self.report.foreign_dead
    }
}
