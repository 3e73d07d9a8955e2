//! Databases and their SQL.

pub(crate) mod given;
pub(crate) mod migrations;

use crate::diagnostic::code::Code;

pub(super) const CODES: &[Code] = &[given::CODE, migrations::CODE];
