//! What `rover.server` is called with.

pub(crate) mod environment;
pub(crate) mod needed;
pub(crate) mod not_a_table;
pub(crate) mod route;
pub(crate) mod unknown;
pub(crate) mod value;

use crate::diagnostic::code::Code;

pub(super) const CODES: &[Code] = &[
    not_a_table::CODE,
    unknown::CODE,
    value::CODE,
    route::CODE,
    environment::CODE,
    needed::CODE,
];
