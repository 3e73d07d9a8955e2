//! Strings (RFC 8259, section 7).

use super::{Malformed, Reader, Reason};

impl<'a> Reader<'a> {
    /// Reads a string. One with escapes is put together in `scratch`.
    ///
    /// # Errors
    /// Where it has no end, or something that a string cannot hold.
    #[inline]
    pub fn string<'s>(&mut self, scratch: &'s mut String) -> Result<&'s str, Malformed>
    where
        'a: 's,
    {
        let from = self.at + 1;
        self.at = plain(self.text.as_bytes(), from);
        if self.byte() == Some(b'"') {
            let text = &self.text[from..self.at];
            self.at += 1;
            return Ok(text);
        }
        scratch.clear();
        self.rest_of_string(from, scratch)?;
        Ok(scratch)
    }

    pub(super) fn skip_string(&mut self) -> Result<(), Malformed> {
        let from = self.at + 1;
        self.at = plain(self.text.as_bytes(), from);
        self.rest_of_string(from, &mut Nowhere)
    }

    /// Reads what is left of the string that begins at `from`; the reader is at something
    /// that does not stand for itself.
    fn rest_of_string(&mut self, mut from: usize, out: &mut impl Out) -> Result<(), Malformed> {
        loop {
            out.text(&self.text[from..self.at]);
            match self.byte() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(());
                }
                Some(b'\\') => out.character(self.escape()?),
                Some(_) => return Err(self.malformed(Reason::Control)),
                None => return Err(self.malformed(Reason::EndInString)),
            }
            from = self.at;
            self.at = plain(self.text.as_bytes(), from);
        }
    }

    /// Reads an escape from its backslash.
    fn escape(&mut self) -> Result<char, Malformed> {
        self.at += 1;
        let character = match self.byte() {
            Some(byte @ (b'"' | b'\\' | b'/')) => char::from(byte),
            Some(b'b') => '\x08',
            Some(b'f') => '\x0c',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => return self.unicode(),
            Some(_) => return Err(self.malformed(Reason::Escape)),
            None => return Err(self.malformed(Reason::EndInString)),
        };
        self.at += 1;
        Ok(character)
    }

    /// Reads the code of an escape from its `u`, and the one that completes it.
    fn unicode(&mut self) -> Result<char, Malformed> {
        let start = self.at - 1;
        let mut code = self.hex()?;
        if (0xd800..0xdc00).contains(&code) && self.text[self.at..].starts_with("\\u") {
            self.at += 1;
            let low = self.hex()?;
            if (0xdc00..0xe000).contains(&low) {
                code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
            }
        }
        char::from_u32(code).ok_or_else(|| {
            self.at = start;
            self.malformed(Reason::Surrogate)
        })
    }

    /// Reads four digits after a `u`.
    fn hex(&mut self) -> Result<u32, Malformed> {
        self.at += 1;
        let mut code = 0;
        for _ in 0..4 {
            let Some(byte) = self.byte() else {
                return Err(self.malformed(Reason::EndInString));
            };
            let Some(digit) = char::from(byte).to_digit(16) else {
                return Err(self.malformed(Reason::Escape));
            };
            code = code * 16 + digit;
            self.at += 1;
        }
        Ok(code)
    }
}

/// Where a string's text goes.
trait Out {
    fn text(&mut self, text: &str);
    fn character(&mut self, character: char);
}

impl Out for String {
    fn text(&mut self, text: &str) {
        self.push_str(text);
    }

    fn character(&mut self, character: char) {
        self.push(character);
    }
}

struct Nowhere;

impl Out for Nowhere {
    fn text(&mut self, _: &str) {}
    fn character(&mut self, _: char) {}
}

/// The first place from `at` of a quote, a backslash or a control character, else the
/// text's end.
#[inline]
fn plain(text: &[u8], mut at: usize) -> usize {
    const ONES: u64 = u64::from_ne_bytes([1; 8]);
    const HIGH: u64 = ONES << 7;
    while let Some(word) = text.get(at..).and_then(|rest| rest.first_chunk::<8>()) {
        let word = u64::from_le_bytes(*word);
        // The high bit of each byte that is zero, and of bytes above the first such.
        let zero = |word: u64| word.wrapping_sub(ONES) & !word;
        let control = word.wrapping_sub(ONES * 0x20) & !word;
        let found = (control | zero(word ^ (ONES * 0x22)) | zero(word ^ (ONES * 0x5c))) & HIGH;
        if found != 0 {
            return at + found.trailing_zeros() as usize / 8;
        }
        at += 8;
    }
    let special = |byte: &u8| *byte < b' ' || matches!(byte, b'"' | b'\\');
    let rest = text.get(at..).unwrap_or_default();
    at + rest.iter().position(special).unwrap_or(rest.len())
}

#[cfg(test)]
mod tests {
    use super::plain;

    #[test]
    fn the_end_of_what_stands_for_itself() {
        for code in 0..=255_u8 {
            let special = code < b' ' || code == b'"' || code == b'\\';
            for length in 1..24 {
                for at in 0..length {
                    for other in [b'a', b'"', 0xff, 0x80] {
                        let mut text = vec![b' '; length];
                        text[length - 1] = other;
                        text[at] = code;
                        let is_special = |b: &u8| *b < b' ' || *b == b'"' || *b == b'\\';
                        let end = text.iter().position(is_special).unwrap_or(length);
                        assert_eq!(plain(&text, 0), end, "{code} at {at} of {length}");
                        assert!(!special || end <= at);
                    }
                }
            }
        }
    }
}
