//! The results of databases in a handler, and where they are used.

use std::collections::HashMap;

use crate::analyse::handlers::Handler;
use crate::analyse::responses::{Response, answered, response, with_header};
use crate::analyse::walked_rows::{Walk, is_result, uses_in, walks};
use crate::front::hir::{BinaryOp, Chunk, Expr, Field, Kind, Span, Stmt, UnaryOp, VarId};
use crate::front::ids::{FunctionId, TextRange};
use crate::front::walk::expressions;
use crate::html::{Use, named};
use crate::lower::Lowering;
use crate::lower::lowered::WhyTable;

/// Methods that give rows.
const ROWS: [&str; 2] = ["all", "one"];

/// Where a result, or a local that holds one, is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// As a part of what is returned, which is written as JSON and seen by nobody else.
    Answer,
    /// Where it is only asked whether it is there.
    Asked,
    /// `#rows`
    Length,
    /// `for i, row in ipairs(rows) do`, where rows are only read by name.
    Walk,
    /// The same, where more is done with rows.
    OtherLoop,
    /// A page that only walks through it.
    Page(TextRange),
    /// A page that does more.
    OtherPage,
}

/// A call that gives rows.
#[derive(Debug)]
pub(super) struct Call<'a> {
    pub(super) expr: &'a Expr,
    /// The local that is given the result.
    pub(super) var: Option<VarId>,
    /// Its result is a row.
    pub(super) is_one: bool,
    /// It is called in each round of a loop.
    pub(super) in_loop: bool,
}

pub(super) struct ResultUses<'a> {
    chunk: &'a Chunk,
    function: FunctionId,
    pub(super) calls: Vec<Call<'a>>,
    /// By where the expressions stand.
    pub(super) places: HashMap<Span, Place>,
    pub(super) walks: Vec<Walk<'a>>,
    /// `#rows`, and the local.
    pub(super) lengths: Vec<(Span, VarId)>,
    /// Pages that only walk through results, with those.
    pub(super) pages: HashMap<TextRange, Vec<&'a Expr>>,
    /// The locals that the handler reads, in order.
    pub(super) variables: Vec<&'a Expr>,
}

impl<'a> ResultUses<'a> {
    pub(super) fn find(lowering: &Lowering<'a>, handler: Handler<'a>) -> Self {
        let chunk = &lowering.sources.files[handler.file].hir;
        let mut finder = Finder {
            lowering,
            handler,
            loops: 0,
            found: ResultUses {
                chunk,
                function: handler.id,
                calls: Vec::new(),
                places: HashMap::new(),
                walks: Vec::new(),
                lengths: Vec::new(),
                pages: HashMap::new(),
                variables: Vec::new(),
            },
        };
        finder.block(&handler.function.body);
        if !finder.found.calls.is_empty() {
            finder.walks();
        }
        finder.found
    }

    /// The call that an expression is.
    pub(super) fn call(&self, expr: &Expr) -> Option<&Call<'a>> {
        self.calls.iter().find(|call| call.expr.span == expr.span)
    }

    /// Why what a local holds is not seen.
    pub(super) fn why_not_local(&self, var: VarId) -> Option<WhyTable> {
        if self.chunk.vars[var].writes > 0 {
            return Some(("its local is assigned again", None));
        }
        if self.chunk.jumps {
            return Some(("the file has a `goto`", None));
        }
        let others = self.chunk.functions.ids().filter(|id| *id != self.function);
        let is_caught = others.map(|id| uses_in(self.chunk, id, var)).sum::<usize>() > 0;
        is_caught.then_some(("a function inside uses its local", None))
    }
}

struct Finder<'a, 'l> {
    lowering: &'l Lowering<'a>,
    handler: Handler<'a>,
    /// How many loops are around.
    loops: usize,
    found: ResultUses<'a>,
}

impl<'a> Finder<'a, '_> {
    fn block(&mut self, block: &'a [Stmt]) {
        block.iter().for_each(|stmt| self.statement(stmt));
    }

    fn statement(&mut self, stmt: &'a Stmt) {
        let in_loop = self.loops;
        match stmt {
            Stmt::Return(_, values) => {
                if let [value] = values.as_slice() {
                    self.answer(value, true);
                }
                // There is no next round.
                self.loops = 0;
            }
            Stmt::If(branches, _) => {
                let conditions = branches.iter().map(|(condition, _)| condition);
                conditions.for_each(|condition| self.asked(condition));
            }
            Stmt::While(..) | Stmt::Repeat(..) => self.loops += 1,
            _ => {}
        }
        stmt.parts(&mut |expr| self.expr(expr), &mut |_| {});
        self.loops = in_loop + usize::from(matches!(stmt, Stmt::For(..) | Stmt::Count(..)));
        if matches!(stmt, Stmt::While(..) | Stmt::Repeat(..)) {
            self.loops += 1;
        }
        stmt.parts(&mut |_| {}, &mut |inner| self.block(inner));
        self.loops = in_loop;
        if let Stmt::Local(vars, values) = stmt {
            for (var, value) in vars.iter().zip(values) {
                let mut calls = self.found.calls.iter_mut();
                if let Some(call) = calls.find(|call| call.expr.span == value.span) {
                    call.var = Some(*var);
                }
            }
        }
    }

    fn expr(&mut self, expr: &'a Expr) {
        let file = self.handler.file;
        match &expr.kind {
            Kind::Method(object, name, _)
                if ROWS.contains(&name.as_str())
                    && self.lowering.names.is_database(file, object) =>
            {
                self.found.calls.push(Call {
                    expr,
                    var: None,
                    is_one: *name == *"one",
                    in_loop: self.loops > 0,
                });
            }
            Kind::Unary(UnaryOp::Length, list) => {
                if let Some(var) = list.var() {
                    self.found.lengths.push((expr.span, var));
                    self.found.places.insert(list.span, Place::Length);
                }
            }
            Kind::Var(_) => self.found.variables.push(expr),
            _ => {}
        }
        let html = self.lowering.html;
        if let Some(page) = html.use_of(file, expr) {
            self.page(page, page.value && !page.begins_statement);
        }
        expr.each_child(&mut |child| self.expr(child));
    }

    /// A page, and whether it is rendered where it stands.
    fn page(&mut self, page: &Use<'a>, is_rendered: bool) {
        let results = self.lowering.html.results(page);
        let results = results.filter(|_| is_rendered && self.lowering.handlers.keep_globals);
        let results = results.map(|with| with.values.iter().map(|value| bare(value)).collect());
        let results: Vec<&'a Expr> = results.unwrap_or_default();
        let values = named(page.data).unwrap_or_default();
        for (_, value) in values {
            let span = bare(value).span;
            let is_walked = results.iter().any(|result| result.span == span);
            let place = match is_walked {
                true => Place::Page(page.range()),
                false => Place::OtherPage,
            };
            // What is known of it already is that the page is rendered.
            self.found.places.entry(span).or_insert(place);
        }
        if !results.is_empty() {
            self.found.pages.insert(page.range(), results);
        }
    }

    fn walks(&mut self) {
        let (names, file) = (self.lowering.names, self.handler.file);
        let body = &self.handler.function.body;
        let globals = self.lowering.handlers.keep_globals;
        let is_ipairs = |expr: &'a Expr| globals && names.global(file, expr) == Some("ipairs");
        let found = walks(self.found.chunk, body, &is_ipairs, &|expr| {
            is_result(names, file, expr)
        });
        for walk in &found {
            self.found.places.insert(walk.result.span, Place::Walk);
        }
        expressions(body, &mut |expr| {
            if let Kind::Call(callee, args) = &expr.kind
                && is_ipairs(callee)
                && let [result] = args.as_slice()
            {
                let places = &mut self.found.places;
                places.entry(result.span).or_insert(Place::OtherLoop);
            }
        });
        self.found.walks = found;
    }

    /// The parts of a response, or of a value that becomes one, which are written as JSON and
    /// seen by nobody else; whether it is the whole of what is returned.
    fn answer(&mut self, value: &'a Expr, is_whole: bool) {
        let file = self.handler.file;
        let servers = &self.lowering.handlers.servers;
        if let Some((object, _)) = with_header(value)
            && answered(servers, file, object).is_some()
        {
            return self.answer(object, is_whole);
        }
        match response(servers, file, value) {
            Some(Response::Json(_, json)) => self.json(json),
            Some(Response::Template(_, whole)) if is_whole => {
                let html = self.lowering.html;
                if let Some(page) = html.use_of(file, whole) {
                    self.page(page, true);
                }
            }
            Some(_) => {}
            None => self.json(value),
        }
    }

    fn json(&mut self, value: &'a Expr) {
        match &value.kind {
            Kind::Table(fields) => {
                for field in fields {
                    match field {
                        Field::Named(_, value) | Field::Item(value) => self.json(value),
                        Field::Keyed(..) => {}
                    }
                }
            }
            Kind::Paren(inner) => self.json(inner),
            // The left one is looked at only for whether it is there.
            Kind::Binary(BinaryOp::Or, left, right) => {
                self.json(left);
                self.answer(right, false);
            }
            _ => {
                self.found.places.insert(value.span, Place::Answer);
            }
        }
    }

    /// What a condition asks only whether it is there.
    fn asked(&mut self, condition: &'a Expr) {
        match &condition.kind {
            Kind::Var(_) => {
                self.found.places.insert(condition.span, Place::Asked);
            }
            Kind::Paren(inner) | Kind::Unary(UnaryOp::Not, inner) => self.asked(inner),
            Kind::Binary(BinaryOp::And | BinaryOp::Or, left, right) => {
                self.asked(left);
                self.asked(right);
            }
            Kind::Binary(BinaryOp::Equality, left, right) => match (&left.kind, &right.kind) {
                (Kind::Nil, Kind::Var(_)) => self.asked(right),
                (Kind::Var(_), Kind::Nil) => self.asked(left),
                _ => {}
            },
            _ => {}
        }
    }
}

/// What stands in parentheses.
fn bare(expr: &Expr) -> &Expr {
    match &expr.kind {
        Kind::Paren(inner) => bare(inner),
        _ => expr,
    }
}
