//! Where a template is written, and its text.

use crate::diagnostic::Position;
use crate::front::ids::{TemplateId, TextRange};
use crate::front::load::Sources;

/// Where a template's text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Origin {
    /// A string in a file of the program.
    Literal(TextRange),
    /// A file of its own.
    File(TemplateId),
}

/// A template's text, and where it is written.
pub(crate) struct Source<'a> {
    pub(super) text: String,
    /// The file's byte of each byte of the text, and of its end.
    pub(super) places: Vec<usize>,
    pub(super) file: &'a str,
    pub(super) written: &'a str,
    /// Where the file's lines end.
    pub(super) line_ends: Vec<usize>,
}

impl<'a> Source<'a> {
    pub(super) fn of_literal(sources: &'a Sources, at: TextRange) -> Option<Self> {
        let TextRange { file, span } = at;
        let file = &sources.files[file];
        let literal = file.literal(span)?;
        Some(Source {
            text: String::from_utf8(literal.value).ok()?,
            places: literal.places.iter().map(|at| span.start + at).collect(),
            file: &file.name,
            written: file.whole_text(),
            line_ends: line_ends(file.whole_text()),
        })
    }

    pub(super) fn of_file(sources: &'a Sources, number: TemplateId) -> Self {
        let file = &sources.templates[number];
        Source {
            text: file.text.clone(),
            places: (0..=file.text.len()).collect(),
            file: &file.name,
            written: &file.text,
            line_ends: line_ends(&file.text),
        }
    }

    pub(super) fn byte(&self, at: usize) -> usize {
        self.places[at.min(self.places.len() - 1)]
    }

    pub(super) fn line(&self, at: usize) -> usize {
        let byte = self.byte(at);
        self.line_ends.partition_point(|end| *end < byte) + 1
    }

    pub(super) fn position(&self, at: usize) -> Position {
        Position::of(self.file, self.written, self.byte(at))
    }
}

fn line_ends(text: &str) -> Vec<usize> {
    text.match_indices('\n').map(|(at, _)| at).collect()
}
