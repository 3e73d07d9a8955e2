//! How Lua calls Rust: natives and their frames, the stack, errors, panics, memory and time.
//!
//! Nothing here knows what a native is for. A native that calls no Lua code and raises no
//! Lua error is contained (see [`unwind`]); the others contain what might panic themselves.

pub(crate) mod allocator;
pub(crate) mod budget;
pub(crate) mod depth;
pub(crate) mod place;
pub(crate) mod raise;
pub(crate) mod register;
pub(crate) mod schema;
pub(crate) mod stack;
pub(crate) mod traced;
pub(crate) mod unwind;
pub(crate) mod userdata;
