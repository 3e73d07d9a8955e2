//! Expressions that give the same value always.

use crate::analyse::handlers::Handler;
use crate::analyse::responses::builder;
use crate::analyse::servers::ServerVars;
use crate::front::hir::{Chunk, Expr, Field, Kind, Stmt, VarId};
use crate::front::ids::{FileId, FunctionId};
use crate::html::Templates;
use crate::model::facts::Facts;
use crate::vocabulary::{is_builder, is_of_response};

/// Whether a function answers the same always.
pub(crate) fn answers_alike(facts: &Facts<'_>, handler: Handler<'_>) -> bool {
    let chunk = &facts.sources.files[handler.file].hir;
    match handler.function.body.as_slice() {
        [Stmt::Return(_, values)] => match values.as_slice() {
            [value] => {
                let servers = &facts.handlers.servers;
                is_constant(servers, facts.html, handler.file, chunk, value)
            }
            _ => false,
        },
        _ => false,
    }
}

/// Whether an expression is made of literals, constructors, operators, builders, and
/// templates that print nothing else.
fn is_constant(
    servers: &ServerVars,
    html: &Templates<'_>,
    file: FileId,
    chunk: &Chunk,
    expr: &Expr,
) -> bool {
    let constant = |e: &Expr| is_constant(servers, html, file, chunk, e);
    if let Some(data) = html.steady_data(file, expr) {
        return constant(data);
    }
    match &expr.kind {
        Kind::Nil | Kind::Boolean(_) | Kind::Number(_) | Kind::Text(_) => true,
        Kind::Paren(inner) | Kind::Unary(_, inner) => constant(inner),
        Kind::Binary(_, left, right) | Kind::Concat(left, right) => {
            constant(left) && constant(right)
        }
        Kind::Table(fields) => fields.iter().all(|field| match field {
            Field::Item(value) | Field::Named(_, value) => constant(value),
            Field::Keyed(key, value) => constant(key) && constant(value),
        }),
        Kind::Var(var) => is_constant_local(chunk, *var),
        Kind::Call(callee, args) => {
            builder(servers, file, callee).is_some() && args.iter().all(constant)
        }
        Kind::Method(object, name, args) => {
            let of_server = servers.is_server(file, object) && is_builder(name);
            let of_builder = builder(servers, file, object).is_some();
            let of_response = is_of_response(name)
                && matches!(object.kind, Kind::Call(..) | Kind::Method(..))
                && constant(object);
            (of_server || of_builder || of_response) && args.iter().all(constant)
        }
        Kind::Vararg | Kind::Function(_) | Kind::Global(_) | Kind::Index(..) => false,
    }
}

/// `local GREETING = "hi"` at the top of the file, never assigned.
fn is_constant_local(chunk: &Chunk, var: VarId) -> bool {
    let scalar = |e: &Expr| matches!(e.kind, Kind::Boolean(_) | Kind::Number(_) | Kind::Text(_));
    chunk.vars[var].writes == 0
        && chunk.functions[FunctionId::CHUNK]
            .body
            .iter()
            .any(|stmt| match stmt {
                Stmt::Local(vars, values) => vars
                    .iter()
                    .zip(values)
                    .any(|(v, value)| *v == var && scalar(value)),
                _ => false,
            })
}
