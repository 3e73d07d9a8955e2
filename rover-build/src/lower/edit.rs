//! Edits of a file's text, and their order where several stand at one byte.

use std::cmp::Reverse;

use crate::front::hir::Span;

/// The edits of one file. No two replace the same byte.
#[derive(Debug, Default)]
pub(super) struct Edits {
    all: Vec<Edit>,
}

#[derive(Debug)]
struct Edit {
    start: usize,
    end: usize,
    order: Order,
    text: String,
}

/// Where an edit stands among those that begin at the same byte.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Order {
    /// It closes what ends there, by where that begins: the innermost first. Of two around the
    /// same, the one that came first is inside.
    Close(Reverse<usize>, usize),
    /// It stands between what ends and what begins there, in the order of coming.
    Between(usize),
    /// It opens what begins there, by where that ends: the outermost first.
    Open(Reverse<usize>, Reverse<usize>),
    /// It takes the place of the text that begins there.
    Replace,
}

impl Edits {
    /// Writes something around a span of the text, which stays.
    pub(super) fn wrap(&mut self, span: Span, open: String, close: String) {
        let Span { start, end } = span;
        let number = self.all.len();
        self.add(
            start,
            start,
            Order::Open(Reverse(end), Reverse(number)),
            open,
        );
        self.add(end, end, Order::Close(Reverse(start), number), close);
    }

    /// Writes something behind a span of the text, to which it belongs.
    pub(super) fn append(&mut self, span: Span, text: String) {
        let order = Order::Close(Reverse(span.start), self.all.len());
        self.add(span.end, span.end, order, text);
    }

    /// Writes something in place of a range; of an empty one, at its place.
    pub(super) fn replace(&mut self, start: usize, end: usize, text: String) {
        let order = match start == end {
            true => Order::Between(self.all.len()),
            false => Order::Replace,
        };
        self.add(start, end, order, text);
    }

    fn add(&mut self, start: usize, end: usize, order: Order, text: String) {
        self.all.push(Edit {
            start,
            end,
            order,
            text,
        });
    }

    /// Whether one edit takes the place of all that is in a span.
    pub(super) fn replaces(&self, span: Span) -> bool {
        let mut all = self.all.iter();
        all.any(|edit| edit.start <= span.start && span.end <= edit.end)
    }

    /// Whether a byte is in the middle of what an edit replaces.
    pub(super) fn is_inside(&self, at: usize) -> bool {
        self.all.iter().any(|edit| edit.start < at && at < edit.end)
    }

    /// The text with all edits made.
    pub(super) fn apply(mut self, text: &str) -> String {
        self.all.sort_by_key(|edit| (edit.start, edit.order));
        let mut edited = String::with_capacity(text.len() + 64);
        let mut at = 0;
        for edit in &self.all {
            debug_assert!(edit.start >= at, "edits overlap: {edit:?}");
            edited.push_str(&text[at..edit.start]);
            edited.push_str(&edit.text);
            at = edit.end;
        }
        edited.push_str(&text[at..]);
        edited
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn span(start: usize, end: usize) -> Span {
        Span { start, end }
    }

    #[test]
    fn what_closes_stands_before_what_opens() {
        let mut edits = Edits::default();
        edits.wrap(span(1, 2), "[".into(), "]".into());
        edits.wrap(span(0, 1), "(".into(), ")".into());
        edits.replace(1, 1, ",".into());
        assert_eq!(edits.apply("ab"), "(a),[b]");
    }

    #[test]
    fn the_larger_is_around_the_smaller_and_the_later_around_its_like() {
        let mut edits = Edits::default();
        edits.wrap(span(0, 2), "<".into(), ">".into());
        edits.wrap(span(0, 1), "(".into(), ")".into());
        edits.wrap(span(1, 2), "[".into(), "]".into());
        edits.wrap(span(1, 2), "{".into(), "}".into());
        edits.append(span(1, 2), "!".into());
        assert_eq!(edits.apply("ab"), "<(a){[b]}!>");
    }

    #[test]
    fn what_is_replaced_comes_last() {
        let mut edits = Edits::default();
        edits.replace(0, 1, "x".into());
        edits.wrap(span(0, 2), "(".into(), ")".into());
        edits.replace(0, 0, ";".into());
        assert_eq!(edits.apply("ab"), ";(xb)");
    }
}
