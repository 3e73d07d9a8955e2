//! One file of the program. Who comes after `front` reads its tree: its text is only shown,
//! and written again with changes.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::path::PathBuf;

use full_moon::ast::Ast;

use crate::diagnostic::Position;
use crate::front::hir::{Chunk, Span};
use crate::front::literal::Literal;
use crate::front::requires::Required;
use crate::front::syntax::Encoding;
use crate::front::tree::Tree;

pub(crate) struct File {
    /// What `require` calls it, by one name or more; empty for the manifest.
    pub(crate) modules: Vec<String>,
    pub(crate) path: PathBuf,
    /// Relative to the manifest's folder, with `/`: the name in messages and bytecode.
    pub(crate) name: String,
    /// Relative to the crate, where it lies inside: the path in build errors.
    pub(crate) shown: String,
    pub(in crate::front) text: Text,
    pub(crate) requires: Vec<Required>,
    pub(crate) ast: Ast,
    pub(crate) tree: Tree,
    pub(crate) hir: Chunk,
}

/// A file's text.
pub(in crate::front) struct Text {
    whole: String,
    /// How it stands for the file's bytes.
    encoding: Encoding,
    /// The byte at which each line starts.
    starts: Vec<usize>,
}

impl Text {
    pub(in crate::front) fn new(whole: String, encoding: Encoding) -> Self {
        let ends = whole.match_indices('\n').map(|(at, _)| at + 1);
        Text {
            starts: std::iter::once(0).chain(ends).collect(),
            whole,
            encoding,
        }
    }

    pub(in crate::front) fn whole(&self) -> &str {
        &self.whole
    }

    /// The byte at which a line starts, which is counted from 1.
    fn line_start(&self, line: usize) -> usize {
        let start = self.starts.get(line.saturating_sub(1));
        start.copied().unwrap_or_default()
    }

    /// A line, which is counted from 1.
    pub(in crate::front) fn line(&self, line: usize) -> Option<&str> {
        let start = *self.starts.get(line.checked_sub(1)?)?;
        self.whole[start..].lines().next()
    }
}

impl File {
    /// Line and column of a byte.
    pub(crate) fn position(&self, byte: usize) -> Position {
        let line = self.text.starts.partition_point(|start| *start <= byte);
        let before = &self.text.whole[self.text.line_start(line)..byte];
        Position {
            file: self.name.clone(),
            line,
            column: before.chars().count() + 1,
        }
    }

    /// The last line, counted from 1.
    pub(crate) fn last_line(&self) -> usize {
        self.text.whole.lines().count().max(1)
    }

    /// How many lines end inside of a span.
    pub(crate) fn breaks(&self, span: Span) -> usize {
        let until = |byte| self.text.starts.partition_point(|start| *start <= byte);
        until(span.end) - until(span.start)
    }

    /// The text, to be changed and written again. Who wants to know what stands in it reads
    /// the tree.
    pub(crate) fn whole_text(&self) -> &str {
        &self.text.whole
    }

    /// A part of the text, to be shown or written again.
    pub(crate) fn text_at(&self, span: Span) -> &str {
        &self.text.whole[span.start..span.end]
    }

    /// A string's bytes, each with its place.
    pub(crate) fn literal(&self, span: Span) -> Option<Literal> {
        Literal::read(self.text_at(span))
    }

    /// Text of this file, as it is written or changed, as the VM reads it.
    pub(crate) fn encoded<'t>(&self, text: &'t str) -> Cow<'t, [u8]> {
        self.text.encoding.bytes(text)
    }

    /// The names of all locals.
    pub(crate) fn locals(&self) -> BTreeSet<&str> {
        self.hir.vars.iter().map(|var| var.name.as_str()).collect()
    }

    /// The lines of comments that stand directly above a line, which is counted from 1; the
    /// nearest first.
    pub(crate) fn comments_above(&self, line: usize) -> impl Iterator<Item = &str> {
        let above = &self.text.whole[..self.text.line_start(line)];
        let is_comment = |line: &&str| line.trim_start().starts_with("--");
        above.lines().rev().take_while(is_comment)
    }

    /// The comment behind what stands on a line.
    pub(crate) fn comment_behind(&self, line: usize) -> Option<&str> {
        let (_, comment) = self.text.line(line)?.split_once("--")?;
        Some(comment)
    }
}
