//! A template's steps as a Lua chunk, whose lines are the template's own.

use rover_model::plan::HtmlStep;
use rover_model::{Escape, Place, Rule};

use super::names::{Meaning, Name, Names};
use super::results::Results;
use super::source::Source;
use super::step::{PageSteps, Put};
use super::walk::Op;
use super::{parts, scan, steady};
use crate::diagnostic::Diagnostic;
use crate::diagnostic::codes::templates::{component, tag, variable};
use crate::form::Form;
use crate::front::budget;
use crate::front::hir::Span;
use crate::front::resolve::resolve;
use crate::front::syntax;
use crate::front::syntax::Encoding;

/// How a chunk's function gets the data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Data<'a> {
    /// As a table.
    Table,
    /// As arguments, in the order of the fields.
    Fields {
        names: &'a [String],
        /// Those that are results of a database, as the driver has left them.
        results: &'a [String],
    },
}

impl<'a> Data<'a> {
    fn arguments(self) -> &'a [String] {
        match self {
            Data::Table => &[],
            Data::Fields { names, .. } => names,
        }
    }

    fn results(self) -> &'a [String] {
        match self {
            Data::Table => &[],
            Data::Fields { results, .. } => results,
        }
    }
}

/// A template that is understood, before it is a chunk.
pub(super) struct Prepared<'a> {
    pub(super) source: &'a Source<'a>,
    pub(super) ops: Vec<Op>,
}

/// A chunk, and whether it uses the data as a whole.
pub(super) struct Generated {
    pub(super) text: String,
    pub(super) whole: bool,
    /// It prints the same whenever the data is the same.
    pub(super) steady: bool,
    /// The fields that may be results of a database as the driver has left them.
    pub(super) walked: Vec<String>,
}

/// The data's variable.
const DATA: &str = "__data";

pub(super) fn generate(
    prepared: &Prepared<'_>,
    names: Names<'_>,
    data: Data<'_>,
    form: Form,
    steps: &mut PageSteps,
    problems: &mut Vec<Diagnostic<usize>>,
) -> Option<Generated> {
    let mut writer = Writer {
        source: prepared.source,
        text: String::new(),
        line: 1,
        pieces: Vec::new(),
        steps,
        lead: String::new(),
        waiting: None,
        puts: Vec::new(),
    };
    writer.reach_line(prepared.source.line(0));
    writer.head(names, data, form);
    for op in &prepared.ops {
        writer.op(op);
    }
    writer.flush();
    writer.text.push_str(" return __b end, __rover");
    let Writer {
        text,
        pieces,
        puts,
        steps,
        ..
    } = writer;
    let ast = match syntax::parse(&text) {
        Ok(ast) => ast,
        Err(error) => {
            problems.push(tag::said(0, &error.message));
            return None;
        }
    };
    let chunk = resolve(&text, Encoding::Utf8, &ast);
    let found = names.find(&chunk);
    let whole = found.iter().any(|name| name.meaning == Meaning::Data);
    let steady = steady::is_steady(&chunk, &found);
    let mut edits = Vec::new();
    let parts = match form {
        Form::Specialised => parts::parts(&chunk, names, &puts, steps),
        Form::Reference => Vec::new(),
    };
    for part in &parts {
        edits.extend(part.edits(&text, steps));
    }
    let results = Results::find(&chunk, &found, data.arguments());
    let rows = results.edits(&text, data.results(), &puts);
    let replaced = |name: &Name| {
        let inside = |span: &Span| span.start <= name.span.start && name.span.end <= span.end;
        rows.iter().any(|(span, _)| inside(span)) || parts.iter().any(|p| p.name == name.span)
    };
    for name in found.iter().filter(|name| !replaced(name)) {
        match written(name, names, data) {
            Some(text) => edits.push((name.span, text)),
            None => {
                problems.extend(place(&pieces, name.span.start).map(|at| problem(name, names, at)))
            }
        }
    }
    edits.extend(rows);
    let (places, check) = budget::checks(&ast);
    edits.extend(places.into_iter().map(|at| {
        let span = Span { start: at, end: at };
        (span, check.to_owned())
    }));
    let text = edited(&text, edits);
    Some(Generated {
        text,
        whole,
        steady,
        walked: match form {
            Form::Specialised => results.walked(),
            Form::Reference => Vec::new(),
        },
    })
}

fn edited(text: &str, mut edits: Vec<(Span, String)>) -> String {
    edits.sort_by_key(|(span, _)| span.start);
    let mut out = String::with_capacity(text.len() * 2);
    let mut at = 0;
    for (span, new) in edits {
        out.push_str(&text[at..span.start]);
        out.push_str(&new);
        at = span.end;
    }
    out.push_str(&text[at..]);
    out
}

/// What a name is in the chunk; nothing where it means nothing.
fn written(name: &Name, names: Names<'_>, data: Data<'_>) -> Option<String> {
    let text = &name.name;
    Some(match (name.meaning, data) {
        (Meaning::Field, Data::Table) => format!("{DATA}.{text}"),
        (Meaning::Field, Data::Fields { .. }) => variable(names, text),
        (Meaning::Data, _) => DATA.to_owned(),
        (Meaning::Component, _) => format!("__components.{text}"),
        (Meaning::Global, _) => text.clone(),
        (Meaning::Unknown | Meaning::UnknownCall | Meaning::Assigned, _) => return None,
    })
}

/// The parameter for a field.
fn variable(names: Names<'_>, field: &str) -> String {
    match names.is_reserved(field) {
        true => format!("{field}__"),
        false => field.to_owned(),
    }
}

fn problem(name: &Name, names: Names<'_>, at: usize) -> Diagnostic<usize> {
    let text = &name.name;
    let of_file = names.locals.contains(text.as_str());
    match name.meaning {
        Meaning::UnknownCall if of_file => component::of_file(at, text),
        Meaning::Unknown if of_file => variable::of_file(at, text),
        Meaning::Assigned => variable::assigned(at, text),
        Meaning::UnknownCall => {
            let components = names.components.into_iter().flatten();
            component::unknown(at, text, components.map(String::as_str))
        }
        _ => variable::unknown(at, text, names.fields.unwrap_or_default()),
    }
}

/// Where in the template a byte of the chunk comes from.
fn place(pieces: &[(usize, Span)], byte: usize) -> Option<usize> {
    let at = pieces.partition_point(|(start, _)| *start <= byte);
    let (start, span) = pieces.get(at.checked_sub(1)?)?;
    Some((span.start + byte - start).min(span.end))
}

struct Writer<'a, 's> {
    source: &'a Source<'a>,
    text: String,
    line: usize,
    /// Where the template's code went.
    pieces: Vec<(usize, Span)>,
    steps: &'s mut PageSteps,
    /// Text of the page that is not written yet.
    lead: String,
    /// The values that are printed.
    puts: Vec<Put>,
    /// A value that waits for the text after it.
    waiting: Option<(Span, Escape, String)>,
}

impl Writer<'_, '_> {
    fn head(&mut self, names: Names<'_>, data: Data<'_>, form: Form) {
        let side = match form {
            Form::Specialised => "direct",
            Form::Reference => "plain",
        };
        let parameters = match data {
            Data::Table => format!(", {DATA}"),
            Data::Fields { names: fields, .. } => fields
                .iter()
                .map(|field| format!(", {}", variable(names, field)))
                .collect(),
        };
        let walks = match data.results() {
            [] => "",
            _ => {
                "local __put_cell, __cell, __walk, __count = __rover.put_cell, __rover.cell, \
                 __rover.walk, __rover.count "
            }
        };
        self.text += &format!(
            "local __rover = (...).{side} {walks}local __put, __run, __part, __components, \
             __parts, __budget = __rover.put, __rover.run, __rover.part, __rover.components, \
             __rover.parts, 1000 return function(__b{parameters})"
        );
    }

    fn reach_line(&mut self, line: usize) {
        while self.line < line {
            self.text.push('\n');
            self.line += 1;
        }
    }

    fn op(&mut self, op: &Op) {
        match op {
            Op::Text(text) => self.lead.push_str(text),
            Op::Print(code, escape) => {
                self.put_waiting();
                let lead = std::mem::take(&mut self.lead);
                self.waiting = Some((*code, *escape, lead));
            }
            Op::Code(code) => {
                self.flush();
                self.code(*code);
                self.text.push(' ');
            }
            Op::Word(word) => {
                self.flush();
                self.text.push_str(&format!(" {word} "));
            }
        }
    }

    /// Writes code of the template. Its line breaks are not always the file's: those of
    /// a string with escapes may be none there, and its lines may go on without any here.
    fn code(&mut self, code: Span) {
        self.reach_line(self.source.line(code.start));
        self.text.push(' ');
        let written = scan::without_comments(&self.source.text[code.start..code.end]);
        self.piece(code.start, code.end);
        for token in scan::tokens(&written) {
            let at = code.start + token.start;
            let text = &written[token.start..token.end];
            match token.kind {
                scan::Kind::Code => self.text.push_str(text),
                scan::Kind::Blank => {
                    let (line, length) = (self.line, self.text.len());
                    self.reach_line(self.source.line(code.start + token.end));
                    if self.line == line {
                        self.text.push(' ');
                    }
                    if self.text.len() - length != text.len() {
                        self.piece(code.start + token.end, code.end);
                    }
                }
                scan::Kind::Text => {
                    let breaks = text.matches('\n').count();
                    let lines = self.source.line(code.start + token.end) - self.source.line(at);
                    if breaks == lines {
                        self.text.push_str(text);
                        self.line += lines;
                    } else {
                        self.text.push_str(&scan::in_one_line(text));
                        self.piece(code.start + token.end, code.end);
                    }
                }
            }
        }
        // What follows is none of the template's.
        self.piece(code.end, code.end);
    }

    /// From here on the chunk is what the template has from `start` on.
    fn piece(&mut self, start: usize, end: usize) {
        self.pieces.push((self.text.len(), Span { start, end }));
    }

    /// Writes what waits, with the text after it.
    fn flush(&mut self) {
        if self.waiting.is_some() {
            return self.put_waiting();
        }
        let text = std::mem::take(&mut self.lead);
        if !text.is_empty() {
            let escape = Escape {
                rule: Rule::Raw,
                place: Place::Raw,
            };
            let step = self.step(text, escape, String::new());
            self.text += &format!(" __run(__b, {step});");
        }
    }

    fn put_waiting(&mut self) {
        let Some((code, escape, lead)) = self.waiting.take() else {
            return;
        };
        let tail = std::mem::take(&mut self.lead);
        let step = self.step(lead, escape, tail);
        self.reach_line(self.source.line(code.start));
        self.puts.push(Put {
            start: self.text.len() + 1,
            step,
        });
        self.text += &format!(" __put(__b, {step}, (");
        self.code(code);
        self.text.push_str("));");
    }

    /// A step's number.
    fn step(&mut self, lead: String, escape: Escape, tail: String) -> usize {
        let step = HtmlStep {
            lead: lead.into(),
            escape,
            tail: tail.into(),
        };
        self.steps.number(step)
    }
}
