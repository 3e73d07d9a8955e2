//! State that workers share.

pub(crate) mod given;
pub(crate) mod redis;
pub(crate) mod while_loading;

use crate::diagnostic::code::Code;

pub(super) const CODES: &[Code] = &[given::CODE, while_loading::CODE, redis::CODE];
