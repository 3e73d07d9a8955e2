//! The options of `rover.server`, checked.

use full_moon::ast::{
    Call, Expression, Field, FunctionArgs, FunctionCall, LocalAssignment, Prefix, Suffix,
    TableConstructor, Var,
};
use full_moon::node::Node;
use full_moon::tokenizer::TokenReference;
use full_moon::visitors::Visitor;
use rover_model::{OptionValue, ServerOptions, SetError};

use crate::diagnostic::{Diagnostic, Position};
use crate::front::load::Sources;
use crate::front::tree::{position, text};
use crate::model::app::{App, Route};
use crate::vocabulary::{self, OPTIONS, nearest};

pub(crate) fn options(
    sources: &Sources,
    given: &[(String, OptionValue)],
    diagnostics: &mut Vec<Diagnostic>,
) -> ServerOptions {
    let mut options = ServerOptions::default();
    for (name, value) in given {
        if let Err(error) = options.set(name, value) {
            diagnostics.extend(problems(sources, name, error));
        }
    }
    options
}

fn problems(sources: &Sources, name: &str, error: SetError) -> Vec<Diagnostic> {
    let here = |problem: Diagnostic| {
        let position = option_position(sources, name, Inner::Whole);
        vec![problem.at(position, "this option")]
    };
    match error {
        SetError::Value(error) => here(Diagnostic::new(error.to_string())),
        SetError::Unknown => here(unknown(name)),
        SetError::Routes(wrong) => {
            let wrong = wrong.into_iter().map(|(route, error)| {
                let position = option_position(sources, name, Inner::Field(&route));
                Diagnostic::new(format!("`{name}`: {error}")).at(position, "of this route")
            });
            wrong.collect()
        }
        SetError::Items(wrong) => {
            let wrong = wrong.into_iter().map(|wrong| {
                let position = option_position(sources, name, Inner::Item(wrong.at));
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
pub(crate) fn set_by_route(sources: &Sources, app: &mut App, diagnostics: &mut Vec<Diagnostic>) {
    let App {
        options, routes, ..
    } = app;
    for (name, millis) in &options.deadlines {
        match route(routes, name) {
            Ok(route) => route.deadline = *millis,
            Err(problem) => diagnostics.push(unknown_route(sources, "deadlines", name, problem)),
        }
    }
    for (name, bytes) in &options.body_limits {
        match route(routes, name) {
            Ok(route) => route.body_limit = *bytes,
            Err(problem) => diagnostics.push(unknown_route(sources, "body_limits", name, problem)),
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

fn unknown_route(sources: &Sources, option: &str, name: &str, problem: Diagnostic) -> Diagnostic {
    let label = format!("named in `{option}`");
    problem.at(option_position(sources, option, Inner::Field(name)), label)
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
fn option_position(sources: &Sources, name: &str, inner: Inner<'_>) -> Position {
    let found = sources.files.iter().find_map(|file| {
        let mut finder = Finder {
            file: &file.name,
            text: file.whole_text(),
            option: name,
            inner,
            locals: Vec::new(),
            call: None,
            field: None,
        };
        finder.visit_ast(&file.ast);
        finder.field.or(finder.call)
    });
    found.unwrap_or_else(|| Position {
        file: sources.files[0].name.clone(),
        line: 1,
        column: 0,
    })
}

struct Finder<'a> {
    file: &'a str,
    text: &'a str,
    option: &'a str,
    inner: Inner<'a>,
    /// Constructors that locals were given so far.
    locals: Vec<(String, TableConstructor)>,
    call: Option<Position>,
    field: Option<Position>,
}

impl Visitor for Finder<'_> {
    fn visit_function_call(&mut self, call: &FunctionCall) {
        let Prefix::Name(rover) = call.prefix() else {
            return;
        };
        let suffixes: Vec<&Suffix> = call.suffixes().collect();
        let [
            Suffix::Index(server),
            Suffix::Call(Call::AnonymousCall(arguments)),
            ..,
        ] = suffixes.as_slice()
        else {
            return;
        };
        if rover.token().to_string() != "rover" || server.to_string().trim() != ".server" {
            return;
        }
        self.call = Some(position(self.file, self.text, rover));
        let table = match &**arguments {
            FunctionArgs::TableConstructor(table) => Some(&**table),
            FunctionArgs::Parentheses { arguments, .. } => arguments
                .iter()
                .next()
                .and_then(|argument| self.constructor(argument)),
            _ => None,
        };
        let Some((key, value)) = table.and_then(|table| field(self.text, table, self.option))
        else {
            return;
        };
        let table = self.constructor(value);
        let inner = table.and_then(|table| match self.inner {
            Inner::Whole => None,
            Inner::Field(name) => field(self.text, table, name).map(|(key, _)| key),
            Inner::Item(at) => item(table, at),
        });
        self.field = Some(position(self.file, self.text, inner.unwrap_or(key)));
    }

    fn visit_local_assignment(&mut self, local: &LocalAssignment) {
        for (name, value) in local.names().iter().zip(local.expressions()) {
            if let Expression::TableConstructor(table) = value {
                self.locals.push((text(self.text, name), (**table).clone()));
            }
        }
    }
}

impl Finder<'_> {
    /// The constructor that an expression is, or the one of a local that it names.
    fn constructor<'e>(&'e self, expression: &'e Expression) -> Option<&'e TableConstructor> {
        match expression {
            Expression::TableConstructor(table) => Some(table),
            Expression::Var(Var::Name(name)) => {
                let name = text(self.text, name);
                let mut locals = self.locals.iter().rev();
                locals
                    .find(|(local, _)| *local == name)
                    .map(|(_, table)| table)
            }
            _ => None,
        }
    }
}

/// Where an item of a constructor begins, from 0 on.
fn item(table: &TableConstructor, at: usize) -> Option<&TokenReference> {
    let mut items = table.fields().iter().filter_map(|field| match field {
        Field::NoKey(value) => value.tokens().next(),
        _ => None,
    });
    items.nth(at)
}

/// A constructor's field: `name = value` or `["name"] = value`.
fn field<'t>(
    file: &str,
    table: &'t TableConstructor,
    name: &str,
) -> Option<(&'t TokenReference, &'t Expression)> {
    table.fields().iter().find_map(|field| match field {
        Field::NameKey { key, value, .. } => (text(file, key) == name).then_some((key, &**value)),
        Field::ExpressionKey { key, value, .. } => match &**key {
            Expression::String(key) if text(file, key) == name => Some((key, &**value)),
            _ => None,
        },
        _ => None,
    })
}
