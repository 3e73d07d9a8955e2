//! What a returned value is, where it is written as JSON.

use crate::constant::builder;
use crate::hir::{Expr, Kind};
use crate::server_vars::ServerVars;

/// A response of JSON: its status, 0 where the program gives none, and what it is made of.
#[derive(Clone, Copy)]
pub(crate) enum Response<'e> {
    /// `{ ... }`, `api.json(...)`
    Json(u16, &'e Expr),
    /// `api.error(status, message)`
    Error(u16, &'e Expr),
}

pub(crate) fn response<'e>(
    servers: &ServerVars,
    file: usize,
    value: &'e Expr,
) -> Option<Response<'e>> {
    if matches!(value.kind, Kind::Table(_)) {
        return Some(Response::Json(0, value));
    }
    let (name, args) = match &value.kind {
        Kind::Call(callee, args) => match &callee.kind {
            // `api.json.status(...)`
            Kind::Index(inner, key) if !servers.is_server(file, inner) => (
                status_of(builder(servers, file, inner)?, key.text()?)?,
                args,
            ),
            _ => (builder(servers, file, callee)?, args),
        },
        Kind::Method(object, name, _, args) if servers.is_server(file, object) => {
            (name.as_str(), args)
        }
        Kind::Method(object, name, _, args) => {
            (status_of(builder(servers, file, object)?, name)?, args)
        }
        _ => return None,
    };
    match (name, args.as_slice()) {
        ("json", [value]) => Some(Response::Json(0, value)),
        ("json:status", [status, value]) => Some(Response::Json(literal_status(status)?, value)),
        ("error", [status, message]) => Some(Response::Error(literal_status(status)?, message)),
        _ => None,
    }
}

fn status_of(builder: &str, method: &str) -> Option<&'static str> {
    (builder == "json" && method == "status").then_some("json:status")
}

fn literal_status(expr: &Expr) -> Option<u16> {
    match &expr.kind {
        Kind::Number(digits) => digits.parse().ok().filter(|s| (100..=599).contains(s)),
        _ => None,
    }
}
