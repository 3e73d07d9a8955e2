//! Words of handlers that wait.

pub(crate) mod given;
pub(crate) mod message_handler;
pub(crate) mod while_loading;

use crate::diagnostic::code::Code;

pub(super) const CODES: &[Code] = &[while_loading::CODE, given::CODE, message_handler::CODE];
