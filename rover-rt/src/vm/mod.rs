//! The LuaJIT VM: the one module with `unsafe`.
//!
//! Its folders are floors, of which each uses only those before it: [`mod@write`], [`state`],
//! [`native`], [`json`], [`ctx`], [`guard`], [`response`], [`run`], [`start`]; [`library`] stands
//! on [`native`]. HTTP, sockets and who asks for a call are known by none of them.
//!
//! Requests run on a Lua thread of their own, so that the stack below a request is
//! always the same ([`run::thread`]). Everything a request does in Lua
//! happens inside one protected call ([`run::call`]), where an error, running out of memory
//! included, unwinds to `lua_pcall`. Frames that it unwinds own nothing: what they
//! write to lives in [`state::request`], and what they borrow in the call's own frame.
#![allow(unsafe_code)]

mod admission;
#[cfg(feature = "crypto")]
mod crypto;
mod ctx;
#[cfg(feature = "database")]
mod database;
#[cfg(unix)]
mod files;
mod guard;
mod json;
mod library;
mod native;
#[cfg(feature = "client")]
mod outbound;
#[cfg(feature = "redis")]
mod redis;
#[cfg(feature = "redis")]
mod remote;
mod response;
mod run;
#[cfg(feature = "crypto")]
mod sessions;
mod start;
mod state;
mod stores;
mod wait;
mod write;

pub(crate) use run::answer::Called;
pub(crate) use run::role::Hook;
pub(crate) use run::task::Task;
pub(crate) use run::vm::Vm;
#[cfg(test)]
pub(crate) use start::testing;
pub(crate) use state::scheduled::Moment;
#[cfg(feature = "redis")]
pub(crate) use state::scheduled::Subscribed;
