//! JSON to Lua values and back.
//!
//! Nothing here knows where a text comes from or goes to. The encoder is one type in three files
//! that call each other, as values do that are inside of others: [`encode`] for values and arrays,
//! [`object`] for tables with fields, [`list`] for what was written before.

pub(crate) mod decode;
pub(crate) mod encode;
pub(crate) mod list;
pub(crate) mod natives;
pub(crate) mod object;
#[cfg(feature = "database")]
pub(crate) mod row;
