//! What handlers ask of a request.

pub(crate) mod call;
pub(crate) mod member;
pub(crate) mod on_error;
pub(crate) mod parameter;
pub(crate) mod second_parameter;

use crate::diagnostic::code::Code;

pub(super) const CODES: &[Code] = &[
    member::CODE,
    call::CODE,
    parameter::CODE,
    second_parameter::CODE,
    on_error::CODE,
];
