//! Fields that are read of what was checked, and that its schema does not have; parameters
//! that are read, and that no path of the handler has.

use std::collections::{HashMap, HashSet};

use rover_model::guard::{Kind as Type, Schema};

use super::look::Look;
use crate::analyse::ctx_use::{Access, Table};
use crate::analyse::names::Given;
use crate::diagnostic::Diagnostic;
use crate::diagnostic::codes::requests::parameter;
use crate::diagnostic::codes::schemas::field;
use crate::front::hir::{Expr, Field, Kind, Stmt, VarId};
use crate::front::ids::{FileId, FunctionRef};
use crate::front::walk::{expressions, statements};
use crate::model::app::{Route, Segment};

pub(super) fn check(look: &Look<'_>, found: &mut Vec<Diagnostic>) {
    parameters(look, found);
    for file in look.facts.sources.files.ids() {
        let checked = Checked::find(look, file);
        for function in &look.file(file).hir.functions {
            expressions(&function.body, &mut |expr| {
                found.extend(checked.unknown_field(expr));
            });
        }
    }
}

/// `ctx:params().ID` where the path has `p_id`.
fn parameters(look: &Look<'_>, found: &mut Vec<Diagnostic>) {
    let facts = &look.facts;
    let mut routes: HashMap<FunctionRef, Vec<&Route>> = HashMap::new();
    // They run for any path.
    let mut hooks: HashSet<FunctionRef> = HashSet::new();
    let reached = |place| {
        let handlers = facts.handlers.at(facts.sources, place).into_iter();
        handlers.flat_map(|handler| facts.handlers.reached(facts.sources, handler))
    };
    for route in &look.app.routes {
        for handler in reached(&route.handler) {
            let all = routes.entry(handler.place()).or_default();
            all.push(route);
        }
    }
    for place in look.app.hook_functions() {
        hooks.extend(reached(place).map(|handler| handler.place()));
    }
    for handler in look
        .app
        .routes
        .iter()
        .flat_map(|route| reached(&route.handler))
    {
        let place = handler.place();
        // Told once.
        let Some(routes) = routes.remove(&place).filter(|_| !hooks.contains(&place)) else {
            continue;
        };
        if handler.ctx.var.is_none() {
            continue;
        }
        let names: Vec<&str> = routes
            .iter()
            .flat_map(|route| route.path.iter().filter_map(Segment::parameter))
            .map(String::as_str)
            .collect();
        let given_away =
            handler.ctx.escapes || handler.ctx.used_whole().any(|t| t == Table::Params);
        if given_away && look.written.any_field {
            continue;
        }
        for member in &handler.ctx.members {
            let Access::Read(Table::Params, name, _) = &member.access else {
                continue;
            };
            if names.contains(&name.as_str()) || look.written.fields.contains(name.as_str()) {
                continue;
            }
            let at = look.position(handler.file, name.span.start);
            let pattern = routes[0].pattern();
            found.push(parameter::unknown(at, &pattern, name, &names));
        }
    }
}

/// What the locals of a file hold of values that were checked against constant schemas.
struct Checked<'l, 'a> {
    look: &'l Look<'a>,
    file: FileId,
    /// Locals whose value is given to code that may put fields into it.
    given_away: HashSet<VarId>,
}

impl<'l, 'a> Checked<'l, 'a> {
    fn find(look: &'l Look<'a>, file: FileId) -> Self {
        let mut checked = Checked {
            look,
            file,
            given_away: HashSet::new(),
        };
        let hir = &look.facts.sources.files[file].hir;
        if look.written.any_field {
            for function in &hir.functions {
                checked.uses(&function.body);
            }
        }
        checked
    }

    /// The list of which a loop's variable is an item: `for _, item in ipairs(list) do`.
    fn list(&self, var: VarId) -> Option<&'a Expr> {
        let Given::Item(call, 1) = self.look.facts.names.given(self.file, var) else {
            return None;
        };
        match &call.kind {
            Kind::Call(callee, args) => match (&callee.kind, args.as_slice()) {
                (Kind::Global(name), [list]) if matches!(name.as_str(), "ipairs" | "pairs") => {
                    Some(list)
                }
                _ => None,
            },
            _ => None,
        }
    }

    /// Finds the values that are given away: to functions, to other tables, to other names.
    fn uses(&mut self, block: &'a [Stmt]) {
        let mut given = Vec::new();
        expressions(block, &mut |expr| match &expr.kind {
            Kind::Call(callee, args) if !is_harmless(callee) => given.extend(args),
            Kind::Method(_, _, args) => given.extend(args),
            Kind::Table(fields) => {
                for field in fields {
                    match field {
                        Field::Item(value) | Field::Named(_, value) | Field::Keyed(_, value) => {
                            given.push(value);
                        }
                    }
                }
            }
            _ => {}
        });
        statements(block, &mut |stmt| {
            if let Stmt::Assign(targets, values) = stmt {
                given.extend(values);
                // `b[key] = value`
                for target in targets {
                    if let Kind::Index(object, key) = &target.kind
                        && key.text().is_none()
                    {
                        given.push(object);
                    }
                }
            }
        });
        for value in given {
            self.given_away.extend(self.root(value));
        }
    }

    /// The local whose value an expression is a part of.
    fn root(&self, expr: &'a Expr) -> Option<VarId> {
        match &expr.kind {
            Kind::Paren(inner) | Kind::Index(inner, _) => self.root(inner),
            Kind::Binary(_, left, right) => self.root(left).or_else(|| self.root(right)),
            Kind::Var(var) => {
                if let Some(list) = self.list(*var) {
                    return self.root(list).or(Some(*var));
                }
                match self.look.facts.names.value(self.file, *var) {
                    Some(value) => self.root(value).or(Some(*var)),
                    None => Some(*var),
                }
            }
            _ => None,
        }
    }

    /// The schema that a value has passed.
    fn schema(&self, expr: &'a Expr, depth: usize) -> Option<&'a Schema> {
        if depth == 0 {
            return None;
        }
        let facts = &self.look.facts;
        let number = match &expr.kind {
            Kind::Paren(inner) => return self.schema(inner, depth - 1),
            Kind::Var(var) => {
                if let Some(list) = self.list(*var) {
                    return element(self.schema(list, depth - 1)?);
                }
                let value = facts.names.value(self.file, *var)?;
                return self.schema(value, depth - 1);
            }
            Kind::Index(object, key) => {
                let outer = self.schema(object, depth - 1)?;
                return match key.text() {
                    Some(name) => outer
                        .fields()
                        .iter()
                        .find(|f| *f.name == *name)
                        .map(|f| &f.schema),
                    None => element(outer),
                };
            }
            Kind::Method(_, name, args) if name == "expect" => args.first()?,
            Kind::Call(_, args) => args.get(1)?,
            _ => return None,
        };
        let number = facts.guards.number(self.file, number)?;
        facts.guards.schemas.get(number)
    }

    fn unknown_field(&self, expr: &'a Expr) -> Option<Diagnostic> {
        let Kind::Index(object, key) = &expr.kind else {
            return None;
        };
        let name = key.text()?;
        let schema = self.schema(object, 32)?;
        // A default is a value of the program's own.
        if !matches!(schema.kind, Type::Object(_)) || schema.default.is_some() {
            return None;
        }
        let names = || schema.fields().iter().map(|field| &*field.name);
        let given_away = self
            .root(object)
            .is_some_and(|root| self.given_away.contains(&root));
        if names().any(|known| known == name)
            || self.look.written.fields.contains(name)
            || given_away
        {
            return None;
        }
        let position = self.look.position(self.file, key.span.start);
        Some(field::unknown(position, name, names()))
    }
}

/// The schema of a list's items.
fn element(schema: &Schema) -> Option<&Schema> {
    match &schema.kind {
        Type::Array(element, _) => Some(element),
        _ => None,
    }
}

/// Functions that put nothing into what they are given.
fn is_harmless(callee: &Expr) -> bool {
    match &callee.kind {
        Kind::Global(name) => matches!(
            name.as_str(),
            "ipairs"
                | "next"
                | "pairs"
                | "print"
                | "select"
                | "tonumber"
                | "tostring"
                | "type"
                | "unpack"
        ),
        Kind::Index(object, _) => matches!(&object.kind, Kind::Global(name)
            if matches!(name.as_str(), "string" | "math" | "table")),
        _ => false,
    }
}
