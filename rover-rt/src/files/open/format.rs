//! What `read` and `lines` are asked for, and what they give.

/// One of the formats of a call of `read`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    /// `"*l"`: a line without its end.
    Line,
    /// `"*L"`: a line with its end.
    WholeLine,
    /// `"*a"`: everything that is left.
    All,
    /// `"*n"`: a number.
    Number,
    /// A number of bytes; of none it is asked whether there are more.
    Bytes(u32),
}

impl Format {
    /// A format by its text. LuaJIT looks at one character, with a star before it or without.
    pub(crate) fn named(text: &[u8]) -> Option<Self> {
        let letter = match text {
            [b'*', others @ ..] => others.first(),
            text => text.first(),
        };
        match letter? {
            b'l' => Some(Format::Line),
            b'L' => Some(Format::WholeLine),
            b'a' => Some(Format::All),
            b'n' => Some(Format::Number),
            _ => None,
        }
    }
}

/// What was read by one format.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Value {
    /// `nil`: there was no such thing.
    Nothing,
    Bytes(Vec<u8>),
    Number(f64),
}
