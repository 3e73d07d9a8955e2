//! What handlers answer with.

pub(crate) mod arguments;
pub(crate) mod builder;
pub(crate) mod cookie;
pub(crate) mod function;
pub(crate) mod header;
pub(crate) mod several;
pub(crate) mod status;

use crate::diagnostic::code::Code;

pub(super) const CODES: &[Code] = &[
    builder::CODE,
    arguments::CODE,
    status::CODE,
    header::CODE,
    cookie::CODE,
    several::CODE,
    function::CODE,
];
