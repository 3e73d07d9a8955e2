//! What a statement gives and takes, where its database tells.

use crate::analyse::statements::Column;
use crate::front::hir::{Expr, Kind, UnaryOp};

/// What is known of a statement.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Prepared {
    /// The columns that it gives; none where that is not known.
    pub(crate) columns: Vec<Column>,
    /// What its parameters take, each where that is known.
    pub(crate) parameters: Vec<Option<Takes>>,
}

/// A parameter's type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Takes {
    /// As people call it.
    pub(crate) name: String,
    pub(crate) form: Form,
}

/// A column of a table, to which rows are added.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TableColumn {
    pub(crate) name: String,
    pub(crate) takes: Option<Takes>,
    /// A row has a value for it: it takes no `NULL`, and nothing else gives one.
    pub(crate) is_required: bool,
}

/// Which values a type takes; as `rover-rt/src/database/postgres/encode.rs` sends them, or as SQLite
/// keeps them in a table that is `STRICT`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(
    not(all(feature = "postgres", feature = "sqlite")),
    expect(dead_code, reason = "each database has its own")
)]
pub(crate) enum Form {
    Boolean,
    /// One of so many bits.
    Integer(u32),
    Real,
    Decimal,
    Bytes,
    Text,
    Json,
    List,
    Enum(Vec<String>),
    /// A text that the database reads, or a number.
    Other,
    /// What SQLite makes an integer of.
    Whole,
    /// What it makes a number of.
    Numeric,
    /// Bytes, which no constant is.
    Blob,
}

/// A value that is always the same.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Constant {
    Boolean,
    Number(f64),
    Text(String),
    Table,
}

impl Constant {
    pub(crate) fn of(expr: &Expr) -> Option<Constant> {
        Some(match &expr.kind {
            Kind::Boolean(_) => Constant::Boolean,
            Kind::Number(digits) => Constant::Number(digits.parse().ok()?),
            Kind::Unary(UnaryOp::Minus, operand) => match Constant::of(operand)? {
                Constant::Number(number) => Constant::Number(-number),
                _ => return None,
            },
            Kind::Text(Some(text)) => Constant::Text(text.clone()),
            Kind::Table(_) => Constant::Table,
            Kind::Paren(inner) => return Constant::of(inner),
            _ => return None,
        })
    }
}

impl Takes {
    /// What a value is that the type does not take.
    pub(crate) fn refuses(&self, value: &Constant) -> Option<String> {
        let plain = match value {
            Constant::Boolean => "a boolean",
            Constant::Number(_) => "a number",
            Constant::Text(_) => "a text",
            Constant::Table => "a table",
        };
        let said = match (&self.form, value) {
            (Form::Json, _) => return None,
            (Form::Boolean, Constant::Boolean) => return None,
            (Form::Boolean, Constant::Text(text)) if matches!(text.as_str(), "true" | "false") => {
                return None;
            }
            (Form::Integer(bits), Constant::Number(number)) => return whole(*bits, *number),
            (Form::Integer(bits), Constant::Text(text)) => match text.trim().parse::<i64>() {
                Ok(number) => return whole(*bits, number as f64),
                Err(_) => "a text that is no whole number",
            },
            (Form::Real, Constant::Text(text)) if text.trim().parse::<f64>().is_err() => {
                "a text that is no number"
            }
            (Form::Real | Form::Decimal, Constant::Number(_) | Constant::Text(_)) => return None,
            (Form::Bytes, Constant::Text(_)) => return None,
            (Form::List, Constant::Table | Constant::Text(_)) => return None,
            (Form::Enum(labels), Constant::Text(text)) => match labels.contains(text) {
                true => return None,
                false => return Some(format!("`{text}`: it is one of {}", labels.join(", "))),
            },
            (Form::Text | Form::Other, Constant::Number(_) | Constant::Text(_)) => return None,
            // SQLite's booleans are 1 and 0.
            (Form::Whole | Form::Numeric, Constant::Boolean) => return None,
            (Form::Numeric, Constant::Number(_)) => return None,
            (Form::Whole, Constant::Number(number)) => return whole(64, *number),
            (Form::Whole | Form::Numeric, Constant::Text(text)) => {
                match (text.trim().parse::<f64>(), &self.form) {
                    (Ok(number), Form::Whole) => return whole(64, number),
                    (Ok(_), _) => return None,
                    (Err(_), _) => "a text that is no number",
                }
            }
            // A table without anything in it may be stored as JSON, in a text.
            (Form::Text | Form::Other, Constant::Table) => return None,
            _ => plain,
        };
        Some(said.to_owned())
    }
}

/// What is wrong with a number for an integer of so many bits.
fn whole(bits: u32, number: f64) -> Option<String> {
    let most = 2_f64.powi(bits as i32 - 1);
    let said = match () {
        () if number.fract() != 0.0 => "a number with a fraction",
        () if number < -most || number >= most => "a number out of its range",
        () => return None,
    };
    Some(said.to_owned())
}
