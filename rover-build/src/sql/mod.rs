//! Databases as the build knows them: the files of migrations that programs name, the tables that
//! they make, and what statements are when they are asked of those.
//!
//! No statement of a program is run but those that make tables, in memory.

mod candidates;
mod check;
#[cfg(feature = "sqlite")]
mod expressions;
pub(crate) mod migrations;
#[cfg(feature = "postgres")]
mod postgres;
mod prepared;
mod problem;
mod refused;
mod schema;
#[cfg(feature = "sqlite")]
mod sqlite;
mod tables;
mod values;
mod words;

pub(crate) use candidates::BUILD_DATABASE;
pub use check::Checking;
pub(crate) use check::{Checked, check};
