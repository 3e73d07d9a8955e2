//! Results of databases in a template's chunk: `{{ for _, row in ipairs(rows) do }}{{ row.name }}`.
//! Where nothing else is done with one, its rows are printed from where the driver has left them.

use std::collections::HashMap;

use super::names::{Meaning, Name};
use super::step::Put;
use crate::analyse::walked_rows::{CellRead, Walk, walks};
use crate::front::hir::{Chunk, Expr, FunctionId, Kind, Span, Stmt, UnaryOp, VarId};
use crate::front::literal::quoted;
use crate::front::walk::expressions;

/// The loops of a chunk over fields of the data, and what else is done with those.
pub(super) struct Results<'c> {
    chunk: &'c Chunk,
    fields: Fields<'c>,
    walks: Vec<Walk<'c>>,
    /// `#rows`, and `rows` in it.
    lengths: Vec<(Span, &'c Expr)>,
}

impl<'c> Results<'c> {
    /// `names` are those of the chunk that are no locals, `arguments` the fields that are.
    pub(super) fn find(chunk: &'c Chunk, names: &'c [Name], arguments: &'c [String]) -> Self {
        let page = page(chunk).map(|page| &chunk.functions[page]);
        let body = page.map_or(&[][..], |page| &page.body);
        // The first is the buffer.
        let parameters = page.map_or(&[][..], |page| &page.params).iter().skip(1);
        let fields = Fields {
            names: names.iter().map(|name| (name.span, name)).collect(),
            arguments: parameters.copied().zip(arguments).collect(),
        };
        let is_ipairs = |expr: &Expr| {
            let name = fields.names.get(&expr.span);
            name.is_some_and(|name| name.meaning == Meaning::Global && name.name == "ipairs")
        };
        let is_field = |expr: &Expr| fields.of(expr).is_some();
        let walks = walks(chunk, body, &is_ipairs, &is_field);
        let mut lengths = Vec::new();
        expressions(body, &mut |expr| {
            if let Kind::Unary(UnaryOp::Length, list) = &expr.kind
                && is_field(list)
            {
                lengths.push((expr.span, &**list));
            }
        });
        Results {
            chunk,
            fields,
            walks,
            lengths,
        }
    }

    /// The fields of the data, which is a table here, that loops walk through and of which nothing
    /// else is asked but their length.
    pub(super) fn walked(&self) -> Vec<String> {
        let Fields { names, .. } = &self.fields;
        let walked = || {
            self.walks
                .iter()
                .filter_map(|walk| self.fields.of(walk.result))
        };
        let mut found: Vec<String> = Vec::new();
        for name in walked() {
            let fields = names.values();
            let fields = fields.filter(|n| n.meaning == Meaning::Field && n.name == name);
            let measured = self.lengths.iter();
            let measured = measured.filter_map(|(_, list)| self.fields.of(list));
            let known = walked().chain(measured).filter(|known| *known == name);
            if fields.count() == known.count() && !found.iter().any(|known| known == name) {
                found.push(name.to_owned());
            }
        }
        found
    }

    /// How the chunk's text changes where these fields are results as the driver has left them.
    pub(super) fn edits(&self, text: &str, fields: &[String], puts: &[Put]) -> Vec<(Span, String)> {
        let is_result = |expr: &Expr| {
            let name = self.fields.of(expr);
            name.is_some_and(|name| fields.iter().any(|field| field == name))
        };
        let mut edits = Vec::new();
        if fields.is_empty() {
            return edits;
        }
        let printed = self.printed(puts);
        for walk in self.walks.iter().filter(|walk| is_result(walk.result)) {
            edits.push(walk.head(self.chunk, "__"));
            edits.extend(walk.cells.iter().map(|cell| read(cell, &printed)));
        }
        for (span, list) in self.lengths.iter().filter(|(_, list)| is_result(list)) {
            let (start, end) = (list.span.start, span.end);
            let span = Span {
                start: span.start,
                end: start,
            };
            edits.push((span, "__count(".to_owned()));
            edits.push((Span { start: end, end }, ")".to_owned()));
        }
        for (span, new) in &mut edits {
            let breaks = text[span.start..span.end].matches('\n').count();
            new.extend(std::iter::repeat_n('\n', breaks));
        }
        edits
    }

    /// The statements that print a value and nothing else, by where the value stands: with their steps.
    fn printed(&self, puts: &[Put]) -> HashMap<Span, (Span, usize)> {
        let mut printed = HashMap::new();
        for function in &self.chunk.functions {
            expressions(&function.body, &mut |expr| {
                if let Kind::Call(_, args) = &expr.kind
                    && let Ok(at) = puts.binary_search_by_key(&expr.span.start, |put| put.start)
                    && let [.., value] = args.as_slice()
                    && let Kind::Paren(value) = &value.kind
                {
                    printed.insert(value.span, (expr.span, puts[at].step));
                }
            });
        }
        printed
    }
}

/// The function that renders the page.
fn page(chunk: &Chunk) -> Option<FunctionId> {
    match chunk.functions[FunctionId::CHUNK].body.last() {
        Some(Stmt::Return(_, values)) => match values.first()?.kind {
            Kind::Function(page) => Some(page),
            _ => None,
        },
        _ => None,
    }
}

/// The fields of the data in a chunk.
struct Fields<'c> {
    /// The chunk's names, by where they stand.
    names: HashMap<Span, &'c Name>,
    /// What is an argument of the page's function.
    arguments: HashMap<VarId, &'c String>,
}

impl<'c> Fields<'c> {
    /// The field that an expression is.
    fn of(&self, expr: &Expr) -> Option<&'c str> {
        if let Some(var) = expr.var() {
            return self.arguments.get(&var).map(|name| name.as_str());
        }
        let name = self.names.get(&expr.span)?;
        (name.meaning == Meaning::Field).then_some(name.name.as_str())
    }
}

/// What reads a column, or prints it.
fn read(cell: &CellRead, printed: &HashMap<Span, (Span, usize)>) -> (Span, String) {
    let CellRead {
        span,
        rows,
        row,
        column,
    } = cell;
    let column = quoted(column);
    match printed.get(span) {
        Some((put, step)) => (
            *put,
            format!("__put_cell(__b, {step}, {rows}, {row}, {column})"),
        ),
        None => (*span, format!("__cell({rows}, {row}, {column})")),
    }
}
