//! What is wrong in templates, and in how they are called. Places of the first are bytes of the
//! template's text.

pub(crate) mod block;
pub(crate) mod component;
pub(crate) mod element;
pub(crate) mod missing;
pub(crate) mod not_constant;
pub(crate) mod tag;
pub(crate) mod uneven;
pub(crate) mod unfinished;
pub(crate) mod unsafe_place;
pub(crate) mod variable;

use crate::diagnostic::code::Code;

pub(super) const CODES: &[Code] = &[
    not_constant::CODE,
    missing::CODE,
    variable::CODE,
    component::CODE,
    tag::CODE,
    block::CODE,
    unsafe_place::CODE,
    uneven::CODE,
    element::CODE,
    unfinished::CODE,
];
