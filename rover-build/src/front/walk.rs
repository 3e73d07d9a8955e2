//! Ways through a block. What stands in the functions inside is theirs.

use crate::front::hir::{Expr, Stmt};

/// Calls `f` with every expression of a block, the outer ones first.
pub(crate) fn expressions<'a>(block: &'a [Stmt], f: &mut dyn FnMut(&'a Expr)) {
    statements(block, &mut |stmt| {
        stmt.parts(&mut |expr| inside(expr, f), &mut |_| {})
    });
}

/// Calls `f` with an expression and every one in it.
pub(crate) fn inside<'a>(expr: &'a Expr, f: &mut dyn FnMut(&'a Expr)) {
    f(expr);
    expr.each_child(&mut |child| inside(child, f));
}

/// Calls `f` with every statement of a block.
pub(crate) fn statements<'a>(block: &'a [Stmt], f: &mut dyn FnMut(&'a Stmt)) {
    for stmt in block {
        f(stmt);
        stmt.parts(&mut |_| {}, &mut |inner| statements(inner, f));
    }
}
