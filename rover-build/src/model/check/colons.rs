//! Dots where a colon must stand, and colons where a dot must.

use super::look::Look;
use super::members::Parts;
use super::probes;
use super::walk::path;
use super::written::Written;
use crate::analyse::responses::builder;
use crate::diagnostic::Diagnostic;
use crate::diagnostic::codes::words::colon_for_dot;
use crate::diagnostic::codes::words::dot_for_colon::{self, Owner};
use crate::front::hir::{Expr, Kind, Span};
use crate::front::ids::FileId;
use crate::front::load::Sources;
use crate::front::walk::expressions;
use crate::vocabulary::{self, is_of_response};

/// `api.json(t).header("a", "b")`, `ctx:body().json()`
pub(super) fn check(look: &Look<'_>, found: &mut Vec<Diagnostic>) {
    let ctx = look.ctx_vars();
    for (number, file) in look.facts.sources.files.numbered() {
        let parts = Parts {
            look,
            ctx: &ctx,
            file: number,
        };
        for function in &file.hir.functions {
            expressions(&function.body, &mut |expr| {
                let Some((object, name, span, args)) = dotted(expr) else {
                    return;
                };
                // `body.json(body)` is what a colon means.
                if args
                    .first()
                    .is_some_and(|arg| arg.var().is_some() && arg.var() == object.var())
                {
                    return;
                }
                let owner = match parts.part(object) {
                    Some("body") => Owner::Body,
                    Some("query") if name == "expect" => Owner::Query,
                    Some("params") if name == "expect" => Owner::Params,
                    _ if is_of_response(name) && is_response(look, number, object) => {
                        Owner::Response
                    }
                    _ => return,
                };
                let position = look.position(number, span.start);
                found.push(dot_for_colon::method(position, name, owner));
            });
        }
    }
}

/// `object.name(...)`
fn dotted(expr: &Expr) -> Option<(&Expr, &str, Span, &[Expr])> {
    let Kind::Call(callee, args) = &expr.kind else {
        return None;
    };
    match &callee.kind {
        Kind::Index(object, key) => Some((object, key.text()?, key.span, args)),
        _ => None,
    }
}

/// Whether an expression is what a builder gives, or a local that holds that.
fn is_response<'a>(look: &Look<'a>, file: FileId, expr: &'a Expr) -> bool {
    let servers = &look.facts.handlers.servers;
    let expr = look.value(file, expr);
    match &expr.kind {
        Kind::Call(callee, _) => match &callee.kind {
            // `api.html(data) [[...]]`
            Kind::Call(..) | Kind::Method(..) => is_response(look, file, callee),
            Kind::Index(object, key) => {
                builder(servers, file, callee).is_some()
                    || key.text().is_some_and(is_of_response) && is_response(look, file, object)
            }
            _ => false,
        },
        Kind::Method(object, name, ..) => {
            servers.is_server(file, object) && vocabulary::is_builder(name)
                || builder(servers, file, object).is_some()
                || is_of_response(name) && is_response(look, file, object)
        }
        _ => false,
    }
}

/// `string:upper(s)`, `rover.log:info(text)`: functions that would get their own library.
pub(super) fn libraries(sources: &Sources, written: &Written<'_>, found: &mut Vec<Diagnostic>) {
    for file in &sources.files {
        let probes = probes::find(file);
        for function in &file.hir.functions {
            expressions(&function.body, &mut |expr| {
                let Kind::Method(object, name, _) = &expr.kind else {
                    return;
                };
                let Some(library) = path(object) else { return };
                let known = vocabulary::library(&library);
                let word = format!("{library}.{name}");
                let own = written.globals.contains(&library)
                    || written.paths.contains(&library)
                    || written.paths.contains(&word)
                    || probes.contains(&word);
                if own || !known.is_some_and(|members| members.contains(&name.as_str())) {
                    return;
                }
                let position = file.position(name.span.start);
                found.push(colon_for_dot::function(position, &word));
            });
        }
    }
}
