//! The LuaJIT VM: the one module with `unsafe`.
//!
//! Requests run on a Lua thread of their own, so that the stack below a request is
//! always the same: [`HANDLERS`] and its neighbours. Everything a request does in Lua
//! happens inside one protected call ([`run`]), where an error, running out of memory
//! included, unwinds to `lua_pcall`. Frames that it unwinds own nothing: what they
//! write to lives in [`Call`], which belongs to the caller.
#![allow(unsafe_code)]

mod ctx;
mod guard;
mod json;
mod library;
mod native;
mod response;
mod run;
mod start;
mod state;
mod write;

pub(crate) use run::answer::Hook;
pub(crate) use run::vm::Vm;
