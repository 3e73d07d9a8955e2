//! What a returned value is, where it is a response of the runtime's own making.

use crate::analyse::servers::ServerVars;
use crate::front::hir::{Expr, Kind};
use crate::front::ids::FileId;
use crate::vocabulary::is_builder;

/// A response: its status, 0 where the program gives none, and what it is made of.
#[derive(Clone, Copy)]
pub(crate) enum Response<'e> {
    /// `{ ... }`, `api.json(...)`
    Json(u16, &'e Expr),
    /// `api.error(status, message)`
    Error(u16, &'e Expr),
    /// `api.text(...)`, `api.html(...)`
    Text(u16, Text, &'e Expr),
    /// `api.html(data) [[...]]`, the whole of it.
    Template(u16, &'e Expr),
}

/// The content type of a text.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Text {
    Plain,
    Html,
}

pub(crate) fn response<'e>(
    servers: &ServerVars,
    file: FileId,
    value: &'e Expr,
) -> Option<Response<'e>> {
    if matches!(value.kind, Kind::Table(_)) {
        return Some(Response::Json(0, value));
    }
    if matches!(value.kind, Kind::Concat(..)) {
        return Some(Response::Text(0, Text::Plain, value));
    }
    if let Kind::Call(callee, args) = &value.kind
        && args.len() == 1
        && let Some((status, _)) = applied(servers, file, callee)
    {
        let status = status.map_or(Some(0), literal_status)?;
        return Some(Response::Template(status, value));
    }
    let (name, args) = called(servers, file, value)?;
    match (name, args) {
        ("json", [value]) => Some(Response::Json(0, value)),
        ("json:status", [status, value]) => Some(Response::Json(literal_status(status)?, value)),
        ("text", [value]) => Some(Response::Text(0, Text::Plain, value)),
        ("html", [value]) => Some(Response::Text(0, Text::Html, value)),
        ("text:status", [status, value]) => {
            Some(Response::Text(literal_status(status)?, Text::Plain, value))
        }
        ("html:status", [status, value]) => {
            Some(Response::Text(literal_status(status)?, Text::Html, value))
        }
        ("error", [status, message]) => Some(Response::Error(literal_status(status)?, message)),
        _ => None,
    }
}

/// `api.html(data)`, `api.html:status(status, data)`: the status and the data.
pub(crate) fn applied<'e>(
    servers: &ServerVars,
    file: FileId,
    expr: &'e Expr,
) -> Option<(Option<&'e Expr>, &'e Expr)> {
    match called(servers, file, expr)? {
        ("html", [data]) => Some((None, data)),
        ("html:status", [status, data]) => Some((Some(status), data)),
        _ => None,
    }
}

/// A call of a builder: its name and arguments.
fn called<'e>(
    servers: &ServerVars,
    file: FileId,
    value: &'e Expr,
) -> Option<(&'e str, &'e [Expr])> {
    let (name, args) = match &value.kind {
        Kind::Call(callee, args) => match &callee.kind {
            // `api.json.status(...)`
            Kind::Index(inner, key) if !servers.is_server(file, inner) => (
                status_of(builder(servers, file, inner)?, key.text()?)?,
                args,
            ),
            _ => (builder(servers, file, callee)?, args),
        },
        Kind::Method(object, name, args) if servers.is_server(file, object) => {
            (name.as_str(), args)
        }
        Kind::Method(object, name, args) => {
            (status_of(builder(servers, file, object)?, name)?, args)
        }
        _ => return None,
    };
    Some((name, args))
}

/// `api.json`, `api.json.status`: the builder's name.
pub(crate) fn builder<'e>(servers: &ServerVars, file: FileId, expr: &'e Expr) -> Option<&'e str> {
    let Kind::Index(object, key) = &expr.kind else {
        return None;
    };
    if servers.is_server(file, object) {
        return key.text().filter(|name| is_builder(name));
    }
    builder(servers, file, object)
}

/// The response below any headers.
pub(crate) fn answered<'e>(
    servers: &ServerVars,
    file: FileId,
    value: &'e Expr,
) -> Option<Response<'e>> {
    match with_header(value) {
        Some((object, _)) => answered(servers, file, object),
        // A table has no methods of ours.
        None => response(servers, file, value).filter(|_| !matches!(value.kind, Kind::Table(_))),
    }
}

/// `response:header(name, value)`: the response, and the header.
pub(crate) fn with_header(value: &Expr) -> Option<(&Expr, [&Expr; 2])> {
    match &value.kind {
        Kind::Method(object, method, args) if method == "header" => match args.as_slice() {
            [name, value] => Some((object, [name, value])),
            _ => None,
        },
        _ => None,
    }
}

fn status_of(builder: &str, method: &str) -> Option<&'static str> {
    match (builder, method) {
        ("json", "status") => Some("json:status"),
        ("text", "status") => Some("text:status"),
        ("html", "status") => Some("html:status"),
        _ => None,
    }
}

fn literal_status(expr: &Expr) -> Option<u16> {
    match &expr.kind {
        Kind::Number(digits) => digits.parse().ok().filter(|s| (200..=599).contains(s)),
        _ => None,
    }
}
