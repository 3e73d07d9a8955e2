//! Values that go with a statement.

use rover_model::sql::Verb;

/// A value for one place of a statement.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Parameter {
    Null,
    Boolean(bool),
    /// A number without a fraction, exact up to 2^53.
    Integer(i64),
    Real(f64),
    /// A text, or bytes where it is not UTF-8.
    Text(Vec<u8>),
    /// A table that is no list, as JSON.
    Json(Vec<u8>),
    List(Vec<Parameter>),
}

impl Parameter {
    /// What a number of Lua's is.
    pub(crate) fn number(value: f64) -> Parameter {
        const EXACT: f64 = 9_007_199_254_740_992.0;
        match value.fract() == 0.0 && value.abs() <= EXACT {
            true => Parameter::Integer(value as i64),
            false => Parameter::Real(value),
        }
    }
}

/// A statement as its database is given it.
#[derive(Clone, Debug)]
pub(crate) struct Query {
    /// With the database's own marks for values.
    pub(crate) text: std::sync::Arc<str>,
    pub(crate) values: Vec<Parameter>,
    pub(crate) want: Want,
    /// What it begins with.
    #[cfg_attr(
        not(feature = "sqlite"),
        expect(dead_code, reason = "PostgreSQL tells how many rows by itself")
    )]
    pub(crate) verb: Verb,
    /// Who asks has a transaction of the database, of which this is no part.
    pub(crate) inside: bool,
    /// The bytes that the rows may have in all.
    pub(crate) room: usize,
}

/// How much of a result is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Want {
    All,
    /// The first row.
    One,
    /// The first value of the first row.
    Value,
    /// How many rows were changed.
    Count,
}
