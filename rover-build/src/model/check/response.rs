//! Mistakes in what is said on a response: headers that are the server's, statuses that end no
//! answer, options that a cookie has not.

use rover_model::{is_final_status, refused_header};

use crate::analyse::servers::ServerVars;
use crate::diagnostic::Diagnostic;
use crate::front::file::File;
use crate::front::hir::{Expr, Field, Kind};
use crate::front::ids::FileId;
use crate::vocabulary::{self, COOKIE_OPTIONS, nearest};

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
    let diagnostic = Diagnostic::new(format!("`{digits}` is not the status of an answer"))
        .at(file.position(status.span.start), "not an answer's status");
    Some(diagnostic.help(match (100.0..200.0).contains(&number) {
        true => {
            "1xx only announces another answer, which the server does by itself: use 200 to 599"
        }
        false => "a status is an integer from 200 to 599",
    }))
}

fn server_header(file: &File, name: &Expr, value: &Expr) -> Option<Diagnostic> {
    let constant = matches!(value.kind, Kind::Text(_));
    let text = name.text()?;
    let reason = refused_header(text, value.text().or(constant.then_some("")))?;
    let diagnostic = Diagnostic::new(format!("the header `{text}` cannot be set"))
        .at(file.position(name.span.start), "set here");
    Some(diagnostic.help(reason))
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
        let help = match nearest(name, known.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("there is: {}", known.join(", ")),
        };
        found.push(
            Diagnostic::new(format!("there is no cookie option `{name}`"))
                .at(file.position(name.span.start), "not known")
                .help(help),
        );
    }
}
