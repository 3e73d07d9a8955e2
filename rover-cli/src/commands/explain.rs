//! `rover explain`: what the compiler understood of a route, and what it made of it.

mod find;
mod written;

use std::fmt::Write;
use std::process::ExitCode;

use anstyle::{AnsiColor, Style};
use rover_build::{
    Became, Checking, Compiled, Explained, ExplainedStatement, Explanation, ReturnType, Route,
    Schema,
};
use rover_model::plan::{self, Precheck};

use crate::args::Explain;
use crate::error::Error;
use crate::manifest::Manifest;
use crate::output;

const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();
const GREEN: Style = AnsiColor::Green.on_default();
const YELLOW: Style = AnsiColor::Yellow.on_default();

/// The longest text of a program's that is shown.
const MAX_TEXT: usize = 60;

pub(crate) fn run(explain: &Explain) -> Result<ExitCode, Error> {
    let compiled = Manifest::find(&explain.manifest)?.explain()?;
    let found = find::routes(&compiled.app, &explain.route)?;
    let told: Vec<String> = found.iter().map(|at| told(&compiled, *at)).collect();
    output::print(&told.join("\n"))
}

/// All of a route, by its number.
fn told(compiled: &Compiled, at: usize) -> String {
    let (route, made) = (&compiled.app.routes[at], &compiled.plan.routes[at]);
    let explained = &compiled.explained[at];
    let mut text = String::new();
    let (method, pattern) = (route.method.as_str(), route.pattern());
    let place = &route.position;
    let _ = writeln!(
        text,
        "{BOLD}{method} {pattern}{BOLD:#}   {}:{}",
        place.file, place.line
    );
    for line in [&route.about.summary, &route.about.description] {
        if !line.is_empty() {
            let _ = writeln!(text, "{DIM}{line}{DIM:#}");
        }
    }
    text.push('\n');
    let constant = match (explained.kept, explained.varies) {
        _ if made.needs.constant => "yes: it is asked once, when a worker starts".to_owned(),
        (Some(_), _) => "no".to_owned(),
        (None, why) => format!("no: {}", why.unwrap_or("it reads the request")),
    };
    let ctx = match made.needs.ctx {
        true => "made for each request",
        false => "not needed: what is read comes from the request itself",
    };
    let rows = [
        ("reads", reads(route)),
        ("body", body(route, made)),
        ("before", hooks(compiled, &route.before)),
        ("after", hooks(compiled, &route.after)),
        ("ctx", ctx.to_owned()),
        ("constant", constant),
        ("checked", checked(route, made)),
        ("answers", answers(&route.returns)),
        ("waits", waits(made, explained)),
        ("time", time(route, made)),
    ];
    let statements = explained.statements.iter().map(statement);
    let statements: Vec<String> = statements.collect();
    let statements = ("sql", statements.join("\n            "));
    let rows = rows.iter().chain([&statements]);
    for (name, value) in rows.filter(|(_, value)| !value.is_empty()) {
        let _ = writeln!(text, "  {name:<9} {value}");
    }
    if let Some(why) = explained.kept {
        let _ = writeln!(
            text,
            "\n  {YELLOW}-{YELLOW:#} all of it stays as it is written: {why}"
        );
    }
    if !explained.parts.is_empty() {
        text.push('\n');
    }
    for part in &explained.parts {
        text.push_str(&self::part(compiled, part, made.precheck));
    }
    text
}

/// The hooks of a route, in the order in which they run.
fn hooks(compiled: &Compiled, numbers: &[usize]) -> String {
    let hooks = numbers.iter().map(|number| {
        let hook = &compiled.app.path_hooks[*number];
        let path = hook.pattern();
        let name = match hook.name.as_str() {
            "" => String::new(),
            name => format!("`{name}` "),
        };
        let place = &hook.position;
        let own = match &hook.own {
            None => String::new(),
            Some(own) => format!("{} ", own.word),
        };
        format!("{name}{own}of {path} at {}:{}", place.file, place.line)
    });
    hooks.collect::<Vec<_>>().join(", then ")
}

/// A statement, and how much of it is checked.
fn statement(statement: &ExplainedStatement) -> String {
    let ExplainedStatement {
        position,
        method,
        text,
        checked,
    } = statement;
    let checked = match checked {
        Checking::Whole(with) => format!("checked by {with}"),
        Checking::Partly(what, why) => format!("checked is {what}: {why}"),
        Checking::Nothing(why) => format!("left to run time: {why}"),
    };
    let text = match text.is_empty() {
        true => String::new(),
        false => format!(" {}", short(text)),
    };
    format!(
        "{}:{} {method}{text}: {checked}",
        position.file, position.line
    )
}

/// As much of a text as is shown.
fn short(text: &str) -> String {
    match text.chars().count() > MAX_TEXT {
        true => text.chars().take(MAX_TEXT).collect::<String>() + " ...",
        false => text.to_owned(),
    }
}

/// Whether it waits, and by which calls.
fn waits(made: &plan::Route, explained: &Explained) -> String {
    let calls = explained.waits.iter();
    let calls: Vec<String> = calls
        .map(|call| {
            format!(
                "{} at {}:{}",
                call.name, call.position.file, call.position.line
            )
        })
        .collect();
    match (made.needs.waits, calls.is_empty()) {
        (false, _) => "no: it is called directly".to_owned(),
        (true, true) => "it may: the program's text does not show what it calls".to_owned(),
        (true, false) => format!("it may: it calls {}", calls.join(", which calls ")),
    }
}

fn time(route: &Route, made: &plan::Route) -> String {
    let cpu = limit(u64::from(route.deadline), "ms of CPU time");
    match made.needs.waits {
        true => format!(
            "{cpu}; waiting included {}",
            limit(u64::from(route.timeout), "ms")
        ),
        false => cpu,
    }
}

fn reads(route: &Route) -> String {
    let reads = &route.reads;
    let named = [
        ("parameter", &reads.params),
        ("query", &reads.query),
        ("header", &reads.headers),
        ("cookie", &reads.cookies),
        ("ctx", &reads.members),
    ];
    let named = named.iter().flat_map(|(kind, names)| {
        names.iter().map(move |name| match *kind {
            "ctx" => format!("ctx.{name}"),
            kind => format!("{kind} `{name}`"),
        })
    });
    let mut all: Vec<String> = named.collect();
    if reads.escapes {
        all.push("anything: `ctx` is kept, passed on, or not seen".to_owned());
    }
    match all.is_empty() {
        true => "nothing by name".to_owned(),
        false => all.join(", "),
    }
}

fn body(route: &Route, made: &plan::Route) -> String {
    if !made.needs.body {
        return "not read".to_owned();
    }
    let limit = match route.body_limit {
        kib if kib > 0 && kib % 1024 == 0 => limit(kib / 1024, "KiB"),
        bytes => limit(bytes, "bytes"),
    };
    match route.reads.body.as_slice() {
        [] => format!("read, {limit}"),
        methods => format!("read by `{}`, {limit}", methods.join("`, `")),
    }
}

fn limit(most: u64, unit: &str) -> String {
    match most {
        0 => "without a limit".to_owned(),
        most => format!("at most {most} {unit}"),
    }
}

fn checked(route: &Route, made: &plan::Route) -> String {
    let expects = &route.expects;
    let parts = [
        ("body", &expects.body),
        ("query", &expects.query),
        ("parameters", &expects.params),
    ];
    let first = made.precheck.map(|precheck| usize::from(precheck.source));
    let parts = parts
        .iter()
        .enumerate()
        .filter_map(|(source, (name, schema))| {
            let fields = fields(schema.as_ref()?);
            let when = match first == Some(source) {
                true => ", before the handler runs",
                false => "",
            };
            Some(format!("{name}{fields}{when}"))
        });
    parts.collect::<Vec<_>>().join("; ")
}

fn fields(schema: &Schema) -> String {
    let names: Vec<&str> = schema.fields().iter().map(|f| f.name.as_ref()).collect();
    match names.is_empty() {
        true => String::new(),
        false => format!(" {{ {} }}", names.join(", ")),
    }
}

fn answers(returns: &[ReturnType]) -> String {
    let all: Vec<String> = returns.iter().map(ReturnType::to_string).collect();
    match all.is_empty() {
        true => "nothing".to_owned(),
        false => all.join("\n            "),
    }
}

fn part(compiled: &Compiled, part: &Explanation, precheck: Option<Precheck>) -> String {
    let at = &part.position;
    let written = short(&part.text);
    let (sign, style) = match part.became {
        Became::Kept(..) | Became::Rows(Some(_)) => ("-", YELLOW),
        _ => ("+", GREEN),
    };
    let place = format!("{}:{}", at.file, at.line);
    let became = became(compiled, &part.became, precheck);
    format!("  {style}{sign}{style:#} {place}  {BOLD}{written}{BOLD:#}\n      {became}\n")
}

fn became(compiled: &Compiled, became: &Became, precheck: Option<Precheck>) -> String {
    match became {
        Became::Read => "read from the request, no table is made".to_owned(),
        Became::Checked { table } => {
            let when = match precheck {
                Some(_) => "checked by the compiled schema",
                None => {
                    "checked by the compiled schema, where it stands: something may be noticed before"
                }
            };
            match table {
                None => format!("{when}; no table is made of it"),
                Some(why) => format!("{when}; a table is made of it: {why}"),
            }
        }
        Became::WrittenList => "written as JSON while it is filled, no table is made".to_owned(),
        Became::Rows(None) => {
            "rows stay as the driver has left them, no tables are made".to_owned()
        }
        Became::Rows(Some((why, None))) => format!("rows become tables: {why}"),
        Became::Rows(Some((why, Some(at)))) => {
            format!("rows become tables: {why}, {}:{}", at.file, at.line)
        }
        Became::Template(number) => {
            let template = number
                .checked_sub(1)
                .and_then(|at| compiled.plan.templates.get(at));
            let shown = template.map(written::template).unwrap_or_default();
            format!("written as JSON: {shown}")
        }
        Became::Text => "written part by part".to_owned(),
        Became::Page => "written into the response while the page is made".to_owned(),
        Became::Kept(why, None) => format!("as it is written: {why}"),
        Became::Kept(why, Some(at)) => {
            format!("as it is written: {why}, {}:{}", at.file, at.line)
        }
    }
}
