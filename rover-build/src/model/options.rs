//! The options of `rover.server`, checked.

use rover_model::{OptionValue, ServerOptions, SetError};

use crate::analyse::names::Names;
use crate::diagnostic::{Diagnostic, Position};
use crate::front::hir::{Expr, Field, Kind, Name, Span, Stmt};
use crate::front::ids::FileId;
use crate::model::app::{App, Route};
use crate::vocabulary::{self, OPTIONS, nearest};

pub(crate) fn options(
    names: &Names<'_>,
    given: &[(String, OptionValue)],
    diagnostics: &mut Vec<Diagnostic>,
) -> ServerOptions {
    let mut options = ServerOptions::default();
    for (name, value) in given {
        if let Err(error) = options.set(name, value) {
            diagnostics.extend(problems(names, name, error));
        }
    }
    options
}

fn problems(names: &Names<'_>, name: &str, error: SetError) -> Vec<Diagnostic> {
    let here = |problem: Diagnostic| {
        let position = option_position(names, name, Inner::Whole);
        vec![problem.at(position, "this option")]
    };
    match error {
        SetError::Value(error) => here(Diagnostic::new(error.to_string())),
        SetError::Unknown => here(unknown(name)),
        SetError::Routes(wrong) => {
            let wrong = wrong.into_iter().map(|(route, error)| {
                let position = option_position(names, name, Inner::Field(&route));
                Diagnostic::new(format!("`{name}`: {error}")).at(position, "of this route")
            });
            wrong.collect()
        }
        SetError::Items(wrong) => {
            let wrong = wrong.into_iter().map(|wrong| {
                let position = option_position(names, name, Inner::Item(wrong.at));
                Diagnostic::new(format!("`{name}`: {}", wrong.problem))
                    .at(position, "this item")
                    .help(wrong.help)
            });
            wrong.collect()
        }
    }
}

fn unknown(name: &str) -> Diagnostic {
    if vocabulary::is_planned(OPTIONS, name) {
        let message = vocabulary::unavailable(name);
        return Diagnostic::new(format!("the option {message}"));
    }
    let names = vocabulary::members(OPTIONS);
    let help = match nearest(name, names.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("the options are: {}", names.join(", ")),
    };
    Diagnostic::new(format!("unknown option `{name}`")).help(help)
}

/// What each route has of its own, from the options `deadlines` and `body_limits`.
pub(crate) fn set_by_route(names: &Names<'_>, app: &mut App, diagnostics: &mut Vec<Diagnostic>) {
    let App {
        options, routes, ..
    } = app;
    for (name, millis) in &options.deadlines {
        match route(routes, name) {
            Ok(route) => route.deadline = *millis,
            Err(problem) => diagnostics.push(unknown_route(names, "deadlines", name, problem)),
        }
    }
    for (name, bytes) in &options.body_limits {
        match route(routes, name) {
            Ok(route) => route.body_limit = *bytes,
            Err(problem) => diagnostics.push(unknown_route(names, "body_limits", name, problem)),
        }
    }
}

/// The route of a name such as `GET /users/{id}`.
fn route<'r>(routes: &'r mut [Route], wanted: &str) -> Result<&'r mut Route, Diagnostic> {
    let name = |route: &Route| format!("{} {}", route.method, route.pattern());
    let names: Vec<String> = routes.iter().map(name).collect();
    match names.iter().position(|name| name == wanted) {
        Some(index) => Ok(&mut routes[index]),
        None => {
            let help = match nearest(wanted, names.iter().map(String::as_str)) {
                Some(near) => format!("did you mean `{near}`?"),
                None => "a route is written as `GET /users/{id}`".to_owned(),
            };
            Err(Diagnostic::new(format!("there is no route `{wanted}`")).help(help))
        }
    }
}

fn unknown_route(names: &Names<'_>, option: &str, name: &str, problem: Diagnostic) -> Diagnostic {
    let label = format!("named in `{option}`");
    problem.at(option_position(names, option, Inner::Field(name)), label)
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
