//! Variables of the environment, by the schemas of `rover.env { ... }`: each is a text, which
//! becomes what its schema asks for, as in a query.

use std::fmt;

use super::checked::{Checked, Text, Value};
use super::constant::Constant;
use super::fault::Got;
use super::given::Given;
use super::options::Wrong;
use super::rules::{Patterns, number_of, truth_of};
use super::schema::{Field, Kind, Length, Range, Schema};

/// The value that a text of a query, a form or the environment has by a schema; `keep` keeps a
/// text.
#[inline]
pub fn value_of(schema: &Schema, text: &str, keep: impl FnOnce(&str) -> Text) -> Value {
    match &schema.kind {
        Kind::String(_) | Kind::Any => Value::Text(keep(text)),
        // A field of a form that was left empty.
        Kind::Number(_) | Kind::Integer(_) | Kind::Boolean if text.is_empty() => Value::Absent,
        Kind::Number(_) | Kind::Integer(_) => {
            number_of(text).map_or(Value::Other(Got::String), Value::Number)
        }
        Kind::Boolean => truth_of(text).map_or(Value::Other(Got::String), Value::Boolean),
        Kind::Array(..) | Kind::Object(_) => Value::Other(Got::String),
    }
}

/// What stands for a required text in the build begins so.
pub const PLACEHOLDER: &str = "<rover.env.";

/// The schema of a table of variables: an object's.
///
/// # Errors
/// With what is wrong with it.
pub fn variables(given: &Given, patterns: &dyn Patterns) -> Result<Schema, Wrong> {
    let Given::Table { items, fields } = given else {
        return Err(Wrong::new("a table of names and schemas is expected"));
    };
    if !items.is_empty() {
        let message = "a variable has a name: `NAME = rover.guard:string()`";
        return Err(Wrong::new(message));
    }
    let variable = |(name, schema): &(String, Given)| {
        let schema = Schema::from_given(schema, patterns)
            .map_err(|wrong| Wrong::new(format!("`{name}`: {wrong}")))?;
        match schema.kind {
            Kind::Array(..) | Kind::Object(_) => Err(Wrong::new(format!(
                "`{name}` is one text: its schema is a string, a number, an integer or a boolean"
            ))),
            _ => Ok(Field::new(name.clone().into(), schema)),
        }
    };
    let fields = fields.iter().map(variable).collect::<Result<Vec<_>, _>>()?;
    Ok(Schema::new(Kind::Object(fields.into())))
}

/// What stands for a variable in the build, and at the start in place of one that is wrong,
/// until everything is checked. `None` is nil: the program may find none at the start.
pub fn placeholder(name: &str, schema: &Schema) -> Option<Constant> {
    if let Some(default) = &schema.default {
        return Some(default.clone());
    }
    schema.required.then(|| match &schema.kind {
        Kind::Number(range) | Kind::Integer(range) => Constant::Number(within(range, 1.0)),
        Kind::Boolean => Constant::Boolean(false),
        Kind::String(rules) if !rules.choices.is_empty() => {
            Constant::Text(rules.choices[0].clone())
        }
        _ => Constant::Text(format!("{PLACEHOLDER}{name}>").into()),
    })
}

/// Another value than the placeholder, which the variable may have at a start: by these two it
/// is seen what depends on it. `None` where no other one is known to be allowed.
pub fn alternative(name: &str, schema: &Schema, compared: Option<&str>) -> Option<Constant> {
    let usual = placeholder(name, schema);
    let another = match &schema.kind {
        Kind::Number(range) | Kind::Integer(range) => {
            let number = match usual {
                Some(Constant::Number(number)) => number,
                _ => 0.0,
            };
            let near = [number + 1.0, number - 1.0].into_iter();
            Constant::Number(
                near.into_iter()
                    .find(|near| within(range, *near) == *near)?,
            )
        }
        Kind::Boolean => Constant::Boolean(usual != Some(Constant::Boolean(true))),
        Kind::String(rules) if !rules.choices.is_empty() => {
            let usual = match &usual {
                Some(Constant::Text(text)) => Some(&**text),
                _ => None,
            };
            let mut others = rules
                .choices
                .iter()
                .filter(|choice| Some(&***choice) != usual);
            let wanted = others.clone().find(|choice| Some(&***choice) == compared);
            Constant::Text(wanted.or_else(|| others.next())?.clone())
        }
        Kind::String(rules) if rules.pattern.is_some() || rules.format.is_some() => return None,
        Kind::String(rules) => {
            let text = compared.map_or_else(|| format!("{PLACEHOLDER}{name}.>"), str::to_owned);
            rules.length.holds(text.chars().count()).then_some(())?;
            Constant::Text(text.into())
        }
        _ => Constant::Text(format!("{PLACEHOLDER}{name}.>").into()),
    };
    (usual.as_ref() != Some(&another)).then_some(another)
}

fn within(range: &Range, number: f64) -> f64 {
    let number = range.min.map_or(number, |min| number.max(min.ceil()));
    range.max.map_or(number, |max| number.min(max.floor()))
}

/// What is wrong with a variable. It never has the variable's value, which may be a secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WrongVariable {
    /// The variable.
    pub name: String,
    /// What is wrong with it.
    pub problem: String,
}

impl fmt::Display for WrongVariable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.name, self.problem)
    }
}

/// Lays out the texts of variables by an object's schema, and checks them; what is wrong gets its
/// placeholder. A text is `Given::Nil` for a variable that is not set.
pub fn read_variables(
    checked: &mut Checked,
    schema: &Schema,
    text: impl Fn(&str) -> Given,
    patterns: &dyn Patterns,
) -> Vec<WrongVariable> {
    let fields = schema.fields();
    let first = checked.object(fields.len());
    checked.root = Value::Object { first };
    let mut wrong = Vec::new();
    let mut unread = Vec::new();
    for (slot, field) in (first..).zip(fields) {
        match text(&field.name) {
            Given::Text(text) => {
                let value = value_of(&field.schema, &text, |text| checked.text(text.as_bytes()));
                checked.set(slot, value);
            }
            Given::Nil => {}
            _ => unread.push(&field.name),
        }
    }
    checked.check(schema, b"", patterns);
    let problems = std::mem::take(&mut checked.problems);
    for (slot, field) in (first..).zip(fields) {
        let problem = problems.iter().find(|problem| problem.field == *field.name);
        let problem = match problem {
            _ if unread.contains(&&field.name) => "is not UTF-8".to_owned(),
            Some(problem) => {
                let empty = matches!(text(&field.name), Given::Text(text) if text.is_empty());
                wanted(&field.schema, problem.kind, empty)
            }
            None => continue,
        };
        wrong.push(WrongVariable {
            name: field.name.to_string(),
            problem,
        });
        let instead = placeholder(&field.name, &field.schema);
        let instead = instead.map(|constant| checked.constant(&field.schema, &constant));
        checked.set(slot, instead.unwrap_or(Value::Absent));
    }
    wrong
}

/// What a variable should be and is not.
fn wanted(schema: &Schema, kind: &str, empty: bool) -> String {
    let range = |range: &Range| match (range.min, range.max) {
        (Some(min), Some(max)) => format!("from {min} to {max}"),
        (Some(min), None) => format!("at least {min}"),
        (None, Some(max)) => format!("at most {max}"),
        (None, None) => "in its range".to_owned(),
    };
    let characters = |length: &Length| match length.max {
        Some(max) if max == length.min => format!("exactly {max}"),
        Some(max) if length.min == 0 => format!("at most {max}"),
        Some(max) => format!("{} to {max}", length.min),
        None => format!("at least {}", length.min),
    };
    match (kind, &schema.kind) {
        ("required", _) => {
            let what = if empty { "is empty" } else { "is not set" };
            match &schema.message {
                Some(message) => format!("{what}: {message}"),
                None => format!("{what}, and required"),
            }
        }
        ("type", _) => format!("must be {}", schema.kind.article()),
        ("enum", Kind::String(rules)) => format!("must be one of: {}", rules.choices.join(", ")),
        ("range", Kind::Number(bounds) | Kind::Integer(bounds)) => {
            format!("must be {}", range(bounds))
        }
        ("length", Kind::String(rules)) => {
            format!("must have {} characters", characters(&rules.length))
        }
        ("pattern", Kind::String(rules)) => {
            let pattern = rules.pattern.as_deref().unwrap_or_default();
            format!("must match the pattern '{pattern}'")
        }
        ("format", Kind::String(rules)) => {
            let described = rules.format.map(|format| format.described());
            format!("must be {}", described.unwrap_or("in its format"))
        }
        _ => "is not what its schema asks for".to_owned(),
    }
}
