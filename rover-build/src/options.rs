//! The options of `rover.server`, checked.

use full_moon::ast::{Call, Expression, Field, FunctionArgs, FunctionCall, Prefix, Suffix};
use full_moon::visitors::Visitor;
use rover_model::{Limits, LogLevel, OPTIONS, Unit, parse_duration, parse_log_level, parse_size};

use crate::collect::OptionValue;
use crate::diagnostic::{Diagnostic, Position};
use crate::load::Sources;
use crate::model::{App, Options, Route};
use crate::suggest::nearest;
use crate::tree::{position, text};

pub(crate) fn options(
    sources: &Sources,
    given: &[(String, OptionValue)],
    diagnostics: &mut Vec<Diagnostic>,
) -> Options {
    let mut options = Options {
        host: "127.0.0.1".to_owned(),
        port: 4242,
        workers: 0,
        log_level: LogLevel::Info,
        docs: true,
        health: false,
        limits: Limits::DEFAULT,
        body_limits: Vec::new(),
        deadline: 1000,
        deadlines: Vec::new(),
        memory_limit: 128 << 20,
        strict_globals: false,
        title: None,
        version: None,
    };
    for (name, value) in given {
        if let Err(problem) = set_option(&mut options, name, value) {
            diagnostics.push(problem.at(option_position(sources, name), "this option"));
        }
    }
    options
}

fn whole(value: &OptionValue, max: f64) -> Option<f64> {
    match value {
        OptionValue::Number(n) if n.fract() == 0.0 && (0.0..=max).contains(n) => Some(*n),
        _ => None,
    }
}

fn set_option(options: &mut Options, name: &str, value: &OptionValue) -> Result<(), Diagnostic> {
    use OptionValue::{Boolean, Text};
    let wrong = |rule: &str| Diagnostic::new(format!("`{name}` must be {rule}"));
    match (name, value) {
        ("host", Text(host)) if !host.is_empty() && !host.contains([' ', '/']) => {
            options.host.clone_from(host);
        }
        ("host", _) => return Err(wrong("an address or a host name")),
        ("port", value) => match whole(value, 65535.0) {
            Some(port) => options.port = port as u16,
            None => return Err(wrong("an integer from 0 to 65535")),
        },
        ("workers", value) => match whole(value, 1024.0) {
            Some(count) if count >= 1.0 => options.workers = count as usize,
            _ => return Err(wrong("an integer from 1 to 1024")),
        },
        ("log_level", Text(level)) => match parse_log_level(level) {
            Ok(level) => options.log_level = level,
            Err(error) => return Err(Diagnostic::new(error.to_string())),
        },
        ("log_level", _) => return Err(wrong("debug, info, warn, error or off")),
        ("docs", Boolean(docs)) => options.docs = *docs,
        ("health", Boolean(health)) => options.health = *health,
        ("strict_globals", Boolean(strict)) => options.strict_globals = *strict,
        ("docs" | "health" | "strict_globals", _) => return Err(wrong("true or false")),
        ("body_limits", OptionValue::Table(routes)) => {
            for (route, value) in routes {
                let bytes = size(value)
                    .map_err(|problem| Diagnostic::new(format!("{route}: {problem}")))?;
                options.body_limits.push((route.clone(), bytes));
            }
        }
        ("body_limits", _) => {
            return Err(wrong("a table: { [\"POST /upload\"] = \"20MiB\" }"));
        }
        ("memory_limit", value) => options.memory_limit = memory_limit(value)?,
        ("deadline", value) => options.deadline = duration(value).map_err(Diagnostic::new)?,
        ("deadlines", OptionValue::Table(routes)) => {
            for (route, value) in routes {
                let millis = duration(value)
                    .map_err(|problem| Diagnostic::new(format!("{route}: {problem}")))?;
                options.deadlines.push((route.clone(), millis));
            }
        }
        ("deadlines", _) => {
            return Err(wrong("a table: { [\"GET /reports/{id}\"] = \"10s\" }"));
        }
        ("title", Text(text)) => options.title = Some(text.clone()),
        ("version", Text(text)) => options.version = Some(text.clone()),
        ("title" | "version", _) => return Err(wrong("a string")),
        (name, value) => return set_limit(&mut options.limits, name, value),
    }
    Ok(())
}

fn set_limit(limits: &mut Limits, name: &str, value: &OptionValue) -> Result<(), Diagnostic> {
    let Some((unit, limit)) = limits.get_mut(name) else {
        let names = || OPTIONS.iter().chain(Limits::NAMES).copied();
        let help = match nearest(name, names()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!(
                "the options are: {}",
                names().collect::<Vec<_>>().join(", ")
            ),
        };
        return Err(Diagnostic::new(format!("unknown option `{name}`")).help(help));
    };
    let named = |problem: String| Diagnostic::new(format!("`{name}`: {problem}"));
    *limit = match unit {
        Unit::Bytes => size(value).map_err(named)?,
        Unit::Time => duration(value).map_err(named)?.into(),
        Unit::TimeFrom(least) => match duration(value).map_err(named)?.into() {
            time if time == 0 || time >= least => time,
            _ => {
                let rule = format!(
                    "`{name}` must be 0 or at least {} seconds",
                    least as f64 / 1e3
                );
                return Err(Diagnostic::new(rule));
            }
        },
        Unit::Count(most) => match whole(value, most as f64) {
            Some(count) => count as u64,
            None => {
                let rule = format!("`{name}` must be an integer from 0 to {most}");
                return Err(Diagnostic::new(rule));
            }
        },
    };
    Ok(())
}

/// A number of bytes.
fn size(value: &OptionValue) -> Result<u64, String> {
    let rule = "a size is a whole number of bytes or a text such as \"1MiB\"";
    match value {
        OptionValue::Text(text) => parse_size(text).map_err(|error| error.to_string()),
        OptionValue::Number(_) => match whole(value, 9e15) {
            Some(size) => Ok(size as u64),
            None => Err(rule.to_owned()),
        },
        _ => Err(rule.to_owned()),
    }
}

/// The memory of a VM in bytes: no program runs in less than the least.
fn memory_limit(value: &OptionValue) -> Result<u64, Diagnostic> {
    const LEAST: u64 = 16 << 20;
    match size(value) {
        Ok(size @ (0 | LEAST..)) => Ok(size),
        Ok(_) => Err(Diagnostic::new(
            "`memory_limit` must be a size of at least \"16MiB\", or 0 for no limit",
        )),
        Err(problem) => Err(Diagnostic::new(format!("`memory_limit`: {problem}"))),
    }
}

/// A time in milliseconds.
fn duration(value: &OptionValue) -> Result<u32, String> {
    let text = match value {
        OptionValue::Text(text) => text.clone(),
        OptionValue::Number(seconds) => seconds.to_string(),
        _ => return Err("a time is a number of seconds or a text such as \"250ms\"".to_owned()),
    };
    parse_duration(&text).map_err(|error| error.to_string())
}

/// What each route has of its own, from the options `deadlines` and `body_limits`.
pub(crate) fn set_by_route(sources: &Sources, app: &mut App, diagnostics: &mut Vec<Diagnostic>) {
    let App {
        options, routes, ..
    } = app;
    for (name, millis) in &options.deadlines {
        match route(routes, name) {
            Ok(route) => route.deadline = *millis,
            Err(problem) => diagnostics.push(unknown_route(sources, "deadlines", problem)),
        }
    }
    for (name, bytes) in &options.body_limits {
        match route(routes, name) {
            Ok(route) => route.body_limit = *bytes,
            Err(problem) => diagnostics.push(unknown_route(sources, "body_limits", problem)),
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

fn unknown_route(sources: &Sources, option: &str, problem: Diagnostic) -> Diagnostic {
    problem.at(option_position(sources, option), "this option")
}

/// Where an option is written, as far as can be seen: its field in the constructor that
/// `rover.server` is called with, or else that call.
fn option_position(sources: &Sources, name: &str) -> Position {
    let found = sources.files.iter().find_map(|file| {
        let mut finder = Finder {
            file: &file.name,
            option: name,
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
    option: &'a str,
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
        if text(rover) != "rover" || server.to_string().trim() != ".server" {
            return;
        }
        self.call = Some(position(self.file, rover));
        let table = match &**arguments {
            FunctionArgs::TableConstructor(table) => table,
            FunctionArgs::Parentheses { arguments, .. } => match arguments.iter().next() {
                Some(Expression::TableConstructor(table)) => table,
                _ => return,
            },
            _ => return,
        };
        for field in table.fields() {
            if let Field::NameKey { key, .. } = field
                && text(key) == self.option
            {
                self.field = Some(position(self.file, key));
            }
        }
    }
}
