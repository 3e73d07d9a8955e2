//! What handlers return that is no answer: several values, and functions.

use std::collections::HashSet;

use super::look::Look;
use super::walk;
use super::walk::{expressions, statements};
use crate::analyse::names::required;
use crate::analyse::responses::builder;
use crate::diagnostic::Diagnostic;
use crate::front::hir::BinaryOp;
use crate::front::hir::{Expr, Kind, Stmt};
use crate::front::ids::{FileId, FunctionRef};

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
                function(look, handler.file, first, found);
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
    let message = "a handler answers with one value";
    if let [first, second, ..] = values {
        if matches!(second.kind, Kind::Nil) {
            return None;
        }
        let help = instead(look, file, first, second);
        return Some(
            Diagnostic::new(message)
                .at(look.position(file, second.span.start), "this one is lost")
                .help(help),
        );
    }
    let [call] = values else { return None };
    let (owner, first, second) = of_helper(look, file, call, MAX_CALLS)?;
    let help = instead(look, owner, first, second);
    Some(
        Diagnostic::new(message)
            .at(
                look.position(file, call.span.start),
                "this function may give several, of which the first is answered",
            )
            .at(look.position(owner, second.span.start), "this one is lost")
            .help(format!(
                "{help}; where the others are not wanted, put the call in parentheses"
            )),
    )
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

fn instead(look: &Look<'_>, file: FileId, first: &Expr, second: &Expr) -> String {
    let (value, other) = (look.shown(file, first), look.shown(file, second));
    let nothing = matches!(first.kind, Kind::Nil | Kind::Boolean(false));
    match (nothing, is_status(second)) {
        (true, true) => format!("write `api.error({}, message)`", other.unwrap_or("status")),
        (true, false) => format!(
            "write `api.error(status, {})`, with a status such as 404",
            other.unwrap_or("message")
        ),
        (false, true) => format!(
            "write `api.json:status({}, {})`",
            other.unwrap_or("status"),
            value.unwrap_or("value")
        ),
        (false, false) => "return one value; a table, `return { a = 1, b = 2 }`, holds several, \
                           and headers are set with `api.json(value):header(name, value)`"
            .to_owned(),
    }
}

/// A function where an answer is wanted.
fn function<'a>(look: &Look<'a>, file: FileId, expr: &'a Expr, found: &mut Vec<Diagnostic>) {
    match &expr.kind {
        Kind::Paren(inner) => return function(look, file, inner, found),
        Kind::Binary(operator, left, right) => {
            match operator {
                BinaryOp::Or => {
                    function(look, file, left, found);
                    function(look, file, right, found);
                }
                BinaryOp::And => function(look, file, right, found),
                _ => {}
            }
            return;
        }
        _ => {}
    }
    let Some((what, help)) = is_function(look, file, expr, MAX_CALLS) else {
        return;
    };
    found.push(
        Diagnostic::new("a handler returns a function, which is no answer")
            .at(look.position(file, expr.span.start), what)
            .help(help),
    );
}

/// Whether an expression is a function: what it is, and what to write.
fn is_function<'a>(
    look: &Look<'a>,
    file: FileId,
    expr: &'a Expr,
    depth: usize,
) -> Option<(&'static str, String)> {
    let name = look.shown(file, expr).unwrap_or("name");
    let call = || format!("call it: `{name}(...)`");
    let names = look.facts.names;
    if let Kind::Function(_) = expr.kind {
        return Some(("a function", "return what it gives".to_owned()));
    }
    if names.written(file, expr).is_some() {
        return Some(("a function that is not called", call()));
    }
    if builder(&look.facts.handlers.servers, file, expr).is_some() {
        return Some(("a builder that is not called", call()));
    }
    let value = look.value(file, expr);
    let path = walk::path(value).unwrap_or_default();
    if let Some(component) = path.strip_prefix("rover.html.")
        && !component.contains('.')
    {
        let help = format!("call it with its data: `{name} {{ ... }}`");
        return Some(("a component that is not called", help));
    }
    match &value.kind {
        Kind::Call(callee, _) if walk::path(callee).as_deref() == Some("rover.template") => {
            let help = format!("call it with its data: `{name} {{ ... }}`");
            Some(("a template that is not called", help))
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
            gives.then(|| ("this gives a function", call()))
        }
        _ => None,
    }
}
