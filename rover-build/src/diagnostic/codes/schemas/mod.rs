//! What `rover.guard` makes, and what is read of values that passed it.

pub(crate) mod dropped;
pub(crate) mod field;
pub(crate) mod wrong;

use crate::diagnostic::code::Code;

pub(super) const CODES: &[Code] = &[wrong::CODE, dropped::CODE, field::CODE];
