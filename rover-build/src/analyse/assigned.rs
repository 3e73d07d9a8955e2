//! Functions that are assigned to the server, as routes and hooks, and that nothing else can reach:
//! written in that place, or in a local that stands in such places alone.

use std::collections::{HashMap, HashSet};

use crate::analyse::names::{Given, Names};
use crate::analyse::servers::ServerVars;
use crate::front::hir::{Expr, Field, Kind, Stmt};
use crate::front::ids::{FileId, FunctionRef, VarRef};

/// The functions that only the runtime calls.
pub(crate) fn only_assigned(names: &Names<'_>, servers: &ServerVars) -> HashSet<FunctionRef> {
    let mut scan = Scan {
        servers,
        functions: HashSet::new(),
        assigned: HashMap::new(),
        used: HashMap::new(),
    };
    for (file, source) in names.sources.files.numbered() {
        for function in &source.hir.functions {
            scan.block(file, &function.body);
        }
    }
    let Scan {
        mut functions,
        assigned,
        used,
        ..
    } = scan;
    let only = assigned
        .iter()
        .filter(|(var, count)| used.get(var) == Some(count));
    functions.extend(only.filter_map(|(var, _)| in_local(names, *var)));
    functions
}

/// The function that a local always holds, where it is written for it.
fn in_local(names: &Names<'_>, VarRef { file, id }: VarRef) -> Option<FunctionRef> {
    match names.given(file, id) {
        Given::Function(function) => Some(file.function(function)),
        Given::Value(value) => match value.kind {
            Kind::Function(function) => Some(file.function(function)),
            _ => None,
        },
        _ => None,
    }
}

struct Scan<'n> {
    servers: &'n ServerVars,
    /// Those that are written in the place.
    functions: HashSet<FunctionRef>,
    /// How often a local stands in such a place.
    assigned: HashMap<VarRef, usize>,
    /// How often it stands anywhere.
    used: HashMap<VarRef, usize>,
}

impl Scan<'_> {
    /// `function api.path.get() end`, `api.path.get = function() end`, and functions in tables that are
    /// assigned to a path.
    fn block(&mut self, file: FileId, block: &[Stmt]) {
        for stmt in block {
            match stmt {
                Stmt::Function(target, function) if self.servers.is_route(file, target) => {
                    self.functions.insert(file.function(*function));
                }
                Stmt::Assign(targets, values) => {
                    for (target, value) in targets.iter().zip(values) {
                        if self.servers.is_route(file, target) {
                            self.assigned(file, value);
                        }
                    }
                }
                _ => {}
            }
            let mut inner = Vec::new();
            stmt.parts(&mut |expr| self.uses(file, expr), &mut |block| {
                inner.push(block)
            });
            inner.into_iter().for_each(|block| self.block(file, block));
        }
    }

    fn assigned(&mut self, file: FileId, value: &Expr) {
        match &value.kind {
            Kind::Function(function) => {
                self.functions.insert(file.function(*function));
            }
            Kind::Var(var) => *self.assigned.entry(file.var(*var)).or_default() += 1,
            Kind::Table(fields) => {
                for field in fields {
                    if let Field::Named(_, value) | Field::Item(value) = field {
                        self.assigned(file, value);
                    }
                }
            }
            _ => {}
        }
    }

    fn uses(&mut self, file: FileId, expr: &Expr) {
        if let Kind::Var(var) = &expr.kind {
            *self.used.entry(file.var(*var)).or_default() += 1;
        }
        expr.each_child(&mut |child| self.uses(file, child));
    }
}
