//! Unknown builders and members of responses, and arguments that builders do not take.

use super::look::Look;
use super::response::mistakes;
use crate::analyse::servers::ServerVars;
use crate::diagnostic::Diagnostic;
use crate::diagnostic::codes::answers::{arguments, builder};
use crate::diagnostic::codes::words::unavailable;
use crate::front::file::File;
use crate::front::hir::{Expr, Kind, Span, Stmt};
use crate::front::ids::FileId;
use crate::front::load::Sources;
use crate::model::check::registered;
use crate::vocabulary::{self, RESPONSE, SERVER};

pub(super) fn check(look: &Look<'_>, found: &mut Vec<Diagnostic>) {
    found.extend(of_servers(look.facts.sources, &look.facts.handlers.servers));
}

/// Calls on servers that there are none of.
pub(crate) fn of_servers(sources: &Sources, servers: &ServerVars) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for (number, file) in sources.files.numbered() {
        for function in &file.hir.functions {
            builders(servers, number, file, &function.body, &mut found);
        }
    }
    found
}

/// Looks for calls of builders that there are none of.
fn builders(
    servers: &ServerVars,
    number: FileId,
    file: &File,
    block: &[Stmt],
    found: &mut Vec<Diagnostic>,
) {
    for stmt in block {
        let mut blocks = Vec::new();
        let mut look = |e: &Expr| calls(servers, number, file, e, found);
        stmt.parts(&mut look, &mut |inner| blocks.push(inner));
        for inner in blocks {
            builders(servers, number, file, inner, found);
        }
    }
}

fn calls(
    servers: &ServerVars,
    number: FileId,
    file: &File,
    expr: &Expr,
    found: &mut Vec<Diagnostic>,
) {
    if matches!(expr.kind, Kind::Call(..) | Kind::Method(..)) {
        let mut names = Vec::new();
        if chain(servers, number, expr, &mut names) {
            found.extend(match registered::route(servers, number, file, expr) {
                Some(route) => Some(route),
                None => unknown_builder(file, &names),
            });
            found.extend(extra_argument(servers, number, file, expr));
            mistakes(servers, number, file, expr, found);
            arguments(expr, &mut |arg| calls(servers, number, file, arg, found));
            return;
        }
    }
    expr.each_child(&mut |child| calls(servers, number, file, child, found));
}

/// The names after the server in `api.json:status(...):header(...)`.
fn chain<'e>(
    servers: &ServerVars,
    number: FileId,
    expr: &'e Expr,
    names: &mut Vec<(&'e str, Span)>,
) -> bool {
    if servers.is_server(number, expr) {
        return true;
    }
    let (object, name) = match &expr.kind {
        Kind::Call(callee, _) => return chain(servers, number, callee, names),
        Kind::Method(object, name, _) => (object, (name.as_str(), name.span)),
        Kind::Index(object, key) => match key.text() {
            Some(name) => (object, (name, key.span)),
            None => return false,
        },
        _ => return false,
    };
    let known = chain(servers, number, object, names);
    names.push(name);
    known
}

/// Calls `f` with the arguments of every call in a chain.
fn arguments<'e>(expr: &'e Expr, f: &mut dyn FnMut(&'e Expr)) {
    match &expr.kind {
        Kind::Call(object, args) | Kind::Method(object, _, args) => {
            arguments(object, f);
            args.iter().for_each(f);
        }
        Kind::Index(object, _) => arguments(object, f),
        _ => {}
    }
}

fn unknown_builder(file: &File, names: &[(&str, Span)]) -> Option<Diagnostic> {
    let mut names = names.iter();
    let (builder, span) = names.next()?;
    if vocabulary::is_planned(SERVER, builder) {
        return Some(unavailable::builder(file.position(span.start), builder));
    }
    if !vocabulary::is_builder(builder) {
        let position = file.position(span.start);
        return Some(builder::unknown(position, builder, vocabulary::builders()));
    }
    let class = vocabulary::word(SERVER, builder)?.of_type;
    names.enumerate().find_map(|(place, (name, span))| {
        // The builder's own come first: `redirect:permanent(url)`.
        let of_builder = if place == 0 {
            vocabulary::members(class)
        } else {
            &[]
        };
        let of_builder = of_builder
            .iter()
            .filter(|name| !vocabulary::is_of_response(name));
        let known: Vec<&str> = of_builder
            .chain(vocabulary::members(RESPONSE))
            .copied()
            .collect();
        let position = || file.position(span.start);
        (!known.contains(name)).then(|| builder::unknown_member(position(), builder, name, &known))
    })
}

/// `api.json(t, 201)`: what a builder does not take would be lost without a word.
fn extra_argument(
    servers: &ServerVars,
    number: FileId,
    file: &File,
    expr: &Expr,
) -> Option<Diagnostic> {
    let (object, name, args) = match &expr.kind {
        Kind::Method(object, name, args) => (object, name.as_str(), args),
        Kind::Call(callee, args) => match &callee.kind {
            Kind::Index(object, key) => (object, key.text()?, args),
            _ => return extra_argument(servers, number, file, callee),
        },
        Kind::Index(object, _) => return extra_argument(servers, number, file, object),
        _ => return None,
    };
    if !servers.is_server(number, object) {
        return extra_argument(servers, number, file, object);
    }
    let class = vocabulary::word(SERVER, name)?.of_type;
    let takes = vocabulary::call(class)?.parameters.len();
    let extra = args.get(takes)?;
    let position = file.position(extra.span.start);
    Some(arguments::one_too_many(position, name, takes))
}
