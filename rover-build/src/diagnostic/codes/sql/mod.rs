//! Databases and their SQL.

pub(crate) mod build_database;
pub(crate) mod given;
pub(crate) mod migration_refused;
pub(crate) mod migrations;
pub(crate) mod names;
pub(crate) mod refused;
pub(crate) mod same_name;
pub(crate) mod syntax;
pub(crate) mod transaction;
pub(crate) mod values;

use crate::diagnostic::code::Code;

pub(super) const CODES: &[Code] = &[
    given::CODE,
    migrations::CODE,
    migration_refused::CODE,
    syntax::CODE,
    names::CODE,
    values::CODE,
    transaction::CODE,
    refused::CODE,
    same_name::CODE,
    build_database::CODE,
];
