//! The text of a statement, and where each byte of it is written.

use crate::front::hir::{Expr, Kind};
use crate::front::ids::{FileId, TextRange};
use crate::front::load::Sources;

/// A text that is known, put together from what is written in one place or more.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Written {
    pub(crate) text: String,
    /// The place of each byte.
    places: Vec<(FileId, usize)>,
    /// Where the last part ends.
    end: Option<(FileId, usize)>,
}

impl Written {
    /// What a string means, or a number that is written with digits alone.
    pub(super) fn of_literal(sources: &Sources, file: FileId, expr: &Expr) -> Option<Self> {
        let start = expr.span.start;
        match &expr.kind {
            Kind::Text(Some(_)) => {
                let literal = sources.files[file].literal(expr.span)?;
                let mut places = literal.places.iter().map(|at| (file, start + at));
                let end = places.next_back();
                Some(Written {
                    text: String::from_utf8(literal.value).ok()?,
                    places: places.collect(),
                    end,
                })
            }
            Kind::Number(digits) if digits.bytes().all(|byte| byte.is_ascii_digit()) => {
                Some(Written {
                    text: digits.clone(),
                    places: (0..digits.len()).map(|at| (file, start + at)).collect(),
                    end: Some((file, expr.span.end)),
                })
            }
            _ => None,
        }
    }

    /// Another text behind it.
    pub(super) fn with(&self, other: &Written) -> Self {
        Written {
            text: format!("{}{}", self.text, other.text),
            places: [&*self.places, &*other.places].concat(),
            end: other.end.or(self.end),
        }
    }

    /// Where a byte is written, or the end of the text.
    pub(crate) fn place(&self, byte: usize) -> Option<TextRange> {
        let (file, at) = self.places.get(byte).copied().or(self.end)?;
        Some(file.at(at))
    }
}
