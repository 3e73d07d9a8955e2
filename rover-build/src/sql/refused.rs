//! What a database says of SQL that it does not take.

/// What a database says of a statement that it does not take.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Refused {
    pub(crate) why: Why,
    /// The byte of the text, where it is told.
    pub(crate) at: Option<usize>,
}

/// Why it does not.
#[cfg_attr(
    not(all(feature = "sqlite", feature = "postgres")),
    allow(dead_code, reason = "no database is asked")
)]
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Why {
    /// What is said, and a keyword that was meant.
    Syntax(String, Option<&'static str>),
    NoTable(String),
    /// A column, and the table where one is told.
    NoColumn(String, Option<String>),
    /// A column of a query, and those that there are.
    NotGiven(String, Vec<String>),
    Ambiguous(String),
    /// What stands before a dot, and what may stand there.
    NoRelation(String, Vec<String>),
    /// So many values for so many columns.
    Count(usize, usize),
    NoFunction(String),
    Other(String),
    /// It took too long, or more than there is: nothing is known by that.
    Unknown,
}
