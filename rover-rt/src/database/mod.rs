//! Databases: statements and their values, rows, connections, migrations. Nothing here knows Lua.

pub(crate) mod driver;
pub(crate) mod migrate;
pub(crate) mod parameter;
pub(crate) mod registry;
pub(crate) mod rows;
#[cfg(feature = "sqlite")]
pub(crate) mod sqlite;
