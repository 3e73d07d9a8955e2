//! Results of databases that are only walked through: `for i, row in ipairs(rows) do`, where
//! a row is only read by its columns' names, and `#rows`. They need no tables: the loop counts
//! rows where the driver has left them, and `row.name` reads from there.
//!
//! The same is asked of handlers and of the chunks that templates become.

use crate::analyse::names::Names;
use crate::front::hir::{Chunk, Expr, FunctionId, Header, Kind, Span, Stmt, VarId};
use crate::front::ids::FileId;
use crate::front::walk::{expressions, inside, statements};

/// What the names of the loops' results begin with, which no program may have.
const ROWS: &str = "__rows";

/// A loop over the rows of a result.
pub(crate) struct Walk<'r> {
    header: &'r Header,
    /// The result: `rows` in `ipairs(rows)`.
    pub(crate) result: &'r Expr,
    pub(crate) cells: Vec<CellRead>,
    /// The name of the result in the loop.
    rows: String,
}

/// A read of a column: `row.name`.
#[derive(Clone, Debug)]
pub(crate) struct CellRead {
    pub(crate) span: Span,
    /// The name of the result in the loop.
    pub(crate) rows: String,
    /// The loop's variable.
    pub(crate) row: String,
    pub(crate) column: String,
}

impl Walk<'_> {
    /// What stands up to the result in place of `i, row in ipairs(`. Functions have this `prefix`.
    pub(crate) fn head(&self, chunk: &Chunk, prefix: &str) -> (Span, String) {
        let Header { vars, start, .. } = self.header;
        let mut names: Vec<&str> = vars
            .iter()
            .map(|var| chunk.vars[*var].name.as_str())
            .collect();
        if names.len() == 2 {
            names.push(&self.rows);
        }
        let span = Span {
            start: *start,
            end: self.result.span.start,
        };
        (span, format!("{} in {prefix}walk(", names.join(", ")))
    }
}

/// Finds the loops in a function whose result is one that `is_result` knows, and of whose rows
/// nothing but columns is read.
pub(crate) fn walks<'r>(
    chunk: &'r Chunk,
    body: &'r [Stmt],
    is_ipairs: &dyn Fn(&'r Expr) -> bool,
    is_result: &dyn Fn(&'r Expr) -> bool,
) -> Vec<Walk<'r>> {
    let mut found = Vec::new();
    if chunk.vars.iter().any(|var| var.name.starts_with(ROWS)) {
        return found;
    }
    loops(body, &mut |header, values, body| {
        if let Some(result) = walked(values, is_ipairs).filter(|result| is_result(result))
            && let Some(cells) = cells(chunk, header, body)
        {
            let rows = format!("{ROWS}{}", found.len() + 1);
            let cells = cells.into_iter().map(|(span, row, column)| CellRead {
                span,
                rows: rows.clone(),
                row,
                column,
            });
            found.push(Walk {
                header,
                result,
                cells: cells.collect(),
                rows,
            });
        }
    });
    found
}

/// `rows` in `ipairs(rows)`.
fn walked<'r>(values: &'r [Expr], is_ipairs: &dyn Fn(&'r Expr) -> bool) -> Option<&'r Expr> {
    let [call] = values else { return None };
    match &call.kind {
        Kind::Call(callee, args) if call.has_brackets() && is_ipairs(callee) => {
            match args.as_slice() {
                [result] => Some(result),
                _ => None,
            }
        }
        _ => None,
    }
}

/// The reads of a loop's rows; nothing where there are other uses of a row.
fn cells(chunk: &Chunk, header: &Header, body: &[Stmt]) -> Option<Vec<(Span, String, String)>> {
    let row = match *header.vars.as_slice() {
        [_] => return Some(Vec::new()),
        [_, row] => row,
        _ => return None,
    };
    let name = &chunk.vars[row].name;
    let mut found = Vec::new();
    reads(body, &mut |expr| {
        if let Some(column) = column(expr, row) {
            found.push((expr.span, name.clone(), column.to_owned()));
        }
    });
    let is_only_read = chunk.vars[row].writes == 0 && uses(chunk, row) == found.len();
    is_only_read.then_some(found)
}

/// `name` in `row.name`.
fn column(expr: &Expr, row: VarId) -> Option<&str> {
    match &expr.kind {
        Kind::Index(object, key) if object.var() == Some(row) => key.text(),
        _ => None,
    }
}

/// How often a variable is used, in all functions.
fn uses(chunk: &Chunk, var: VarId) -> usize {
    let functions = chunk.functions.ids();
    functions.map(|id| uses_in(chunk, id, var)).sum()
}

/// How often a variable is used in a function, without those inside of it.
pub(crate) fn uses_in(chunk: &Chunk, function: FunctionId, var: VarId) -> usize {
    let mut count = 0;
    expressions(&chunk.functions[function].body, &mut |expr| {
        count += usize::from(expr.var() == Some(var));
    });
    count
}

/// As [`expressions`], without what is assigned to: writing a field is no reading.
fn reads<'e>(block: &'e [Stmt], f: &mut dyn FnMut(&'e Expr)) {
    let target = |target: &'e Expr, f: &mut dyn FnMut(&'e Expr)| {
        target.each_child(&mut |child| inside(child, f));
    };
    for stmt in block {
        match stmt {
            Stmt::Assign(targets, values) => {
                targets.iter().for_each(|to| target(to, f));
                values.iter().for_each(|value| inside(value, f));
            }
            Stmt::Function(to, _) => target(to, f),
            _ => stmt.parts(&mut |expr| inside(expr, f), &mut |_| {}),
        }
        stmt.parts(&mut |_| {}, &mut |inner| reads(inner, f));
    }
}

/// Calls `f` with every loop over an iterator, but not with those of the functions in a block.
fn loops<'e>(block: &'e [Stmt], f: &mut dyn FnMut(&'e Header, &'e [Expr], &'e [Stmt])) {
    statements(block, &mut |stmt| {
        if let Stmt::For(header, values, body) = stmt {
            f(header, values, body);
        }
    });
}

/// Whether an expression is a list of a database's rows, or a local that always holds one.
pub(crate) fn is_result<'a>(names: &Names<'a>, file: FileId, expr: &'a Expr) -> bool {
    match &names.followed(file, expr).kind {
        Kind::Method(object, method, _) => *method == *"all" && names.is_database(file, object),
        _ => false,
    }
}
