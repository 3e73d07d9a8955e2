//! What the text shows, without running it: the server's names, what functions do with `ctx`,
//! schemas, what is answered.
//!
//! Each question has one file, which gives plain data; what a name stands for, all of them ask
//! `names`. Nothing here reports what a route may
//! not be, changes the program, or knows how the runtime does a thing.

pub(crate) mod assigned;
pub(crate) mod checked_in_place;
pub(crate) mod constructors;
pub(crate) mod ctx_flow;
pub(crate) mod ctx_use;
pub(crate) mod environment;
pub(crate) mod globals;
pub(crate) mod handlers;
pub(crate) mod list_tables;
pub(crate) mod lists;
pub(crate) mod names;
pub(crate) mod responses;
pub(crate) mod return_type;
pub(crate) mod schemas;
pub(crate) mod servers;
pub(crate) mod statements;
pub(crate) mod template;
pub(crate) mod types;
pub(crate) mod waits;
pub(crate) mod walked_rows;
