//! Names that a file asks for before it uses them: `if jit then`, `unpack or table.unpack`,
//! `type(ngx) == "table"`. Libraries do that to learn where they run.

use std::collections::HashSet;

use super::walk::path;
use crate::front::file::File;
use crate::front::hir::{BinaryOp, Expr, Field, Kind, Stmt, UnaryOp};
use crate::front::walk::{expressions, statements};

/// The globals and their members that are asked for, as `ngx` and `io.open`.
pub(super) fn find(file: &File) -> HashSet<String> {
    let mut probes = Probes {
        found: HashSet::new(),
    };
    for function in &file.hir.functions {
        statements(&function.body, &mut |stmt| probes.stmt(stmt));
        expressions(&function.body, &mut |expr| probes.expr(expr));
    }
    probes.found
}

struct Probes {
    found: HashSet<String>,
}

impl Probes {
    fn note(&mut self, expr: &Expr) {
        self.found.extend(path(expr));
    }

    fn stmt(&mut self, stmt: &Stmt) {
        match stmt {
            Stmt::If(arms, _) => arms.iter().for_each(|(condition, _)| self.note(condition)),
            Stmt::While(condition, _) | Stmt::Repeat(_, condition) => self.note(condition),
            // `local jit = jit`: it may be nil.
            Stmt::Local(..) => {}
            Stmt::Assign(targets, values) => {
                for (target, value) in targets.iter().zip(values) {
                    if let (Kind::Index(_, key), Kind::Global(name)) = (&target.kind, &value.kind)
                        && key.text() == Some(name)
                    {
                        self.note(value);
                    }
                }
            }
            _ => {}
        }
    }

    fn expr(&mut self, expr: &Expr) {
        match &expr.kind {
            Kind::Binary(operator, left, right) => match operator {
                BinaryOp::And | BinaryOp::Or => {
                    self.note(left);
                    self.note(right);
                }
                BinaryOp::Equality => match (&left.kind, &right.kind) {
                    (Kind::Nil, _) => self.note(right),
                    (_, Kind::Nil) => self.note(left),
                    _ => {}
                },
                _ => {}
            },
            // `not jit`
            Kind::Unary(UnaryOp::Not, inner) => self.note(inner),
            Kind::Call(callee, args) => {
                if let (Kind::Global(name), Some(first)) = (&callee.kind, args.first())
                    && matches!(name.as_str(), "type" | "assert")
                {
                    self.note(first);
                }
            }
            // `{ jit = jit }`: an environment for other code.
            Kind::Table(fields) => {
                for field in fields {
                    if let Field::Named(name, value) = field
                        && matches!(&value.kind, Kind::Global(global) if *global == name.text)
                    {
                        self.note(value);
                    }
                }
            }
            _ => {}
        }
    }
}
