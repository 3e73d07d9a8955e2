//! Expressions that give the same value always.

use rover_model::BUILDERS;

use crate::hir::{Chunk, Expr, Field, Kind, Stmt, VarId};
use crate::html::Templates;
use crate::server_vars::ServerVars;
use crate::vocabulary::RESPONSE_METHODS;

/// Whether an expression is made of literals, constructors, operators, builders, and
/// templates that print nothing else.
pub(crate) fn is_constant(
    servers: &ServerVars,
    html: &Templates<'_>,
    file: usize,
    chunk: &Chunk,
    expr: &Expr,
) -> bool {
    let constant = |e: &Expr| is_constant(servers, html, file, chunk, e);
    if let Some(data) = html.steady_data(file, expr) {
        return constant(data);
    }
    match &expr.kind {
        Kind::Nil | Kind::Boolean(_) | Kind::Number(_) | Kind::Text(_) => true,
        Kind::Paren(inner) | Kind::Unary(inner) => constant(inner),
        Kind::Binary(left, right) | Kind::Concat(left, right) => constant(left) && constant(right),
        Kind::Table(fields) => fields.iter().all(|field| match field {
            Field::Item(value) | Field::Named(_, value) => constant(value),
            Field::Keyed(key, value) => constant(key) && constant(value),
        }),
        Kind::Var(var) => is_constant_local(chunk, *var),
        Kind::Call(callee, args) => {
            builder(servers, file, callee).is_some() && args.iter().all(constant)
        }
        Kind::Method(object, name, _, args) => {
            let of_server = servers.is_server(file, object) && BUILDERS.contains(&name.as_str());
            let of_builder = builder(servers, file, object).is_some();
            let of_response = RESPONSE_METHODS.contains(&name.as_str())
                && matches!(object.kind, Kind::Call(..) | Kind::Method(..))
                && constant(object);
            (of_server || of_builder || of_response) && args.iter().all(constant)
        }
        Kind::Vararg | Kind::Function(_) | Kind::Global(_) | Kind::Index(..) => false,
    }
}

/// `api.json`, `api.json.status`: the builder's name.
pub(crate) fn builder<'e>(servers: &ServerVars, file: usize, expr: &'e Expr) -> Option<&'e str> {
    let Kind::Index(object, key) = &expr.kind else {
        return None;
    };
    if servers.is_server(file, object) {
        return key.text().filter(|name| BUILDERS.contains(name));
    }
    builder(servers, file, object)
}

/// `local GREETING = "hi"` at the top of the file, never assigned.
fn is_constant_local(chunk: &Chunk, var: VarId) -> bool {
    let scalar = |e: &Expr| matches!(e.kind, Kind::Boolean(_) | Kind::Number(_) | Kind::Text(_));
    chunk.vars[var.0].writes == 0
        && chunk.functions[0].body.iter().any(|stmt| match stmt {
            Stmt::Local(vars, values) => vars
                .iter()
                .zip(values)
                .any(|(v, value)| *v == var && scalar(value)),
            _ => false,
        })
}
