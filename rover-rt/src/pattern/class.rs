//! Character classes, as LuaJIT's `lj_char.c` has them: ASCII only, whatever the locale.

/// What one item of a pattern matches.
#[derive(Clone, Copy, Debug)]
pub(super) enum Item<'p> {
    Any,
    Byte(u8),
    /// The letter after `%`.
    Class(u8),
    /// What stands between the brackets.
    Set {
        negated: bool,
        inner: &'p [u8],
    },
}

impl<'p> Item<'p> {
    /// An item of a pattern: its bytes as `classend` delimits them.
    pub(super) fn new(bytes: &'p [u8]) -> Self {
        match bytes {
            [b'.'] => Item::Any,
            [b'%', class] => Item::Class(*class),
            [b'[', inner @ .., b']'] => Item::set(inner),
            [byte, ..] => Item::Byte(*byte),
            [] => Item::Byte(0),
        }
    }

    fn set(inner: &'p [u8]) -> Self {
        match inner {
            [b'^', inner @ ..] => Item::Set {
                negated: true,
                inner,
            },
            inner => Item::Set {
                negated: false,
                inner,
            },
        }
    }

    #[inline]
    pub(super) fn matches(self, byte: u8) -> bool {
        match self {
            Item::Any => true,
            Item::Byte(wanted) => wanted == byte,
            Item::Class(class) => in_class(byte, class),
            Item::Set { negated, inner } => in_set(byte, inner) != negated,
        }
    }

    /// How many bytes at the start of a text the item matches.
    pub(super) fn run(self, text: &[u8]) -> usize {
        let first_other = |other: &dyn Fn(u8) -> bool| text.iter().position(|b| other(*b));
        let end = match self {
            Item::Any => None,
            Item::Byte(wanted) => text.iter().position(|b| *b != wanted),
            Item::Class(class) => text.iter().position(|b| !in_class(*b, class)),
            // A long run is worth a table of the set.
            Item::Set { .. } if text.len() >= 64 && text[..32].iter().all(|b| self.matches(*b)) => {
                let mut table = [false; 256];
                for (byte, member) in (0..=255).zip(&mut table) {
                    *member = self.matches(byte);
                }
                text.iter().position(|b| !table[usize::from(*b)])
            }
            Item::Set { .. } => first_other(&|b| !self.matches(b)),
        };
        end.unwrap_or(text.len())
    }
}

/// Whether a byte is in the class of a letter; other characters stand for themselves.
#[inline]
fn in_class(byte: u8, class: u8) -> bool {
    let member = match class | 0x20 {
        _ if class & 0xc0 != 0x40 => return byte == class,
        b'a' => byte.is_ascii_alphabetic(),
        b'c' => byte.is_ascii_control(),
        b'd' => byte.is_ascii_digit(),
        b'g' => byte.is_ascii_graphic(),
        b'l' => byte.is_ascii_lowercase(),
        b'p' => byte.is_ascii_punctuation(),
        b's' => matches!(byte, b' ' | 9..=13),
        b'u' => byte.is_ascii_uppercase(),
        b'w' => byte.is_ascii_alphanumeric(),
        b'x' => byte.is_ascii_hexdigit(),
        b'z' => byte == 0,
        _ => return byte == class,
    };
    member == (class & 0x20 != 0)
}

/// `matchbracketclass` without the negation.
fn in_set(byte: u8, inner: &[u8]) -> bool {
    let mut rest = inner;
    loop {
        rest = match rest {
            [] => return false,
            [b'%', class, rest @ ..] => {
                if in_class(byte, *class) {
                    return true;
                }
                rest
            }
            [low, b'-', high, rest @ ..] => {
                if (*low..=*high).contains(&byte) {
                    return true;
                }
                rest
            }
            [single, rest @ ..] => {
                if *single == byte {
                    return true;
                }
                rest
            }
        }
    }
}
