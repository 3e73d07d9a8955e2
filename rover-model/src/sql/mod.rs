//! Statements of SQL as programs write them: where their parameters stand, and that they are what a
//! database is given at one time. What they mean is the database's.

mod dialect;
mod scan;
mod statement;
#[cfg(test)]
mod tests;

pub use dialect::Dialect;
pub use scan::{Scan, Token, statements};
pub use statement::{Given, Parameters, Rendered, Statement, Verb, WrongSql, quoted};
