//! What a handler begins with checking: `local b = ctx:body():expect(schema)`, where nothing
//! that anyone could notice comes before. The runtime checks it before the handler runs.

use rover_model::plan::Precheck;

use crate::analyse::ctx_use::{Access, Member};
use crate::analyse::handlers::Handler;
use crate::analyse::responses::{Response, response};
use crate::front::hir::{Expr, Field, Kind, Stmt};
use crate::lower::Lowering;

impl Lowering<'_> {
    pub(crate) fn precheck(&self, handler: Handler<'_>) -> Option<Precheck> {
        for stmt in &handler.function.body {
            match stmt {
                Stmt::Local(_, values) => {
                    for value in values {
                        if let Some(first) = self.check(handler, value) {
                            return Some(first);
                        }
                        if !is_unnoticed(handler, value) {
                            return None;
                        }
                    }
                }
                Stmt::Return(_, values) => return self.check(handler, values.first()?),
                Stmt::Call(value) => return self.check(handler, value),
                _ => return None,
            }
        }
        None
    }

    /// The check that an expression begins with.
    fn check(&self, handler: Handler<'_>, expr: &Expr) -> Option<Precheck> {
        let mut direct = handler.ctx.members.iter();
        let found = direct.find_map(|member| match member.access {
            Access::Expect(source, schema, span)
                if span == expr.span && handler.ctx.is_direct(member) =>
            {
                Some((source, schema))
            }
            _ => None,
        });
        if let Some((source, schema)) = found {
            let holder = self.holders.get(&handler.file.range(expr.span));
            return Some(Precheck {
                source: source as u8,
                schema,
                kept: holder.and_then(|holder| i32::try_from(*holder).ok()),
            });
        }
        match &expr.kind {
            Kind::Index(inner, _)
            | Kind::Paren(inner)
            | Kind::Binary(_, inner, _)
            | Kind::Concat(inner, _) => self.check(handler, inner),
            Kind::Table(fields) => match fields.first()? {
                Field::Item(value) | Field::Named(_, value) => self.check(handler, value),
                Field::Keyed(..) => None,
            },
            _ => match response(&self.handlers.servers, handler.file, expr)? {
                Response::Json(_, value) if value.span != expr.span => self.check(handler, value),
                _ => None,
            },
        }
    }
}

/// Whether it makes no difference when, or whether, a value is read.
fn is_unnoticed(handler: Handler<'_>, expr: &Expr) -> bool {
    let reads = |member: &&Member| match member.access {
        Access::Field(span) | Access::Read(_, _, span) | Access::Alias(_, span) => {
            span == expr.span
        }
        Access::Whole | Access::Own | Access::Set | Access::Body(..) | Access::Expect(..) => false,
    };
    let constant = matches!(
        expr.kind,
        Kind::Nil | Kind::Boolean(_) | Kind::Number(_) | Kind::Text(_) | Kind::Var(_)
    );
    let mut members = handler.ctx.members.iter();
    constant || members.any(|member| reads(&member) && handler.ctx.is_direct(member))
}
