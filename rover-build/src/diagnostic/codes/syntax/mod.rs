//! What Lua cannot read. Places are bytes of the text that was read.

pub(crate) mod after_return;
pub(crate) mod block_not_closed;
pub(crate) mod braces;
pub(crate) mod character;
pub(crate) mod closes_nothing;
pub(crate) mod comment;
pub(crate) mod equals;
pub(crate) mod function_name;
pub(crate) mod head;
pub(crate) mod later_lua;
pub(crate) mod list;
pub(crate) mod not_lua;
pub(crate) mod operator;
pub(crate) mod part_missing;
pub(crate) mod reserved_word;
pub(crate) mod statement;
pub(crate) mod table_field;
pub(crate) mod text_not_closed;
pub(crate) mod value_missing;
pub(crate) mod word;

use crate::diagnostic::code::Code;

pub(super) const CODES: &[Code] = &[
    not_lua::CODE,
    operator::CODE,
    word::CODE,
    comment::CODE,
    character::CODE,
    text_not_closed::CODE,
    block_not_closed::CODE,
    closes_nothing::CODE,
    head::CODE,
    braces::CODE,
    table_field::CODE,
    list::CODE,
    reserved_word::CODE,
    function_name::CODE,
    later_lua::CODE,
    equals::CODE,
    value_missing::CODE,
    part_missing::CODE,
    statement::CODE,
    after_return::CODE,
];
