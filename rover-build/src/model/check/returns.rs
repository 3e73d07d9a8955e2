//! What handlers return that is no answer: several values, and functions.

use std::collections::HashSet;

use super::look::Look;
use super::walk;
use crate::analyse::names::required;
use crate::analyse::responses::builder;
use crate::diagnostic::Diagnostic;
use crate::diagnostic::codes::answers::function::{self, Returned};
use crate::diagnostic::codes::answers::several::{self, Values};
use crate::front::hir::BinaryOp;
use crate::front::hir::{Expr, Kind, Stmt};
use crate::front::ids::{FileId, FunctionRef};
use crate::front::walk::{expressions, statements};

/// How many helpers are followed, one in the other.
const MAX_CALLS: usize = 4;

pub(super) fn check(look: &Look<'_>, found: &mut Vec<Diagnostic>) {
    let called = called(look);
    for handler in look.handlers() {
        let place = handler.place();
        // What the program calls itself may return anything to itself.
        if called.contains(&place) {
            continue;
        }
        for values in returns(look, place) {
            found.extend(several(look, handler.file, values));
            if let Some(first) = values.first() {
                function_of(look, handler.file, first, found);
            }
        }
    }
}

/// The functions that the program calls by name.
fn called(look: &Look<'_>) -> HashSet<FunctionRef> {
    let mut found = HashSet::new();
    for (number, file) in look.facts.sources.files.numbered() {
        for function in &file.hir.functions {
            expressions(&function.body, &mut |expr| {
                if let Kind::Call(callee, _) = &expr.kind {
                    found.extend(look.facts.names.written(number, callee));
                }
            });
        }
    }
    found
}

/// What a function's `return`s give.
fn returns<'a>(look: &Look<'a>, place: FunctionRef) -> Vec<&'a [Expr]> {
    let mut found = Vec::new();
    statements(look.body(place), &mut |stmt| {
        if let Stmt::Return(_, values) = stmt {
            found.push(values.as_slice());
        }
    });
    found
}

/// `return t, 201`, `return nil, "message"`, `return helper()` of one that does so.
fn several(look: &Look<'_>, file: FileId, values: &[Expr]) -> Option<Diagnostic> {
    if let [first, second, ..] = values {
        if matches!(second.kind, Kind::Nil) {
            return None;
        }
        let position = look.position(file, second.span.start);
        return Some(several::values(
            position,
            values_of(look, file, first, second),
        ));
    }
    let [call] = values else { return None };
    let (owner, first, second) = of_helper(look, file, call, MAX_CALLS)?;
    Some(several::of_helper(
        look.position(file, call.span.start),
        look.position(owner, second.span.start),
        values_of(look, owner, first, second),
    ))
}

/// The values of a helper that are a mistake where they are answered: nothing and a reason,
/// or a value and a status.
fn of_helper<'a>(
    look: &Look<'a>,
    file: FileId,
    call: &Expr,
    depth: usize,
) -> Option<(FileId, &'a Expr, &'a Expr)> {
    let Kind::Call(callee, _) = &call.kind else {
        return None;
    };
    let place = look.facts.names.written(file, callee)?;
    returns(look, place)
        .into_iter()
        .find_map(|values| match values {
            [first, second] => {
                let reason = matches!(first.kind, Kind::Nil | Kind::Boolean(false))
                    && matches!(second.kind, Kind::Text(_) | Kind::Concat(..));
                let status =
                    is_status(second) && matches!(first.kind, Kind::Table(_) | Kind::Text(_));
                (reason || status).then_some((place.file, first, second))
            }
            [call] if depth > 0 => of_helper(look, place.file, call, depth - 1),
            _ => None,
        })
}

fn is_status(expr: &Expr) -> bool {
    match &expr.kind {
        Kind::Number(digits) => digits.parse().is_ok_and(|n: u16| (100..600).contains(&n)),
        _ => false,
    }
}

fn values_of<'a>(look: &Look<'a>, file: FileId, first: &Expr, second: &Expr) -> Values<'a> {
    Values {
        first: look.shown(file, first),
        second: look.shown(file, second),
        nothing: matches!(first.kind, Kind::Nil | Kind::Boolean(false)),
        status: is_status(second),
    }
}

/// A function where an answer is wanted.
fn function_of<'a>(look: &Look<'a>, file: FileId, expr: &'a Expr, found: &mut Vec<Diagnostic>) {
    match &expr.kind {
        Kind::Paren(inner) => return function_of(look, file, inner, found),
        Kind::Binary(operator, left, right) => {
            match operator {
                BinaryOp::Or => {
                    function_of(look, file, left, found);
                    function_of(look, file, right, found);
                }
                BinaryOp::And => function_of(look, file, right, found),
                _ => {}
            }
            return;
        }
        _ => {}
    }
    let Some(what) = is_function(look, file, expr, MAX_CALLS) else {
        return;
    };
    let name = look.shown(file, expr).unwrap_or("name");
    let position = look.position(file, expr.span.start);
    found.push(function::returned(position, name, what));
}

/// What an expression is, if it is a function.
fn is_function<'a>(
    look: &Look<'a>,
    file: FileId,
    expr: &'a Expr,
    depth: usize,
) -> Option<Returned> {
    let names = look.facts.names;
    if let Kind::Function(_) = expr.kind {
        return Some(Returned::Written);
    }
    if names.written(file, expr).is_some() {
        return Some(Returned::Named);
    }
    if builder(&look.facts.handlers.servers, file, expr).is_some() {
        return Some(Returned::Builder);
    }
    let value = look.value(file, expr);
    let path = walk::path(value).unwrap_or_default();
    if let Some(component) = path.strip_prefix("rover.html.")
        && !component.contains('.')
    {
        return Some(Returned::Component);
    }
    match &value.kind {
        Kind::Call(callee, _) if walk::path(callee).as_deref() == Some("rover.template") => {
            Some(Returned::Template)
        }
        Kind::Call(callee, _) if depth > 0 && required(value).is_none() => {
            let place = names.written(file, callee)?;
            let gives = returns(look, place).into_iter().any(|values| {
                values.first().is_some_and(|first| match &first.kind {
                    Kind::Function(_) => true,
                    Kind::Call(..) => is_function(look, place.file, first, depth - 1).is_some(),
                    _ => false,
                })
            });
            gives.then_some(Returned::Given)
        }
        _ => None,
    }
}
