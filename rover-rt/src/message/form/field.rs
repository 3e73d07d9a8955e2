//! The fields of a form, and how many and how long they may be.

use std::borrow::Cow;

use super::error::FormError;

/// The most fields of a form.
pub(super) const MAX_FIELDS: usize = 1000;
/// The most bytes of a field's or a file's name.
pub(super) const MAX_NAME: usize = 1024;
/// The most bytes of a part's headers.
pub(super) const MAX_PART_HEAD: usize = 8 << 10;
/// The most headers of a part.
pub(super) const MAX_PART_HEADERS: usize = 16;

pub(super) const TOO_MANY: FormError = FormError::TooLarge("more than 1000 fields");
pub(super) const LONG_NAME: FormError = FormError::TooLarge("a name of more than 1024 bytes");

/// One field of a form.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Field<'a> {
    pub(crate) name: Cow<'a, str>,
    pub(crate) value: Value<'a>,
}

/// What a field holds.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Value<'a> {
    /// Bytes that are not UTF-8 are replaced.
    Text(Cow<'a, str>),
    File(File<'a>),
}

/// An uploaded file.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct File<'a> {
    /// The last segment of what the client calls it.
    pub(crate) filename: Cow<'a, str>,
    pub(crate) content_type: Option<Cow<'a, str>>,
    pub(crate) data: &'a [u8],
}
