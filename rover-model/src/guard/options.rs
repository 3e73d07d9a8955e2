//! How schemas are made: `g:string():min(1)` and `{ type = "string", min = 1 }`.

use std::borrow::Cow;
use std::fmt;

use super::checked::Checked;
use super::constant::Constant;
use super::format::Format;
use super::given::Given;
use super::pattern;
use super::rules::Patterns;
use super::schema::{Element, Field, Kind, Length, Range, Schema, TextRules};

/// The types: `g:string()`.
pub const KINDS: [&str; 7] = [
    "string", "number", "integer", "boolean", "array", "object", "any",
];

/// The options: `:required()`.
pub const OPTIONS: [&str; 9] = [
    "required", "default", "enum", "min", "max", "len", "pattern", "format", "nullable",
];

/// Why something makes no schema.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wrong {
    /// What is wrong.
    pub message: String,
    /// How to mend it.
    pub help: Option<String>,
    /// A name that is not known, and those that are.
    pub unknown: Option<(String, Vec<&'static str>)>,
    /// What leads to it from the call.
    pub path: Vec<Step>,
}

/// A step on the way to a part of a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// An argument, from 0.
    Argument(usize),
    /// A table's field.
    Field(String),
    /// The name of a table's field.
    Key(String),
}

impl Wrong {
    pub(super) fn new(message: impl Into<String>) -> Self {
        Wrong {
            message: message.into(),
            help: None,
            unknown: None,
            path: Vec::new(),
        }
    }

    fn unknown(mut self, name: &str, known: impl Into<Vec<&'static str>>) -> Self {
        self.unknown = Some((name.to_owned(), known.into()));
        self
    }

    fn help(mut self, text: impl Into<String>) -> Self {
        self.help = Some(text.into());
        self
    }

    fn within(mut self, step: Step) -> Self {
        self.path.insert(0, step);
        self
    }
}

impl fmt::Display for Wrong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        if let Some((_, known)) = &self.unknown {
            write!(f, " (there is: {})", known.join(", "))?;
        }
        match &self.help {
            Some(help) => write!(f, " ({help})"),
            None => Ok(()),
        }
    }
}

/// The types that an option is for.
fn kinds_of(option: &str) -> Option<&'static [&'static str]> {
    Some(match option {
        "required" | "default" | "nullable" => &KINDS,
        "enum" | "pattern" | "format" => &["string"],
        "min" | "max" => &["number", "integer", "string", "array"],
        "len" => &["string", "array"],
        _ => return None,
    })
}

/// Whether a type has an option.
///
/// # Errors
/// With what is wrong.
pub fn accepts(kind: &str, option: &str) -> Result<(), Wrong> {
    let Some(kinds) = kinds_of(option) else {
        let message = format!("schemas have no `{option}`");
        return Err(Wrong::new(message).unknown(option, OPTIONS));
    };
    if kinds.contains(&kind) {
        return Ok(());
    }
    let known: Vec<&str> = OPTIONS
        .into_iter()
        .filter(|option| kinds_of(option).is_some_and(|kinds| kinds.contains(&kind)))
        .collect();
    let described = match kind {
        "array" | "object" | "integer" => format!("an {kind}"),
        "any" => "a value of any type".to_owned(),
        _ => format!("a {kind}"),
    };
    let message = format!("`{option}` does not go with {described}");
    Err(Wrong::new(message).help(format!("{described} has: {}", known.join(", "))))
}

fn takes(option: &str, wanted: &str, got: &Given) -> Wrong {
    Wrong::new(format!(
        "`{option}` takes {wanted}, got {}",
        got.described()
    ))
}

impl Schema {
    /// `g:string()`, `g:array(element)`, `g:object { ... }`
    ///
    /// # Errors
    /// With what is wrong.
    pub fn of_kind(kind: &str, args: &[Given], patterns: &dyn Patterns) -> Result<Self, Wrong> {
        let first = args.first().unwrap_or(&Given::Nil);
        let most = usize::from(matches!(kind, "array" | "object"));
        if args.len() > most {
            let wrong = match most {
                0 => Wrong::new(format!("`{kind}` takes no argument"))
                    .help(format!("options are chained: `g:{kind}():required()`")),
                _ => Wrong::new(format!("`{kind}` takes one argument")),
            };
            return Err(wrong.within(Step::Argument(most)));
        }
        Self::from_part(kind, first, patterns).map_err(|wrong| match args.is_empty() {
            true => wrong,
            false => wrong.within(Step::Argument(0)),
        })
    }

    /// A type with what it is made of: an array's element, an object's fields.
    fn from_part(kind: &str, part: &Given, patterns: &dyn Patterns) -> Result<Self, Wrong> {
        Ok(Schema::new(match kind {
            "string" => Kind::String(TextRules::default()),
            "number" => Kind::Number(Range::default()),
            "integer" => Kind::Integer(Range::default()),
            "boolean" => Kind::Boolean,
            "any" => Kind::Any,
            "array" => {
                let element = match part {
                    Given::Nil => Schema::new(Kind::Any),
                    given => Self::from_given(given, patterns)?,
                };
                Kind::Array(Element::Made(Box::new(element)), Length::default())
            }
            "object" => Kind::Object(fields(part, patterns)?.into()),
            other => {
                let message = format!("rover.guard has no type `{other}`");
                return Err(Wrong::new(message).unknown(other, KINDS));
            }
        }))
    }

    /// A schema, or a plain table that means one: with a `type`, or an object's fields.
    ///
    /// # Errors
    /// With what is wrong.
    pub fn from_given(given: &Given, patterns: &dyn Patterns) -> Result<Self, Wrong> {
        let fields = match given {
            Given::Schema(schema) => return Ok((**schema).clone()),
            Given::Table { items, fields } if items.is_empty() => fields,
            other => {
                let message = format!("a schema was expected, got {}", other.described());
                return Err(Wrong::new(message)
                    .help("it is what `rover.guard` makes, or a table with a `type`"));
            }
        };
        let get = |name: &str| {
            fields
                .iter()
                .find(|(n, _)| n == name)
                .map(|(_, value)| value)
        };
        let Some(Given::Text(kind)) = get("type") else {
            return Self::from_part("object", given, patterns);
        };
        let part = match kind.as_str() {
            "array" => "element",
            "object" => "schema",
            _ => "type",
        };
        let given = get(part).filter(|_| part != "type").unwrap_or(&Given::Nil);
        let mut schema = Self::from_part(kind, given, patterns).map_err(|wrong| match given {
            Given::Nil => wrong.within(Step::Field("type".to_owned())),
            _ => wrong.within(Step::Field(part.to_owned())),
        })?;
        for (name, _) in fields {
            let known = name == "type" || name == part;
            if !known {
                let within = |wrong: Wrong| wrong.within(Step::Key(name.clone()));
                accepts(kind, name).map_err(within)?;
            }
        }
        for option in OPTIONS {
            if let Some(value) = get(option) {
                let set = schema.set(option, value, patterns);
                set.map_err(|wrong| wrong.within(Step::Field(option.to_owned())))?;
            }
        }
        Ok(schema)
    }

    /// The schema with one more option: `:min(1)`.
    ///
    /// # Errors
    /// With what is wrong.
    pub fn with(
        mut self,
        option: &str,
        args: &[Given],
        patterns: &dyn Patterns,
    ) -> Result<Self, Wrong> {
        accepts(self.kind.name(), option)?;
        let joined;
        let value = match (option, args) {
            ("required" | "nullable", []) => &Given::Boolean(true),
            ("len", [_, _]) => {
                joined = Given::Table {
                    items: args.to_vec(),
                    fields: Vec::new(),
                };
                &joined
            }
            (_, [value]) => value,
            (_, []) => return Err(Wrong::new(format!("`{option}` takes an argument"))),
            _ => {
                let wrong = Wrong::new(format!("`{option}` takes one argument"));
                return Err(match option {
                    "enum" => wrong.help("put the texts into a table: `:enum { \"a\", \"b\" }`"),
                    _ => wrong,
                }
                .within(Step::Argument(1)));
            }
        };
        match self.set(option, value, patterns) {
            Ok(()) => Ok(self),
            Err(wrong) if args.is_empty() => Err(wrong),
            Err(wrong) => Err(wrong.within(Step::Argument(0))),
        }
    }

    fn set(&mut self, option: &str, value: &Given, patterns: &dyn Patterns) -> Result<(), Wrong> {
        match (option, &mut self.kind) {
            ("required", _) => match value {
                Given::Boolean(required) => self.required = *required,
                Given::Text(message) => {
                    self.required = true;
                    self.message = Some(Cow::Owned(message.clone()));
                }
                other => return Err(takes(option, "a message", other)),
            },
            ("nullable", _) => match value {
                Given::Boolean(nullable) => self.nullable = *nullable,
                other => return Err(takes(option, "a boolean", other)),
            },
            ("default", kind) => self.default = Some(default(kind, value)?),
            ("min" | "max", Kind::Number(range) | Kind::Integer(range)) => {
                let Given::Number(limit) = *value else {
                    return Err(takes(option, "a number", value));
                };
                if !limit.is_finite() {
                    return Err(Wrong::new(format!("`{option}` takes a finite number")));
                }
                match option {
                    "min" => range.min = Some(limit),
                    _ => range.max = Some(limit),
                }
                if let (Some(min), Some(max)) = (range.min, range.max) {
                    ordered(min, max)?;
                }
            }
            (_, Kind::Array(_, length)) => length.set(option, value)?,
            ("min" | "max" | "len", Kind::String(rules)) => rules.length.set(option, value)?,
            (_, Kind::String(rules)) => rules.set(option, value)?,
            (_, kind) => accepts(kind.name(), option)?,
        }
        self.check_default(patterns)
    }

    fn check_default(&self, patterns: &dyn Patterns) -> Result<(), Wrong> {
        let Some(default) = &self.default else {
            return Ok(());
        };
        let mut checked = Checked::default();
        checked.root = checked.constant(self, default);
        checked.check(self, b"", patterns);
        let Some(problem) = checked.problems.first() else {
            return Ok(());
        };
        let field = match problem.field.as_str() {
            "" => String::new(),
            field => format!(" at `{field}`"),
        };
        let message = format!("the default does not fit its own schema{field}");
        Err(Wrong::new(message).help(format!("it is told: {}", problem.message)))
    }
}

/// The constant of a default. An empty table is what the type makes of it.
fn default(kind: &Kind, value: &Given) -> Result<Constant, Wrong> {
    match (kind, value) {
        (Kind::Array(..), Given::Table { items, fields })
            if items.is_empty() && fields.is_empty() =>
        {
            Ok(Constant::List(Cow::Borrowed(&[])))
        }
        _ => Constant::from_given(value)
            .ok_or_else(|| takes("default", "a value that has a JSON form", value)),
    }
}

fn ordered(min: f64, max: f64) -> Result<(), Wrong> {
    match min <= max {
        true => Ok(()),
        false => Err(Wrong::new(format!(
            "the least, {min}, is above the largest, {max}"
        ))),
    }
}

/// An object's fields.
fn fields(given: &Given, patterns: &dyn Patterns) -> Result<Vec<Field>, Wrong> {
    let fields = match given {
        Given::Table { items, fields } if items.is_empty() => fields,
        Given::Table { .. } => return Err(Wrong::new("the fields of an object have names")),
        other => {
            let message = format!(
                "an object takes a table of fields, got {}",
                other.described()
            );
            return Err(Wrong::new(message));
        }
    };
    let made = fields.iter().map(|(name, value)| {
        let schema = Schema::from_given(value, patterns);
        let schema = schema.map_err(|wrong| wrong.within(Step::Field(name.clone())))?;
        Ok(Field::new(Cow::Owned(name.clone()), schema))
    });
    made.collect()
}

impl Length {
    fn set(&mut self, option: &str, value: &Given) -> Result<(), Wrong> {
        match (option, value) {
            ("min", value) => self.min = length(option, value)?,
            ("max", value) => self.max = Some(length(option, value)?),
            (_, Given::Table { items, fields }) if fields.is_empty() && items.len() == 2 => {
                let bound = |value: &Given| match value {
                    Given::Nil => Ok(None),
                    value => length(option, value).map(Some),
                };
                self.min = bound(&items[0])?.unwrap_or(0);
                self.max = bound(&items[1])?;
            }
            (_, Given::Table { .. }) => {
                return Err(takes(option, "a least and a largest length", value));
            }
            (_, value) => {
                self.min = length(option, value)?;
                self.max = Some(self.min);
            }
        }
        ordered(f64::from(self.min), f64::from(self.max.unwrap_or(u32::MAX)))
    }
}

fn length(option: &str, value: &Given) -> Result<u32, Wrong> {
    match *value {
        Given::Number(number)
            if number.fract() == 0.0 && (0.0..=f64::from(u32::MAX)).contains(&number) =>
        {
            Ok(number as u32)
        }
        Given::Number(number) => Err(Wrong::new(format!(
            "`{option}` takes a length, got {number}"
        ))),
        _ => Err(takes(option, "a number", value)),
    }
}

impl TextRules {
    fn set(&mut self, option: &str, value: &Given) -> Result<(), Wrong> {
        match (option, value) {
            ("enum", Given::Table { items, fields }) if fields.is_empty() && !items.is_empty() => {
                let texts = items.iter().map(|item| match item {
                    Given::Text(text) => Ok(Cow::Owned(text.clone())),
                    other => Err(Wrong::new(format!(
                        "`enum` holds strings, got {}",
                        other.described()
                    ))),
                });
                self.choices = texts.collect::<Result<Vec<_>, _>>()?.into();
            }
            ("enum", other) => return Err(takes(option, "a list of strings", other)),
            ("pattern", Given::Text(text)) => {
                pattern::check(text).map_err(Wrong::new)?;
                self.pattern = Some(Cow::Owned(text.clone()));
            }
            ("format", Given::Text(name)) => {
                let Some(format) = Format::from_name(name) else {
                    let wrong = Wrong::new(format!("there is no format `{name}`"));
                    return Err(wrong.unknown(name, Format::ALL.map(Format::name)));
                };
                self.format = Some(format);
            }
            (option, other) => return Err(takes(option, "a string", other)),
        }
        Ok(())
    }
}
