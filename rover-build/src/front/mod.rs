//! From files to trees: a manifest and its modules, parsed, with every name resolved.
//!
//! It knows Lua and which files there are. What a server, a handler or a schema is, it does not
//! know. A text that is no Lua is explained here (`syntax`).

pub(crate) mod budget;
pub(crate) mod file;
pub(crate) mod function_place;
pub(crate) mod hir;
pub(crate) mod ids;
pub(crate) mod literal;
pub(crate) mod load;
pub(crate) mod requires;
pub(crate) mod resolve;
pub(crate) mod stand_in;
pub(crate) mod syntax;
pub(crate) mod template_files;
pub(crate) mod tree;
pub(crate) mod walk;
