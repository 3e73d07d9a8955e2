//! PostgreSQL's grammar: its own tables, which bison has made of `gram.y`, and a parser that follows
//! them. What PostgreSQL 18 takes is taken, and nothing else, but for what its actions refuse.
//!
//! The crates around libpg_query need libclang on the machine of everybody who builds a program; the
//! parsers that are written by hand refuse SQL that is right. So the tables are here, and no C.

mod automaton;
mod lexer;
mod tables;
mod tree;
mod wrong;

pub(super) use automaton::parse;
pub(super) use tree::{Node, kept};
pub(super) use wrong::{What, Wrong};

#[cfg(test)]
mod tests;
