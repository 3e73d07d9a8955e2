//! Routes and settings in the style of other servers: `api.get("/users/:id", function ... end)`,
//! `api.listen(8080)`.

use rover_model::Method;

use crate::diagnostic::Diagnostic;
use crate::hir::{Expr, Kind, Span};
use crate::load::File;
use crate::server_vars::ServerVars;

/// Functions that other servers have, and what is written here.
const INSTEAD: [(&[&str], &str); 5] = [
    (
        &["listen", "run", "start", "serve", "bind"],
        "the server starts by itself when the program runs; its port is an option: `rover.server { port = 8080 }`",
    ),
    (
        &["use", "before", "before_filter", "middleware", "after"],
        "there are no middlewares in this version: call a function of yours in the handlers",
    ),
    (
        &[
            "route",
            "match",
            "all",
            "any",
            "add_route",
            "handle",
            "ws",
            "sse",
            "websocket",
        ],
        "a route is a function in the path's place: `function api.users.p_id.get(ctx) ... end`",
    ),
    (
        &["send", "render", "write", "respond", "say", "html_file"],
        "a handler returns its answer: a table, a text, or `api.json(...)`, `api.text(...)`, `api.html(...)`",
    ),
    (
        &["set", "configure", "enable"],
        "options are given where the server is made: `rover.server { port = 8080 }`",
    ),
];

/// What is written in place of a function that other servers have.
pub(crate) fn instead(name: &str) -> Option<&'static str> {
    let found = INSTEAD.iter().find(|(names, _)| names.contains(&name));
    match found {
        Some((_, help)) => Some(*help),
        None => Method::from_key(name).map(|_| INSTEAD[2].1),
    }
}

/// `api.get("/users/:id", function(ctx) ... end)`: a route that is registered by a call.
pub(crate) fn route(
    servers: &ServerVars,
    number: usize,
    file: &File,
    expr: &Expr,
) -> Option<Diagnostic> {
    let (method, span, args) = called(servers, number, expr)?;
    let path = args.first()?.text().filter(|path| path.starts_with('/'))?;
    let method = Method::from_key(method)?;
    Some(
        Diagnostic::new("a route is not registered by a call")
            .at(file.position(span.start), "called here")
            .help(match target(path, method.key()) {
                Some(target) => {
                    format!("its path is where the function stands: `{target}`")
                }
                None => "its path is where the function stands: `function api.users.p_id.get(ctx) ... end`"
                    .to_owned(),
            }),
    )
}

fn called<'e>(
    servers: &ServerVars,
    number: usize,
    expr: &'e Expr,
) -> Option<(&'e str, Span, &'e [Expr])> {
    match &expr.kind {
        Kind::Method(object, name, span, args) if servers.is_server(number, object) => {
            Some((name, *span, args))
        }
        Kind::Call(callee, args) => match &callee.kind {
            Kind::Index(object, key) if servers.is_server(number, object) => {
                Some((key.text()?, key.span, args))
            }
            _ => None,
        },
        _ => None,
    }
}

/// How the definition of a route begins: `/users/:id` and `/users/{id}` have a parameter, and
/// `*` stands for the rest.
fn target(path: &str, method: &str) -> Option<String> {
    let mut keys = String::new();
    let mut plain = true;
    for segment in path.split('/').filter(|segment| !segment.is_empty()) {
        let inner = segment.strip_prefix('{').and_then(|s| s.strip_suffix('}'));
        let key = match (
            segment.strip_prefix([':', '@']).or(inner),
            segment.strip_prefix('*'),
        ) {
            (Some(name), _) => format!("p_{name}"),
            (_, Some("")) => "rest_path".to_owned(),
            (_, Some(name)) => format!("rest_{name}"),
            _ => segment.to_owned(),
        };
        let is_word = key.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
            && !key.starts_with(|c: char| c.is_ascii_digit());
        if !is_word
            && key
                .chars()
                .any(|c| !(c.is_alphanumeric() || "-_.~".contains(c)))
        {
            return None;
        }
        plain &= is_word;
        keys += &match is_word {
            true => format!(".{key}"),
            false => format!("[\"{key}\"]"),
        };
    }
    Some(match plain {
        true => format!("function api{keys}.{method}(ctx) ... end"),
        false => format!("api{keys}.{method} = function(ctx) ... end"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_of_other_servers() {
        for (path, wanted) in [
            ("/", Some("function api.get(ctx) ... end")),
            (
                "/users/:id",
                Some("function api.users.p_id.get(ctx) ... end"),
            ),
            (
                "/users/{id}/",
                Some("function api.users.p_id.get(ctx) ... end"),
            ),
            (
                "/files/*",
                Some("function api.files.rest_path.get(ctx) ... end"),
            ),
            (
                "/user-list",
                Some("api[\"user-list\"].get = function(ctx) ... end"),
            ),
            ("/a?b", None),
        ] {
            assert_eq!(target(path, "get").as_deref(), wanted, "{path}");
        }
    }
}
