//! What keeps a program from being read, and its chunk from being run.

pub(crate) mod compiler_failed;
pub(crate) mod file_unreadable;
pub(crate) mod module_missing;
pub(crate) mod name_not_constant;
pub(crate) mod name_reserved;
pub(crate) mod raised;
pub(crate) mod server_not_returned;
pub(crate) mod server_twice;
pub(crate) mod template_unreadable;
pub(crate) mod unfinished;

use crate::diagnostic::code::Code;

pub(super) const CODES: &[Code] = &[
    file_unreadable::CODE,
    module_missing::CODE,
    template_unreadable::CODE,
    name_not_constant::CODE,
    raised::CODE,
    unfinished::CODE,
    server_not_returned::CODE,
    server_twice::CODE,
    name_reserved::CODE,
    compiler_failed::CODE,
];
