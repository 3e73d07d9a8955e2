//! Names of the library and of the program's own variables.

pub(crate) mod colon_for_dot;
pub(crate) mod dot_for_colon;
pub(crate) mod member;
pub(crate) mod unavailable;
pub(crate) mod undeclared;
pub(crate) mod undefined;
pub(crate) mod worker_state;

use crate::diagnostic::code::Code;

pub(super) const CODES: &[Code] = &[
    unavailable::CODE,
    member::CODE,
    dot_for_colon::CODE,
    colon_for_dot::CODE,
    undefined::CODE,
    undeclared::CODE,
    worker_state::CODE,
];
