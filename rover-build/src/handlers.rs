//! What is known of every function that may be a handler.

use std::collections::HashSet;

use crate::analyse::{CtxUse, ctx_use};
use crate::collect::FunctionPlace;
use crate::constant::is_constant;
use crate::hir::{Expr, Field, Function, FunctionId, Kind, Stmt};
use crate::load::Sources;
use crate::server_vars::ServerVars;

/// The analysis of a program.
pub(crate) struct Handlers {
    pub(crate) servers: ServerVars,
    /// By file and function.
    uses: Vec<Vec<CtxUse>>,
    /// Functions that are written as the value of a route, where nothing but the runtime
    /// can reach them.
    only_handlers: HashSet<(usize, FunctionId)>,
}

/// One function of a file.
#[derive(Clone, Copy)]
pub(crate) struct Handler<'a> {
    pub(crate) file: usize,
    pub(crate) id: FunctionId,
    pub(crate) function: &'a Function,
    pub(crate) ctx: &'a CtxUse,
    /// Only the runtime calls it, and always with a `ctx`.
    pub(crate) only_handler: bool,
}

impl Handlers {
    pub(crate) fn analyse(sources: &Sources) -> Self {
        let servers = ServerVars::find(sources);
        let mut only_handlers = HashSet::new();
        let mut uses = Vec::new();
        for (file, source) in sources.files.iter().enumerate() {
            let all = 0..source.hir.functions.len();
            uses.push(all.map(|f| ctx_use(&source.hir, FunctionId(f))).collect());
            for function in &source.hir.functions {
                routes(file, &servers, &function.body, &mut only_handlers);
            }
        }
        Handlers {
            servers,
            uses,
            only_handlers,
        }
    }

    /// The functions at a place: several only where they share their lines.
    pub(crate) fn at<'a>(
        &'a self,
        sources: &'a Sources,
        place: &FunctionPlace,
    ) -> Vec<Handler<'a>> {
        let Some(file) = sources.files.iter().position(|f| f.name == place.file) else {
            return Vec::new();
        };
        let functions = sources.files[file].hir.functions.iter().enumerate().skip(1);
        functions
            .filter(|(_, f)| (f.line, f.last_line) == (place.line, place.last_line))
            .map(|(index, function)| Handler {
                file,
                id: FunctionId(index),
                function,
                ctx: &self.uses[file][index],
                only_handler: self.only_handlers.contains(&(file, FunctionId(index))),
            })
            .collect()
    }

    /// Every function of a file.
    pub(crate) fn all<'a>(
        &'a self,
        sources: &'a Sources,
        file: usize,
    ) -> impl Iterator<Item = (&'a Function, &'a CtxUse)> {
        sources.files[file]
            .hir
            .functions
            .iter()
            .zip(&self.uses[file])
    }

    /// The function at a place, if it is known to be one that only the runtime calls.
    pub(crate) fn specialised<'a>(
        &'a self,
        sources: &'a Sources,
        place: &FunctionPlace,
    ) -> Option<Handler<'a>> {
        match self.at(sources, place).as_slice() {
            [handler] if handler.only_handler && !handler.function.variadic => Some(*handler),
            _ => None,
        }
    }

    /// Whether a function answers the same always.
    pub(crate) fn is_constant(&self, sources: &Sources, handler: Handler<'_>) -> bool {
        let chunk = &sources.files[handler.file].hir;
        match handler.function.body.as_slice() {
            [Stmt::Return(values)] => match values.as_slice() {
                [value] => is_constant(&self.servers, handler.file, chunk, value),
                _ => false,
            },
            _ => false,
        }
    }
}

/// Finds `function api.path.get() end`, `api.path.get = function() end`, and functions in
/// tables that are assigned to a path.
fn routes(
    file: usize,
    servers: &ServerVars,
    block: &[Stmt],
    found: &mut HashSet<(usize, FunctionId)>,
) {
    for stmt in block {
        match stmt {
            Stmt::Function(target, function) if servers.is_route(file, target) => {
                found.insert((file, *function));
            }
            Stmt::Assign(targets, values) => {
                for (target, value) in targets.iter().zip(values) {
                    if servers.is_route(file, target) {
                        literals(file, value, found);
                    }
                }
            }
            _ => {}
        }
        stmt.parts(&mut |_| {}, &mut |inner| {
            routes(file, servers, inner, found)
        });
    }
}

fn literals(file: usize, value: &Expr, found: &mut HashSet<(usize, FunctionId)>) {
    match &value.kind {
        Kind::Function(function) => {
            found.insert((file, *function));
        }
        Kind::Table(fields) => {
            for field in fields {
                if let Field::Named(_, value) = field {
                    literals(file, value, found);
                }
            }
        }
        _ => {}
    }
}
