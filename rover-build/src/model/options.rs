//! The options of `rover.server`, checked.

use rover_model::{ServerOptions, SetError};

use crate::analyse::names::Names;
use crate::collect::Collected;
use crate::collect::option_value::has_placeholder;
use crate::diagnostic::codes::options::{environment, route, unknown, value};
use crate::diagnostic::codes::words::unavailable;
use crate::diagnostic::{Diagnostic, Position};
use crate::front::hir::{Expr, Field, Kind, Name, Span, Stmt};
use crate::front::ids::FileId;
use crate::model::app::{App, Route};
use crate::model::environment::{is_compiled_in, is_of_start};
use crate::vocabulary::{self, OPTIONS};

pub(crate) fn options(
    names: &Names<'_>,
    collected: &Collected,
    diagnostics: &mut Vec<Diagnostic>,
) -> ServerOptions {
    let mut options = ServerOptions::default();
    for (name, value) in &collected.options {
        let wrong = match is_of_start(collected, name, value) {
            // The value of the start is looked at there, and the plan has none.
            true if is_compiled_in(name) => {
                let at = option_position(names, name, Inner::Whole);
                diagnostics.push(environment::compiled_in(at, name));
                Ok(())
            }
            true if has_placeholder(value) => Ok(()),
            true => ServerOptions::default().set(name, value),
            false => options.set(name, value),
        };
        if let Err(error) = wrong {
            diagnostics.extend(problems(names, name, error));
        }
    }
    options
}

fn problems(names: &Names<'_>, name: &str, error: SetError) -> Vec<Diagnostic> {
    let here = || option_position(names, name, Inner::Whole);
    match error {
        SetError::Value(error) => vec![value::wrong(here(), error)],
        SetError::Unknown if vocabulary::is_planned(OPTIONS, name) => {
            vec![unavailable::option(here(), name)]
        }
        SetError::Unknown => {
            vec![unknown::option(here(), name, vocabulary::members(OPTIONS))]
        }
        SetError::Routes(wrong) => {
            let wrong = wrong.into_iter().map(|(route, error)| {
                let position = option_position(names, name, Inner::Field(&route));
                value::wrong_for_route(position, name, error)
            });
            wrong.collect()
        }
        SetError::Items(wrong) => {
            let wrong = wrong.into_iter().map(|wrong| {
                let position = option_position(names, name, Inner::Item(wrong.at));
                value::wrong_item(position, name, &wrong.problem, &wrong.help)
            });
            wrong.collect()
        }
    }
}

/// What each route has of its own, from the options `deadlines`, `timeouts` and
/// `body_limits`.
pub(crate) fn set_by_route(names: &Names<'_>, app: &mut App, diagnostics: &mut Vec<Diagnostic>) {
    let App {
        options, routes, ..
    } = app;
    let known: Vec<String> = routes.iter().map(name).collect();
    let place = |wanted: &str| known.iter().position(|name| name == wanted);
    let mut missing = |option, wanted: &str| {
        let position = option_position(names, option, Inner::Field(wanted));
        let known = known.iter().map(String::as_str);
        diagnostics.push(route::unknown(position, option, wanted, known));
    };
    for (name, millis) in &options.deadlines {
        match place(name) {
            Some(at) => routes[at].deadline = *millis,
            None => missing("deadlines", name),
        }
    }
    for (name, millis) in &options.timeouts {
        match place(name) {
            Some(at) => routes[at].timeout = *millis,
            None => missing("timeouts", name),
        }
    }
    for (name, bytes) in &options.body_limits {
        match place(name) {
            Some(at) => routes[at].body_limit = *bytes,
            None => missing("body_limits", name),
        }
    }
}

/// A route as people name it: `GET /users/{id}`.
fn name(route: &Route) -> String {
    format!("{} {}", route.method, route.pattern())
}

/// What of an option is looked for.
#[derive(Clone, Copy)]
enum Inner<'a> {
    /// The option itself.
    Whole,
    /// A field of its table.
    Field(&'a str),
    /// An item of its list, from 0 on.
    Item(usize),
}

/// Where an option is written, or a part of its table, as far as can be seen: in the
/// constructor that `rover.server` is called with, which a local may hold, or else that call.
fn option_position(names: &Names<'_>, option: &str, inner: Inner<'_>) -> Position {
    let files = names.sources.files.numbered();
    let mut found = files.filter_map(|(file, source)| {
        let mut finder = Finder {
            names,
            file,
            option,
            inner,
            call: None,
            field: None,
        };
        for function in &source.hir.functions {
            finder.block(&function.body);
        }
        Some(source.position(finder.field.or(finder.call)?))
    });
    found.next().unwrap_or_else(|| Position {
        file: names.sources.files[FileId::MANIFEST].name.clone(),
        line: 1,
        column: 0,
    })
}

struct Finder<'a, 'n> {
    names: &'n Names<'a>,
    file: FileId,
    option: &'n str,
    inner: Inner<'n>,
    call: Option<usize>,
    field: Option<usize>,
}

impl Finder<'_, '_> {
    fn block(&mut self, block: &[Stmt]) {
        for stmt in block {
            let (mut exprs, mut blocks) = (Vec::new(), Vec::new());
            stmt.parts(&mut |e| exprs.push(e), &mut |b| blocks.push(b));
            exprs.into_iter().for_each(|e| self.expr(e));
            blocks.into_iter().for_each(|b| self.block(b));
        }
    }

    fn expr(&mut self, expr: &Expr) {
        if let Kind::Call(callee, args) = &expr.kind
            && self.names.of_rover(self.file, callee) == Some("server")
        {
            self.call = Some(callee.span.start);
            let table = args.first();
            let option = table.and_then(|table| self.field(table, self.option));
            if let Some((key, value)) = option {
                let inner = match self.inner {
                    Inner::Whole => None,
                    Inner::Field(name) => self.field(value, name).map(|(key, _)| key.span),
                    Inner::Item(at) => self.item(value, at),
                };
                self.field = Some(inner.unwrap_or(key.span).start);
            }
        }
        expr.each_child(&mut |child| self.expr(child));
    }

    /// The fields of the constructor that an expression is, or that a local holds.
    fn fields<'e>(&self, table: &'e Expr) -> &'e [Field]
    where
        Self: 'e,
    {
        match &self.names.followed(self.file, table).kind {
            Kind::Table(fields) => fields,
            _ => &[],
        }
    }

    /// Where an item of a constructor stands, from 0 on.
    fn item(&self, table: &Expr, at: usize) -> Option<Span> {
        let mut items = self.fields(table).iter().filter_map(|field| match field {
            Field::Item(value) => Some(value.span),
            _ => None,
        });
        items.nth(at)
    }

    /// A field of a constructor.
    fn field<'e>(&self, table: &'e Expr, name: &str) -> Option<(&'e Name, &'e Expr)>
    where
        Self: 'e,
    {
        self.fields(table).iter().find_map(|field| match field {
            Field::Named(key, value) if *key == *name => Some((key, value)),
            _ => None,
        })
    }
}
