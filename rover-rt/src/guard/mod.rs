//! What `rover.guard` checks, laid out by its schema: the body as JSON or as a form, the
//! query, the path's parameters. The rules are in [`rover_model::guard`].
//!
//! Nothing here knows Lua: values of the VM are read in `vm/`.

mod json;
mod names;
mod pairs;

pub(crate) use json::{Unread as UnreadJson, read_json};
pub(crate) use pairs::{read_form, read_params, read_query};
