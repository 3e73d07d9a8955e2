//! Mistakes in what is said on a response: headers that are the server's, statuses that end no
//! answer, options that a cookie has not.

use rover_model::{is_final_status, refused_header};

use crate::analyse::servers::ServerVars;
use crate::diagnostic::Diagnostic;
use crate::diagnostic::codes::answers::{cookie, header, status};
use crate::front::file::File;
use crate::front::hir::{Expr, Field, Kind};
use crate::front::ids::FileId;
use crate::vocabulary::{self, COOKIE_OPTIONS};

/// Looks at each call of a chain that begins with a server:
/// `api.json:status(201, value):header(name, value)`.
pub(super) fn mistakes(
    servers: &ServerVars,
    number: FileId,
    file: &File,
    expr: &Expr,
    found: &mut Vec<Diagnostic>,
) {
    let (object, name, args) = match &expr.kind {
        Kind::Method(object, name, args) => (object, name.as_str(), args.as_slice()),
        Kind::Call(callee, args) => match &callee.kind {
            Kind::Index(object, key) => (object, key.text().unwrap_or_default(), args.as_slice()),
            _ => return mistakes(servers, number, file, callee, found),
        },
        Kind::Index(object, _) => return mistakes(servers, number, file, object, found),
        _ => return,
    };
    mistakes(servers, number, file, object, found);
    let of_server = servers.is_server(number, object);
    let of_response = matches!(object.kind, Kind::Call(..) | Kind::Method(..));
    match (name, args) {
        ("status", [status, ..]) if !of_server => found.extend(wrong_status(file, status)),
        ("error", [status, ..]) if of_server => found.extend(wrong_status(file, status)),
        ("header", [name, value]) if of_response => found.extend(server_header(file, name, value)),
        ("cookie", [_, _, options]) if of_response => unknown_options(file, options, found),
        _ => {}
    }
}

fn wrong_status(file: &File, status: &Expr) -> Option<Diagnostic> {
    let Kind::Number(digits) = &status.kind else {
        return None;
    };
    let number: f64 = digits.parse().ok().filter(|n| !is_final_status(*n))?;
    let position = file.position(status.span.start);
    Some(status::of_no_answer(position, digits, number))
}

fn server_header(file: &File, name: &Expr, value: &Expr) -> Option<Diagnostic> {
    let constant = matches!(value.kind, Kind::Text(_));
    let text = name.text()?;
    let reason = refused_header(text, value.text().or(constant.then_some("")))?;
    let position = file.position(name.span.start);
    Some(header::of_server(position, text, reason))
}

fn unknown_options(file: &File, options: &Expr, found: &mut Vec<Diagnostic>) {
    let Kind::Table(fields) = &options.kind else {
        return;
    };
    let known = vocabulary::members(COOKIE_OPTIONS);
    for field in fields {
        let Field::Named(name, _) = field else {
            continue;
        };
        if vocabulary::word(COOKIE_OPTIONS, name).is_some() {
            continue;
        }
        found.push(cookie::option(file.position(name.span.start), name, known));
    }
}
