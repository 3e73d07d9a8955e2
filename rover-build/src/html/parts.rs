//! Components whose result is printed where HTML stands: `{{ card { title = x } }}`. They
//! are given the page's buffer, to write into it.

use rover_model::plan::{HtmlStep, Text};
use rover_model::{Escape, Place, Rule};

use super::names::Names;
use super::step::{PageSteps, Put};
use crate::front::hir::{Chunk, Expr, Kind, Span, Stmt};

const AS_IT_IS: Escape = Escape {
    rule: Rule::Raw,
    place: Place::Raw,
};

/// One in a chunk's text.
#[derive(Debug)]
pub(super) struct PrintedComponent {
    /// The call that prints it.
    put: Span,
    /// Where what is printed begins.
    value: usize,
    step: usize,
    pub(super) name: Span,
    /// The arguments, from the end of the name on.
    arguments: Span,
    any: bool,
}

/// The printed components of a chunk; `puts` are in the order of its text. Elsewhere than
/// where HTML stands, what they give is escaped as a whole.
pub(super) fn parts(
    chunk: &Chunk,
    names: Names<'_>,
    puts: &[Put],
    steps: &PageSteps,
) -> Vec<PrintedComponent> {
    let mut found = Vec::new();
    for function in &chunk.functions {
        block(&function.body, names, puts, &mut found);
    }
    found.retain(|part| {
        let Escape { rule, place } = steps.all[part.step].escape;
        matches!(rule, Rule::Html | Rule::Raw) && matches!(place, Place::Text | Place::Raw)
    });
    found
}

fn block(stmts: &[Stmt], names: Names<'_>, puts: &[Put], found: &mut Vec<PrintedComponent>) {
    for stmt in stmts {
        if let Stmt::Call(call) = stmt
            && let Ok(at) = puts.binary_search_by_key(&call.span.start, |put| put.start)
        {
            found.extend(part(call, names, puts[at].step));
        }
        let mut blocks = Vec::new();
        stmt.parts(&mut |_| {}, &mut |inner| blocks.push(inner));
        for inner in blocks {
            block(inner, names, puts, found);
        }
    }
}

/// `__put(__b, step, (card { ... }))`
fn part(put: &Expr, names: Names<'_>, step: usize) -> Option<PrintedComponent> {
    let Kind::Call(_, args) = &put.kind else {
        return None;
    };
    let value = args.get(2)?;
    let Kind::Paren(inner) = &value.kind else {
        return None;
    };
    let Kind::Call(callee, args) = &inner.kind else {
        return None;
    };
    match &callee.kind {
        Kind::Global(name) if names.is_component(name) => Some(PrintedComponent {
            put: put.span,
            value: value.span.start,
            step,
            name: callee.span,
            arguments: Span {
                start: callee.span.end,
                end: inner.span.end,
            },
            any: !args.is_empty(),
        }),
        _ => None,
    }
}

impl PrintedComponent {
    /// What is written instead.
    pub(super) fn edits(&self, text: &str, steps: &mut PageSteps) -> Vec<(Span, String)> {
        let HtmlStep { lead, escape, tail } = steps.all[self.step].clone();
        let mut put = String::new();
        if !lead.is_empty() {
            let run = steps.number(HtmlStep {
                lead,
                escape: AS_IT_IS,
                tail: Text::default(),
            });
            put += &format!("__run(__b, {run}); ");
        }
        let after = steps.number(HtmlStep {
            lead: Text::default(),
            escape,
            tail,
        });
        put += &format!("__part(__b, {after}, ");
        let Span { start, end } = self.arguments;
        let at = |at| Span { start: at, end: at };
        let mut edits = vec![
            (
                Span {
                    start: self.put.start,
                    end: self.value,
                },
                put,
            ),
            (
                self.name,
                format!("__parts.{}", &text[self.name.start..self.name.end]),
            ),
        ];
        let comma = if self.any { ", " } else { "" };
        let blanks = text[start..end].len() - text[start..end].trim_start().len();
        if text[start + blanks..].starts_with('(') {
            edits.push((at(start + blanks + 1), format!("__b{comma}")));
        } else {
            edits.push((at(start), format!("(__b{comma}")));
            edits.push((at(end), ")".to_owned()));
        }
        edits
    }
}
