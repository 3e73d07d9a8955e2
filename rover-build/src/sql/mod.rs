//! Databases as the build knows them: the files of migrations that programs name, the tables that
//! they make, and what statements are when they are asked of those.
//!
//! No statement of a program is run but those that make tables, in memory.

mod build_database;
mod candidates;
mod check;
#[cfg(feature = "sqlite")]
mod expressions;
mod kinds;
pub(crate) mod migrations;
#[cfg(feature = "postgres")]
mod postgres;
mod prepared;
mod problem;
mod refused;
mod rows;
mod schema;
#[cfg(feature = "sqlite")]
mod sqlite;
mod tables;
mod values;
mod words;

pub(crate) use build_database::{BUILD_DATABASE, BuildDatabase};
pub use check::Checking;
pub(crate) use check::{Checked, check};
