//! What is said of each kind of mistake: a file each, with its code and its texts.
//!
//! A folder holds what one part of a program can have wrong, and a hundred of the codes. Its
//! functions take what a check has found, and make the diagnostic. Whether something is a mistake
//! is not decided here, and no other place has the text of one: only this module can make a
//! `Diagnostic`.
//!
//! A new code is the next number of its folder. It has a page, `docs/errors/R0302.md`, with a
//! program that is wrong and one that is right, both of which a test compiles. A code that is not
//! told any more is left out of its folder's list, and its number is not given again.

pub(crate) mod answers;
pub(crate) mod options;
pub(crate) mod program;
pub(crate) mod requests;
pub(crate) mod routes;
pub(crate) mod schemas;
pub(crate) mod sql;
pub(crate) mod state;
pub(crate) mod syntax;
pub(crate) mod templates;
pub(crate) mod waiting;
pub(crate) mod words;

use super::code::Code;

impl Code {
    /// Every code, in order.
    pub fn all() -> impl Iterator<Item = Self> {
        let folders = [
            syntax::CODES,
            program::CODES,
            routes::CODES,
            options::CODES,
            requests::CODES,
            answers::CODES,
            schemas::CODES,
            templates::CODES,
            words::CODES,
            waiting::CODES,
            sql::CODES,
            state::CODES,
        ];
        folders.into_iter().flatten().copied()
    }

    /// The code of this name, in any case of letters.
    pub fn find(id: &str) -> Option<Self> {
        Code::all().find(|code| code.id().eq_ignore_ascii_case(id))
    }
}
