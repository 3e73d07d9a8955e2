//! Functions that are assigned to the server, as routes and hooks, and that nothing else can reach: written in that place,
//! or in a local or a module's field that stands in such places alone.

use std::collections::{HashMap, HashSet};

use crate::analyse::names::Names;
use crate::analyse::servers::ServerVars;
use crate::front::hir::{Expr, Field, Kind, Stmt};
use crate::front::ids::{FileId, FunctionRef};

/// The functions that only the runtime calls.
pub(crate) fn only_assigned(names: &Names<'_>, servers: &ServerVars) -> HashSet<FunctionRef> {
    let mut scan = Scan {
        names,
        servers,
        exported: names.exported().map(std::ptr::from_ref).collect(),
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
        .filter(|(function, count)| used.get(function) == Some(count));
    functions.extend(only.map(|(function, _)| *function));
    functions
}

struct Scan<'n, 'a> {
    names: &'n Names<'a>,
    servers: &'n ServerVars,
    /// What modules give to those that require them by name, and to nobody else.
    exported: HashSet<*const Expr>,
    /// Those that are written in the place.
    functions: HashSet<FunctionRef>,
    /// How often a function stands in such a place by its name, or as a field of a module.
    assigned: HashMap<FunctionRef, usize>,
    /// How often it stands anywhere.
    used: HashMap<FunctionRef, usize>,
}

impl Scan<'_, '_> {
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
            let (mut exprs, mut inner) = (Vec::new(), Vec::new());
            stmt.parts(&mut |expr| exprs.push(expr), &mut |block| inner.push(block));
            let targets = match stmt {
                Stmt::Function(..) => 1,
                Stmt::Assign(targets, _) => targets.len(),
                _ => 0,
            };
            // What is assigned to is no use of what it is.
            for (at, expr) in exprs.into_iter().enumerate() {
                match at < targets {
                    true => expr.each_child(&mut |child| self.uses(file, child)),
                    false => self.uses(file, expr),
                }
            }
            inner.into_iter().for_each(|block| self.block(file, block));
        }
    }

    fn assigned(&mut self, file: FileId, value: &Expr) {
        match &value.kind {
            Kind::Function(function) => {
                self.functions.insert(file.function(*function));
            }
            Kind::Var(_) | Kind::Index(..) => {
                if let Some(function) = self.names.function(file, value) {
                    *self.assigned.entry(function).or_default() += 1;
                }
            }
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
        let function = match &expr.kind {
            Kind::Var(_) | Kind::Index(..) => self.names.function(file, expr),
            Kind::Method(object, name, _) => self.names.method_function(file, object, name),
            _ => None,
        };
        if let Some(function) = function
            && !self.exported.contains(&std::ptr::from_ref(expr))
        {
            *self.used.entry(function).or_default() += 1;
        }
        expr.each_child(&mut |child| self.uses(file, child));
    }
}
