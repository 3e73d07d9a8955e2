//! The texts that mistakes stand in, by which they are shown again: plain, in colours, as places
//! for an editor.

use std::ops::Range;

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};

use super::{Diagnostic, Position, Severity, span};

/// For whom it is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// Text.
    Plain,
    /// Text with ANSI's sequences for colours.
    Coloured,
}

/// The files that some mistakes stand in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Texts(Vec<Text>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Text {
    name: String,
    shown: String,
    text: String,
}

/// What may be a mistake in a program.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Warnings {
    /// In no order.
    pub diagnostics: Vec<Diagnostic>,
    /// The files that they stand in.
    pub texts: Texts,
}

impl Warnings {
    pub(crate) fn new<'a>(
        diagnostics: Vec<Diagnostic>,
        text: impl Fn(&str) -> Option<(&'a str, &'a str)>,
    ) -> Self {
        Warnings {
            texts: Texts::of(&diagnostics, text),
            diagnostics,
        }
    }

    /// Each on one line, with file, line and column.
    pub fn lines(&self) -> Vec<String> {
        let lines = self.diagnostics.iter().map(|d| self.texts.line(d));
        lines.collect()
    }
}

impl Texts {
    /// Those of the labels; `text` gives a file's path as shown and its content.
    pub(crate) fn of<'a>(
        diagnostics: &[Diagnostic],
        text: impl Fn(&str) -> Option<(&'a str, &'a str)>,
    ) -> Self {
        let mut texts: Vec<Text> = Vec::new();
        for (Position { file, .. }, _) in diagnostics.iter().flat_map(|d| &d.labels) {
            if !texts.iter().any(|known| known.name == *file)
                && let Some((shown, text)) = text(file)
            {
                texts.push(Text {
                    name: file.clone(),
                    shown: shown.to_owned(),
                    text: text.to_owned(),
                });
            }
        }
        Texts(texts)
    }

    fn get(&self, file: &str) -> Option<&Text> {
        self.0.iter().find(|text| text.name == file)
    }

    /// The path by which a file is shown.
    pub fn path<'t>(&'t self, position: &'t Position) -> &'t str {
        self.get(&position.file)
            .map_or(position.file.as_str(), |text| &text.shown)
    }

    /// On one line: `routes.lua:3:5: R0806: what is wrong (what would be right)`.
    fn line(&self, diagnostic: &Diagnostic) -> String {
        let place = diagnostic.labels.first().map(|(position, _)| {
            let path = self.path(position);
            // A line as a whole begins with its first column.
            format!("{path}:{}:{}: ", position.line, position.column.max(1))
        });
        let said = format!("{}: {}", diagnostic.code, diagnostic.message);
        let help = diagnostic.help.as_ref().map(|help| format!(" ({help})"));
        [place, Some(said), help].into_iter().flatten().collect()
    }

    /// The first character of what is underlined at a place, and the one behind it.
    pub fn range(&self, position: &Position) -> Option<(Position, Position)> {
        let Text { name, text, .. } = self.get(&position.file)?;
        let Range { start, end } = span(text, position);
        let at = |byte| Position::of(name, text, byte);
        Some((at(start), at(end)))
    }

    /// The mistake with the lines that it stands on.
    pub fn render(&self, diagnostic: &Diagnostic, severity: Severity, style: Style) -> String {
        let level = match severity {
            Severity::Error => Level::ERROR,
            Severity::Warning => Level::WARNING,
        };
        let title = level.primary_title(&diagnostic.message);
        let mut group = Group::with_title(title.id(diagnostic.code.id()));
        let mut files: Vec<&Text> = Vec::new();
        for (position, _) in &diagnostic.labels {
            if let Some(text) = self.get(&position.file)
                && !files.iter().any(|known| known.shown == text.shown)
            {
                files.push(text);
            }
        }
        for Text { shown, text, .. } in files {
            let here = diagnostic.labels.iter().enumerate();
            let annotations = here
                .filter(|(_, (position, _))| self.path(position) == shown)
                .map(|(at, (position, label))| {
                    let kind = match at {
                        0 => AnnotationKind::Primary,
                        _ => AnnotationKind::Context,
                    };
                    kind.span(span(text, position)).label(label)
                });
            let snippet = Snippet::source(text).path(shown);
            group = group.element(snippet.annotations(annotations));
        }
        if let Some(help) = &diagnostic.help {
            group = group.element(Level::HELP.message(help));
        }
        let renderer = match style {
            Style::Plain => Renderer::plain(),
            Style::Coloured => Renderer::styled(),
        };
        renderer.render(&[group])
    }
}
