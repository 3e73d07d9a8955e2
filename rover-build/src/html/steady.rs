//! Templates that print the same whenever their data is the same: they call nothing.

use super::names::{Meaning, Name};
use crate::front::hir::{Chunk, Expr, Kind, Stmt};

/// The one function that gives the same always, and that pages cannot do without.
const STEADY: &str = "ipairs";

/// Whether a chunk is one; `names` are those in it that are no locals.
pub(super) fn is_steady(chunk: &Chunk, names: &[Name]) -> bool {
    let named = names.iter().all(|name| match name.meaning {
        Meaning::Field | Meaning::Data => true,
        _ => name.name == STEADY,
    });
    let functions = &chunk.functions;
    named
        && functions
            .iter()
            .all(|function| block(chunk, &function.body))
}

fn block(chunk: &Chunk, stmts: &[Stmt]) -> bool {
    stmts.iter().all(|stmt| {
        let (mut steady, mut blocks) = (true, Vec::new());
        stmt.parts(&mut |e| steady &= expr(chunk, e), &mut |b| blocks.push(b));
        steady && blocks.into_iter().all(|inner| block(chunk, inner))
    })
}

fn expr(chunk: &Chunk, of: &Expr) -> bool {
    let called = match &of.kind {
        Kind::Method(..) => false,
        Kind::Call(callee, _) => match &callee.kind {
            // What the chunk itself calls to print.
            Kind::Var(var) => chunk.vars[*var].name.starts_with("__"),
            Kind::Global(name) => name == STEADY,
            _ => false,
        },
        _ => true,
    };
    let mut steady = called;
    of.each_child(&mut |child| steady &= expr(chunk, child));
    steady
}
