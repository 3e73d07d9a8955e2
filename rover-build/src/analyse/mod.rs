//! TODO

pub(crate) mod checked_in_place;
pub(crate) mod constructors;
pub(crate) mod ctx_flow;
pub(crate) mod ctx_use;
pub(crate) mod globals;
pub(crate) mod handlers;
pub(crate) mod list_tables;
pub(crate) mod lists;
pub(crate) mod responses;
pub(crate) mod return_type;
pub(crate) mod schemas;
pub(crate) mod servers;
pub(crate) mod shape;
pub(crate) mod template;
