//! A call of a database's method, as it is found.

use std::collections::HashSet;

use super::calls::At;
use super::text::Written;
use crate::front::ids::{FunctionRef, TextRange};

/// What a call does with its first argument.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Takes {
    /// It is a statement.
    Sql,
    /// It is the name of a table.
    Table,
}

/// A call of a database's method.
#[derive(Clone, Debug)]
pub(crate) struct DatabaseCall<'a> {
    /// Where the method's name is written.
    pub(crate) at: TextRange,
    /// The whole call.
    pub(crate) whole: TextRange,
    /// The function in which it stands.
    pub(crate) inside: FunctionRef,
    pub(crate) method: &'static str,
    pub(crate) takes: Takes,
    /// The calls of `rover.db` of which it may be.
    pub(crate) databases: HashSet<TextRange>,
    /// What it may be given: one, or one for each caller of a function that hands it on.
    pub(crate) given: Vec<Given<'a>>,
    /// Why not all of that is seen.
    pub(crate) unseen: Option<Unseen>,
}

/// A first argument, and what stands beside it.
#[derive(Clone, Debug)]
pub(crate) struct Given<'a> {
    pub(crate) text: Written,
    pub(crate) values: Vec<At<'a>>,
    /// There may be more values than are written.
    pub(crate) open: bool,
}

/// Why a text is not seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Unseen {
    pub(crate) why: &'static str,
    /// What it begins with, as far as that is constant.
    pub(crate) begins: String,
}
