//! Databases: statements and their values, rows, connections, migrations. Nothing here knows Lua.

pub(crate) mod driver;
pub(crate) mod migrate;
pub(crate) mod parameter;
#[cfg(feature = "postgres")]
pub(crate) mod postgres;
pub(crate) mod registry;
pub(crate) mod rows;
#[cfg(feature = "sqlite")]
pub(crate) mod sqlite;
pub(crate) mod turn;
