//! What is no route, and routes that cannot stand beside each other.

pub(crate) mod admission;
pub(crate) mod defined_twice;
pub(crate) mod environment;
pub(crate) mod getenv;
pub(crate) mod handler;
pub(crate) mod hook;
pub(crate) mod hook_twice;
pub(crate) mod hook_unused;
pub(crate) mod method;
pub(crate) mod parameter_names;
pub(crate) mod parameter_twice;
pub(crate) mod registered;
pub(crate) mod reserved;
pub(crate) mod rest_not_last;
pub(crate) mod segment;

use crate::diagnostic::code::Code;

pub(super) const CODES: &[Code] = &[
    method::CODE,
    handler::CODE,
    reserved::CODE,
    segment::CODE,
    parameter_twice::CODE,
    rest_not_last::CODE,
    defined_twice::CODE,
    parameter_names::CODE,
    registered::CODE,
    environment::CODE,
    getenv::CODE,
    hook::CODE,
    hook_twice::CODE,
    hook_unused::CODE,
    admission::CODE,
];
