//! `rover.db`: see `database.lua`. Databases themselves are in `crate::database`, which knows no
//! Lua.

pub(crate) mod natives;
pub(crate) mod parameters;
pub(crate) mod places;
pub(crate) mod rows;
pub(crate) mod walked;
