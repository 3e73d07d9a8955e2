//! Character classes, as LuaJIT's `lj_char.c` has them: ASCII only, whatever the locale.

/// A set of bytes, a bit each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Set([u64; 4]);

impl Set {
    const EMPTY: Set = Set([0; 4]);

    #[inline]
    pub(super) fn has(&self, byte: u8) -> bool {
        self.0[usize::from(byte >> 6)] >> (byte & 63) & 1 != 0
    }

    fn add(&mut self, byte: u8) {
        self.0[usize::from(byte >> 6)] |= 1 << (byte & 63);
    }

    fn add_if(&mut self, has: impl Fn(u8) -> bool) {
        (0..=255)
            .filter(|byte| has(*byte))
            .for_each(|byte| self.add(byte));
    }

    /// The class of a letter after `%`; other characters stand for themselves.
    pub(super) fn class(class: u8) -> Set {
        let mut set = Set::EMPTY;
        set.add_if(|byte| in_class(byte, class));
        set
    }

    /// What stands between brackets (`matchbracketclass`).
    pub(super) fn brackets(inner: &[u8]) -> Set {
        let (negated, mut rest) = match inner {
            [b'^', rest @ ..] => (true, rest),
            rest => (false, rest),
        };
        let mut set = Set::EMPTY;
        loop {
            rest = match rest {
                [] => break,
                [b'%', class, rest @ ..] => {
                    set.add_if(|byte| in_class(byte, *class));
                    rest
                }
                // Left by a range that ends in the `%` of an escape: LuaJIT takes the bracket
                // behind it for what is escaped.
                [b'%'] => {
                    set.add(b']');
                    break;
                }
                [low, b'-', high, rest @ ..] => {
                    (*low..=*high).for_each(|byte| set.add(byte));
                    rest
                }
                [single, rest @ ..] => {
                    set.add(*single);
                    rest
                }
            }
        }
        match negated {
            true => Set(set.0.map(|bits| !bits)),
            false => set,
        }
    }
}

/// Whether a letter is one that stands for a class.
pub(super) fn is_class(class: u8) -> bool {
    class & 0xc0 == 0x40 && b"acdglpsuwxz".contains(&(class | 0x20))
}

fn in_class(byte: u8, class: u8) -> bool {
    if !is_class(class) {
        return byte == class;
    }
    let member = match class | 0x20 {
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
        _ => byte == 0,
    };
    member == (class & 0x20 != 0)
}
