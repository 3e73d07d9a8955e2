//! How a file is opened: `"r"`, `"w+"`, `"ab"`.

use rustix::fs::OFlags;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Mode {
    pub(crate) reads: bool,
    pub(crate) writes: bool,
    /// Every write goes to the end.
    pub(crate) appends: bool,
    truncates: bool,
    /// There must be no such file.
    is_new: bool,
}

/// glibc looks at so many characters.
const LENGTH: usize = 7;

impl Mode {
    /// As `fopen` of glibc reads it, which LuaJIT gives it to: the first character decides,
    /// `+` and `x` count after it, and others are passed over.
    pub(crate) fn parse(text: &[u8]) -> Option<Self> {
        let end = text.iter().position(|&byte| byte == 0);
        let text = &text[..end.unwrap_or(text.len()).min(LENGTH)];
        let (first, others) = text.split_first()?;
        let both = others.contains(&b'+');
        let mode = |reads, writes| Mode {
            reads: reads || both,
            writes: writes || both,
            appends: *first == b'a',
            truncates: *first == b'w',
            is_new: others.contains(&b'x'),
        };
        match first {
            b'r' => Some(mode(true, false)),
            b'w' | b'a' => Some(mode(false, true)),
            _ => None,
        }
    }

    /// Of a file that is read from its beginning.
    pub(crate) const READ: Self = Mode {
        reads: true,
        writes: false,
        appends: false,
        truncates: false,
        is_new: false,
    };

    /// Of a file without a name.
    pub(crate) const UPDATE: Self = Mode {
        writes: true,
        ..Mode::READ
    };

    pub(crate) fn flags(self) -> OFlags {
        let mut flags = match (self.reads, self.writes) {
            (true, true) => OFlags::RDWR,
            (false, true) => OFlags::WRONLY,
            _ => OFlags::RDONLY,
        };
        flags.set(OFlags::CREATE, self.truncates || self.appends);
        flags.set(OFlags::TRUNC, self.truncates);
        flags.set(OFlags::APPEND, self.appends);
        flags.set(OFlags::EXCL, self.is_new);
        flags
    }

    /// `fopen` goes to the end at once where there is nothing to read.
    pub(crate) fn begins_at_end(self) -> bool {
        self.appends && !self.reads
    }
}
