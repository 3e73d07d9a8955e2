//! Why a read of `ctx` is not made directly, for people.

use super::{Access, BODY_READS, CtxPart, CtxUse, Member, Table};
use crate::front::hir::Span;

impl CtxUse {
    /// Why a use of `ctx` is left as it is written, and where that is seen; nothing where it is
    /// not.
    pub(crate) fn why_not_direct(&self, member: &Member) -> Option<(&'static str, Option<Span>)> {
        if self.is_direct(member) {
            return None;
        }
        Some(match &member.access {
            _ if member.nested => ("it stands in a function inside, which may run later", None),
            Access::Read(table, ..) | Access::Alias(CtxPart::Table(table), _) => {
                self.why_not_read(*table)
            }
            Access::Body(method, Some(_)) if !BODY_READS.contains(&method.as_str()) => (
                "only `json`, `text` and `raw` are called without the body itself",
                None,
            ),
            Access::Body(..) => ("it is called with arguments", None),
            Access::Whole if Table::from_member(&member.name).is_some() => {
                ("the whole table is used, so one is made", None)
            }
            _ => ("this needs `ctx` itself", None),
        })
    }

    fn why_not_read(&self, table: Table) -> (&'static str, Option<Span>) {
        let mut whole = self.members.iter().filter(|member| {
            Table::from_member(&member.name) == Some(table) && member.access == Access::Whole
        });
        match whole.next() {
            Some(other) => (
                "the whole table is used, so one is made",
                Some(other.name_span),
            ),
            None if self.escapes => ("`ctx` is kept, returned or passed on", None),
            None if self.shared.contains(&table) => (
                "another function that gets this `ctx` uses the whole table",
                None,
            ),
            None => ("a function inside reads the table, too", None),
        }
    }
}
