//! From what a handler returns, or has written in parts, to a reply.
//!
//! Nothing here runs the program's code: values are read, raw, and what goes into a reply is
//! copied.

pub(crate) mod answered;
pub(crate) mod headers;
pub(crate) mod lists;
pub(crate) mod marker;
pub(crate) mod pages;
pub(crate) mod respond;
pub(crate) mod row;
pub(crate) mod steps;
pub(crate) mod written;
