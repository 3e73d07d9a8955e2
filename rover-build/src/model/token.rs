//! How a client shows who it is: by a token in `Authorization`, of which scheme as far as the text shows it, or by the cookie
//! of its session.

use std::collections::HashSet;

use crate::analyse::ctx_use::{Access, Table};
use crate::analyse::handlers::Handler;
use crate::front::function_place::FunctionPlace;
use crate::front::hir::{Expr, Kind, Span, Stmt, UnaryOp};
use crate::front::ids::{FileId, FunctionRef};
use crate::model::facts::Facts;

/// The scheme of `Authorization` (RFC 9110, section 11.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Scheme {
    /// `Bearer` with a token (RFC 6750).
    Bearer,
    /// `Basic` with a name and a password (RFC 7617).
    Basic,
    /// Something of the program's own.
    Other,
    /// A cookie that the option `sessions` sets.
    Session,
}

/// The scheme that a function reads which the runtime calls.
pub(crate) fn scheme(facts: &Facts<'_>, place: &FunctionPlace) -> Option<Scheme> {
    let handler = facts.handlers.at(facts.sources, place)?;
    let reached = facts.handlers.reached(facts.sources, handler);
    let mut reading = reached
        .into_iter()
        .filter(|function| reads_authorization(function))
        .peekable();
    reading.peek()?;
    let mut texts = Texts {
        facts,
        seen: HashSet::new(),
        bearer: false,
        basic: false,
    };
    reading.for_each(|function| texts.function(function.place()));
    Some(match (texts.bearer, texts.basic) {
        (true, _) => Scheme::Bearer,
        (_, true) => Scheme::Basic,
        _ => Scheme::Other,
    })
}

fn reads_authorization(function: &Handler<'_>) -> bool {
    reads(function).next().is_some()
}

/// Where a function reads `Authorization`: the whole expressions.
fn reads<'a>(function: &'a Handler<'_>) -> impl Iterator<Item = &'a Span> {
    let members = function.ctx.members.iter();
    members.filter_map(|member| match &member.access {
        Access::Read(Table::Headers, name, whole) => {
            let is_it = name.text.eq_ignore_ascii_case("authorization");
            is_it.then_some(whole)
        }
        _ => None,
    })
}

/// Whether a function asks who the client is: by a token, by the session, by what a hook has set on `ctx`. An answer 401 of
/// another one is of something else, as of a password.
pub(crate) fn asks_who(facts: &Facts<'_>, place: &FunctionPlace) -> bool {
    let Some(handler) = facts.handlers.at(facts.sources, place) else {
        return true;
    };
    let reached = facts.handlers.reached(facts.sources, handler);
    reached.iter().any(|function| {
        let mut members = function.ctx.members.iter();
        reads_authorization(function)
            || members.any(|member| match member.access {
                Access::Own => true,
                _ => matches!(member.name.as_str(), "session" | "csrf"),
            })
    })
}

/// Whether a function is done at once where the request has no token: it begins with `if not token then return end`, or
/// all that it does stands below `if token then`. What it answers is for those that send one.
pub(crate) fn passes_without(facts: &Facts<'_>, place: &FunctionPlace) -> bool {
    let Some(handler) = facts.handlers.at(facts.sources, place) else {
        return false;
    };
    let reads: Vec<&Span> = reads(&handler).collect();
    let is_token = |expr: &Expr| {
        let followed = facts.names.followed(handler.file, expr);
        reads.contains(&&followed.span)
    };
    for (at, stmt) in handler.function.body.iter().enumerate() {
        match stmt {
            Stmt::Local(_, values) if !values.iter().any(calls_more) => {}
            Stmt::If(branches, otherwise) => {
                let [(condition, block)] = branches.as_slice() else {
                    return false;
                };
                let is_last = at + 1 == handler.function.body.len();
                return match &condition.kind {
                    Kind::Unary(UnaryOp::Not, inner) => is_token(inner) && leaves(block),
                    _ => is_token(condition) && otherwise.is_empty() && is_last,
                };
            }
            _ => return false,
        }
    }
    false
}

/// A call that may answer by itself: of something else than the request's own words.
fn calls_more(expr: &Expr) -> bool {
    let mut more = matches!(expr.kind, Kind::Call(..));
    expr.each_child(&mut |child| more |= calls_more(child));
    more
}

/// The block returns nothing.
fn leaves(block: &[Stmt]) -> bool {
    match block {
        [Stmt::Return(_, values)] => values.iter().all(|value| matches!(value.kind, Kind::Nil)),
        _ => false,
    }
}

/// The texts of functions and of those that they name.
struct Texts<'a> {
    facts: &'a Facts<'a>,
    seen: HashSet<FunctionRef>,
    bearer: bool,
    basic: bool,
}

impl<'a> Texts<'a> {
    fn function(&mut self, place: FunctionRef) {
        if self.seen.insert(place) {
            let body = &self.facts.sources.files[place.file].hir.functions[place.id].body;
            self.block(place.file, body);
        }
    }

    fn block(&mut self, file: FileId, block: &'a [Stmt]) {
        for stmt in block {
            let (mut exprs, mut inner) = (Vec::new(), Vec::new());
            stmt.parts(&mut |expr| exprs.push(expr), &mut |block| inner.push(block));
            exprs.into_iter().for_each(|expr| self.expr(file, expr));
            inner.into_iter().for_each(|block| self.block(file, block));
        }
    }

    fn expr(&mut self, file: FileId, expr: &'a Expr) {
        let names = self.facts.names;
        if let Some(text) = names.followed(file, expr).text() {
            let text = text.to_ascii_lowercase();
            self.bearer |= text.contains("bearer");
            self.basic |= text.contains("basic");
        }
        self.bearer |= names.of_rover(file, expr) == Some("jwt");
        if let Some(function) = names.written(file, expr) {
            self.function(function);
        }
        expr.each_child(&mut |child| self.expr(file, child));
    }
}
