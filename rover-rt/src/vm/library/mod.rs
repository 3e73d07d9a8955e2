//! Lua's own library where programs need another one: patterns that end, budgets in code that is
//! loaded at run time, the log.
//!
//! Nothing here knows requests and responses.

pub(crate) mod budgets;
pub(crate) mod coding;
pub(crate) mod limits;
pub(crate) mod log;
pub(crate) mod patterns;
