//! Rows of a database that are only returned: they are written as JSON from where the driver has left
//! them, and never become tables. See `vm/json/row.rs` in the runtime.

use crate::analyse::handlers::Handler;
use crate::analyse::responses::{Response, answered, response, with_header};
use crate::front::hir::{BinaryOp, Expr, Field, Kind, Name, Stmt, UnaryOp, VarId};
use crate::front::ids::{FileId, FunctionId};
use crate::lower::Lowering;

/// Methods of a database whose result can be kept as it is, and what they are called then.
const KEPT: [(&str, &str); 2] = [("all", "__rover_all"), ("one", "__rover_one")];

impl<'a> Lowering<'a> {
    /// `return db:all(...)`, also as a field of what is returned, or by a local that is only returned.
    pub(crate) fn returned_rows(&mut self, handler: Handler<'a>, block: &'a [Stmt]) {
        for stmt in block {
            match stmt {
                Stmt::Return(_, values) => {
                    if let [value] = values.as_slice() {
                        let mut found = Vec::new();
                        self.parts_of_answer(handler.file, value, &mut found);
                        found
                            .into_iter()
                            .for_each(|part| self.keep_rows(handler.file, part));
                    }
                }
                Stmt::Local(vars, values) => {
                    for (var, value) in vars.iter().zip(values) {
                        if self.is_only_returned(handler, *var) {
                            self.keep_rows(handler.file, value);
                        }
                    }
                }
                _ => {}
            }
            let mut blocks = Vec::new();
            stmt.parts(&mut |_| {}, &mut |inner| blocks.push(inner));
            blocks
                .into_iter()
                .for_each(|inner| self.returned_rows(handler, inner));
        }
    }

    /// The call of a database that an expression is has its rows kept.
    fn keep_rows(&mut self, file: FileId, value: &'a Expr) {
        if let Kind::Method(object, Name { span, text, .. }, _) = &value.kind
            && let Some((_, kept)) = KEPT.iter().find(|(method, _)| text == method)
            && self.names.is_database(file, object)
            && !self.is_dropped(file, span.start)
        {
            self.replace(file, span.start, span.end, (*kept).to_owned());
        }
    }

    /// Whether a local of a handler is nothing but a part of what is returned, and asked at most whether
    /// it is there.
    fn is_only_returned(&self, handler: Handler<'a>, var: VarId) -> bool {
        let file = handler.file;
        let chunk = &self.sources.files[file].hir;
        if chunk.vars[var].writes > 0 || chunk.jumps {
            return false;
        }
        let uses = |id: FunctionId| {
            let mut count = 0;
            each(&chunk.functions[id].body, &mut |expr| {
                count += usize::from(expr.var() == Some(var));
            });
            count
        };
        // A function that it stands in may be called at any time.
        let mut others = chunk
            .functions
            .numbered()
            .filter(|(id, _)| *id != handler.id);
        if others.any(|(id, _)| uses(id) > 0) {
            return false;
        }
        let uses = uses(handler.id);
        uses > 0 && uses == self.harmless(file, &handler.function.body, var)
    }

    /// How often a local is a part of what is returned, or asked whether it is there.
    fn harmless(&self, file: FileId, block: &'a [Stmt], var: VarId) -> usize {
        let is_it = |expr: &&Expr| expr.var() == Some(var);
        let mut count = 0;
        for stmt in block {
            match stmt {
                Stmt::Return(_, values) => {
                    if let [value] = values.as_slice() {
                        let mut found = Vec::new();
                        self.parts_of_answer(file, value, &mut found);
                        count += found.into_iter().filter(is_it).count();
                    }
                }
                Stmt::If(branches, _) => {
                    let conditions = branches.iter().map(|(condition, _)| condition);
                    count += conditions
                        .map(|condition| asked(condition, var))
                        .sum::<usize>();
                }
                _ => {}
            }
            stmt.parts(&mut |_| {}, &mut |inner| {
                count += self.harmless(file, inner, var)
            });
        }
        count
    }

    /// The parts of a response, or of a value that becomes one, which are written as JSON and seen by nobody else.
    fn parts_of_answer(&self, file: FileId, value: &'a Expr, found: &mut Vec<&'a Expr>) {
        let servers = &self.handlers.servers;
        if let Some((object, _)) = with_header(value)
            && answered(servers, file, object).is_some()
        {
            return self.parts_of_answer(file, object, found);
        }
        match response(servers, file, value) {
            Some(Response::Json(_, json)) => self.parts_of_json(file, json, found),
            Some(_) => {}
            None => self.parts_of_json(file, value, found),
        }
    }

    fn parts_of_json(&self, file: FileId, value: &'a Expr, found: &mut Vec<&'a Expr>) {
        match &value.kind {
            Kind::Table(fields) => {
                for field in fields {
                    match field {
                        Field::Named(_, value) | Field::Item(value) => {
                            self.parts_of_json(file, value, found);
                        }
                        Field::Keyed(..) => {}
                    }
                }
            }
            Kind::Paren(inner) => self.parts_of_json(file, inner, found),
            // The left one is looked at only for whether it is there.
            Kind::Binary(BinaryOp::Or, left, right) => {
                self.parts_of_json(file, left, found);
                self.parts_of_answer(file, right, found);
            }
            _ => found.push(value),
        }
    }
}

/// How often a condition asks whether a local is there, and nothing else of it.
fn asked(condition: &Expr, var: VarId) -> usize {
    match &condition.kind {
        Kind::Var(other) => usize::from(*other == var),
        Kind::Paren(inner) | Kind::Unary(UnaryOp::Not, inner) => asked(inner, var),
        Kind::Binary(BinaryOp::And | BinaryOp::Or, left, right) => {
            asked(left, var) + asked(right, var)
        }
        Kind::Binary(BinaryOp::Equality, left, right) => match (&left.kind, &right.kind) {
            (Kind::Nil, _) => usize::from(right.var() == Some(var)),
            (_, Kind::Nil) => usize::from(left.var() == Some(var)),
            _ => 0,
        },
        _ => 0,
    }
}

/// Calls `f` with every expression of a block, but not with those of the functions in it.
fn each<'e>(block: &'e [Stmt], f: &mut dyn FnMut(&'e Expr)) {
    fn inside<'e>(expr: &'e Expr, f: &mut dyn FnMut(&'e Expr)) {
        f(expr);
        expr.each_child(&mut |child| inside(child, f));
    }
    for stmt in block {
        stmt.parts(&mut |expr| inside(expr, f), &mut |_| {});
        let mut blocks = Vec::new();
        stmt.parts(&mut |_| {}, &mut |inner| blocks.push(inner));
        blocks.into_iter().for_each(|inner| each(inner, f));
    }
}
