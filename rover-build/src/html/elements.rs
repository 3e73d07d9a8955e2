//! The elements that are open: an end tag that closes another element than the last one
//! is a mistake, as far as that is certain.

use crate::diagnostic::Diagnostic;
use crate::diagnostic::codes::templates::element;

#[derive(Clone, Debug, Default)]
pub(super) struct Elements {
    open: Vec<(String, usize)>,
    /// A block left other elements open than it found.
    uncertain: bool,
    /// The document itself begins in this template.
    document: bool,
}

const VOID: [&str; 16] = [
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source",
    "track", "wbr", "keygen", "frame",
];

/// Elements that need no end tag (HTML Standard, 13.1.2.4).
const OPTIONAL: [&str; 20] = [
    "html", "head", "body", "li", "dt", "dd", "p", "rt", "rp", "optgroup", "option", "colgroup",
    "caption", "thead", "tbody", "tfoot", "tr", "td", "th", "rb",
];

impl PartialEq for Elements {
    fn eq(&self, other: &Self) -> bool {
        let names = |e: &Self| {
            e.open
                .iter()
                .map(|(name, _)| name.clone())
                .collect::<Vec<_>>()
        };
        names(self) == names(other)
    }
}

impl Elements {
    pub(super) fn start(&mut self, name: &str, closed: bool, at: usize) {
        self.document |= name == "html";
        if !closed && !VOID.contains(&name) {
            self.open.push((name.to_owned(), at));
        }
    }

    pub(super) fn end(&mut self, name: &str, at: usize, problems: &mut Vec<Diagnostic<usize>>) {
        let Some(found) = self.open.iter().rposition(|(open, _)| open == name) else {
            let stray = self.document && !self.uncertain && !matches!(name, "p" | "br");
            if stray {
                problems.push(element::closes_nothing(at, name));
            }
            return;
        };
        let crossed = self.open[found + 1..]
            .iter()
            .find(|(open, _)| !OPTIONAL.contains(&open.as_str()));
        if let Some((open, place)) = crossed.filter(|_| !self.uncertain) {
            problems.push(element::crossed(*place, open, at, name));
        }
        self.open.truncate(found);
    }

    /// The end of a template.
    pub(super) fn finish(&self, problems: &mut Vec<Diagnostic<usize>>) {
        let left = self.open.iter();
        let mut left = left.filter(|(name, _)| !OPTIONAL.contains(&name.as_str()));
        if let (true, false, Some((name, at))) = (self.document, self.uncertain, left.next()) {
            problems.push(element::not_closed(*at, name));
        }
    }

    /// What is open after a block of which each arm leaves one of these open.
    pub(super) fn join(&mut self, other: &Elements) {
        self.uncertain |= other.uncertain || *self != *other;
        self.document |= other.document;
    }
}
