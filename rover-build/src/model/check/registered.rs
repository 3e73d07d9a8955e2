//! Routes in the style of other servers: `api.get("/users/:id", function ... end)`.

use rover_model::Method;

use crate::analyse::servers::ServerVars;
use crate::diagnostic::Diagnostic;
use crate::diagnostic::codes::routes::registered;
use crate::front::file::File;
use crate::front::hir::{Expr, Kind, Span};
use crate::front::ids::FileId;

/// `api.get("/users/:id", function(ctx) ... end)`: a route that is registered by a call.
pub(crate) fn route(
    servers: &ServerVars,
    number: FileId,
    file: &File,
    expr: &Expr,
) -> Option<Diagnostic> {
    let (method, span, args) = called(servers, number, expr)?;
    let path = args.first()?.text().filter(|path| path.starts_with('/'))?;
    let method = Method::from_key(method)?;
    let position = file.position(span.start);
    let definition = target(path, method.key());
    Some(registered::by_call(position, definition.as_deref()))
}

fn called<'e>(
    servers: &ServerVars,
    number: FileId,
    expr: &'e Expr,
) -> Option<(&'e str, Span, &'e [Expr])> {
    match &expr.kind {
        Kind::Method(object, name, args) if servers.is_server(number, object) => {
            Some((name, name.span, args))
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
