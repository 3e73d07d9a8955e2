//! The variables of the environment that the program reads, and what may not depend on them.

use rover_model::guard::{Constant, Kind, Schema};
use rover_model::plan::Variable;
use rover_model::{OptionValue, ServerOptions};

use crate::analyse::environment::Mentions;
use crate::collect::option_value::has_placeholder;
use crate::collect::{Asked, Collected, Word};
use crate::diagnostic::codes::routes::{environment, getenv};
use crate::diagnostic::{Diagnostic, Position};
use crate::front::load::Sources;
use crate::model::doc_comment::about;
use crate::model::facts::Facts;

/// Every variable once: those that are declared first, each in the order of the text.
pub(crate) fn variables(facts: &Facts<'_>, collected: &Collected) -> Vec<Variable> {
    let mentions = Mentions::find(facts.names);
    let mut found: Vec<Variable> = Vec::new();
    let mut add = |variable: Variable| {
        if !found.iter().any(|known| known.name == variable.name) {
            found.push(variable);
        }
    };
    let schema = |name: &str| {
        let mut declared = collected.declared.iter();
        declared
            .find(|(known, _)| known == name)
            .map(|(_, schema)| schema)
    };
    for (name, position) in &mentions.declared {
        if let Some(schema) = schema(name) {
            add(declared(facts.sources, name, schema, position));
        }
    }
    // Where the table is made by a function, the text shows no names.
    for asked in &collected.asked {
        if let Some(schema) = schema(&asked.name) {
            add(declared(
                facts.sources,
                &asked.name,
                schema,
                &asked.position,
            ));
        }
    }
    let read = collected
        .asked
        .iter()
        .map(|asked| (&asked.name, &asked.position));
    let texts = mentions
        .read
        .iter()
        .map(|(name, position)| (name, position));
    for (name, position) in texts.chain(read) {
        add(Variable {
            name: name.clone().into(),
            kind: "string".into(),
            required: false,
            default: None,
            about: said(facts.sources, position).into(),
            source: source(position).into(),
        });
    }
    found
}

fn declared(sources: &Sources, name: &str, schema: &Schema, position: &Position) -> Variable {
    let kind = match &schema.kind {
        Kind::String(rules) if !rules.choices.is_empty() => rules.choices.join("|"),
        kind => kind.name().to_owned(),
    };
    Variable {
        name: name.to_owned().into(),
        kind: kind.into(),
        required: schema.required && schema.default.is_none(),
        default: schema.default.as_ref().map(|default| shown(default).into()),
        about: said(sources, position).into(),
        source: source(position).into(),
    }
}

/// A default as programs write it.
fn shown(default: &Constant) -> String {
    match default {
        Constant::Text(text) => format!("\"{text}\""),
        Constant::Number(number) => number.to_string(),
        Constant::Boolean(value) => value.to_string(),
        _ => "a table".to_owned(),
    }
}

/// What the comment above a line says, in one line.
fn said(sources: &Sources, position: &Position) -> String {
    let about = about(sources, &position.file, position.line);
    let text = format!("{} {}", about.summary, about.description);
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn source(position: &Position) -> String {
    format!("{}:{}", position.file, position.line)
}

/// The routes that depend on what words of `rover` give.
pub(crate) fn mistakes(facts: &Facts<'_>, collected: &Collected) -> Vec<Diagnostic> {
    told(facts, collected, true, environment::decides)
}

/// The routes that depend on `os.getenv`: the program starts where that gives nothing.
pub(crate) fn warnings(facts: &Facts<'_>, collected: &Collected) -> Vec<Diagnostic> {
    told(facts, collected, false, getenv::may_decide)
}

fn told(
    facts: &Facts<'_>,
    collected: &Collected,
    by_rover: bool,
    tell: fn(environment::Route<'_>) -> Diagnostic,
) -> Vec<Diagnostic> {
    let routes = collected.dependent.routes.iter();
    let mut routes = routes.filter(|route| route.by_rover == by_rover).peekable();
    if routes.peek().is_none() {
        return Vec::new();
    }
    let mentions = Mentions::find(facts.names);
    let place = |asked: &Asked| {
        let mut declared = mentions.declared.iter();
        match declared.find(|(name, _)| asked.word == Word::Declared && *name == asked.name) {
            Some((_, position)) => position.clone(),
            None => asked.position.clone(),
        }
    };
    let told = routes.map(|route| {
        let asked = route.variable.as_ref();
        tell(environment::Route {
            key: &route.key,
            is_there: route.is_there,
            position: route.position.clone(),
            variable: asked.map(|asked| environment::Variable {
                name: &asked.name,
                written: (asked.word != Word::Declared).then(|| asked.written()),
                position: place(asked),
            }),
        })
    });
    told.collect()
}

/// Whether an option of `rover.server` has a value that is not the program's own.
pub(crate) fn is_of_start(collected: &Collected, name: &str, value: &OptionValue) -> bool {
    collected.dependent.options.contains(name) || has_placeholder(value)
}

/// Whether an option is part of the compiled program.
pub(crate) fn is_compiled_in(name: &str) -> bool {
    let options = ServerOptions::default().compiled_in();
    options.iter().any(|(known, _)| *known == name)
}
