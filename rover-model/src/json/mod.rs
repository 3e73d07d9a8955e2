//! JSON in (RFC 8259): a reader that is asked for one value after the other, so that what
//! it reads goes straight to where it belongs, without a tree in between.
//!
//! The caller looks at what comes next with [`Reader::peek`] and calls the method for it:
//!
//! ```
//! # use rover_model::json::{Kind, Malformed, Reader};
//! # fn main() -> Result<(), Malformed> {
//! let (mut reader, mut scratch) = (Reader::new(br#"{"a":[1,2]}"#), String::new());
//! let mut sum = 0.0;
//! if reader.peek()? == Kind::Object {
//!     let mut more = reader.begin_object()?;
//!     while more {
//!         if reader.key(&mut scratch)? == "a" && reader.peek()? == Kind::Array {
//!             let mut more = reader.begin_array()?;
//!             while more {
//!                 reader.peek()?;
//!                 sum += reader.number()?;
//!                 more = reader.next_element()?;
//!             }
//!         } else {
//!             reader.skip()?;
//!         }
//!         more = reader.next_field()?;
//!     }
//! }
//! reader.end()?;
//! assert_eq!(sum, 3.0);
//! # Ok(())
//! # }
//! ```
//!
//! What is decided where the RFC leaves it open: a number that no double comes near is an
//! error, and so are half a surrogate pair, a byte order mark, any encoding but UTF-8, and
//! more than [`MAX_DEPTH`] levels.

mod error;
mod number;
mod string;
pub mod write;

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;

pub use error::{Malformed, Reason};

/// Arrays and objects inside each other.
pub const MAX_DEPTH: u32 = 128;

/// What a value is, by its first character.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `null`
    Null,
    /// `true` or `false`
    Boolean,
    /// A number.
    Number,
    /// A string.
    String,
    /// An array.
    Array,
    /// An object.
    Object,
}

/// Reads a JSON text from its beginning to its end.
///
/// After an error it is of no more use.
#[derive(Debug)]
pub struct Reader<'a> {
    /// The text, up to the first byte that is not UTF-8.
    text: &'a str,
    whole: bool,
    at: usize,
    depth: u32,
}

impl<'a> Reader<'a> {
    /// A reader at the beginning of a text.
    pub fn new(text: &'a [u8]) -> Self {
        let (valid, whole) = match std::str::from_utf8(text) {
            Ok(text) => (text, true),
            Err(error) => {
                let (valid, _) = text.split_at(error.valid_up_to());
                (std::str::from_utf8(valid).unwrap_or_default(), false)
            }
        };
        Reader {
            text: valid,
            whole,
            at: 0,
            depth: 0,
        }
    }

    /// Skips blanks and tells what the next value is; it is read by the method for it.
    ///
    /// # Errors
    /// Where no value begins.
    #[inline]
    pub fn peek(&mut self) -> Result<Kind, Malformed> {
        self.blanks();
        match self.byte() {
            Some(b'"') => Ok(Kind::String),
            Some(b'-' | b'0'..=b'9') => Ok(Kind::Number),
            Some(b'{') => Ok(Kind::Object),
            Some(b'[') => Ok(Kind::Array),
            Some(b't' | b'f') => Ok(Kind::Boolean),
            Some(b'n') => Ok(Kind::Null),
            Some(_) => Err(self.malformed(Reason::Value)),
            None => Err(self.malformed(Reason::EndInValue)),
        }
    }

    /// Reads `null`.
    ///
    /// # Errors
    /// Where it is something else.
    #[inline]
    pub fn null(&mut self) -> Result<(), Malformed> {
        self.word("null")
    }

    /// Reads `true` or `false`.
    ///
    /// # Errors
    /// Where it is something else.
    #[inline]
    pub fn boolean(&mut self) -> Result<bool, Malformed> {
        let value = self.byte() == Some(b't');
        self.word(if value { "true" } else { "false" })?;
        Ok(value)
    }

    /// Enters an array; false where it has no elements, and is left again.
    ///
    /// # Errors
    /// Beyond [`MAX_DEPTH`].
    #[inline]
    pub fn begin_array(&mut self) -> Result<bool, Malformed> {
        self.begin(b']')
    }

    /// What follows an element: another one, or the end of the array.
    ///
    /// # Errors
    /// Where it is neither.
    #[inline]
    pub fn next_element(&mut self) -> Result<bool, Malformed> {
        self.next(b']', Reason::Element, Reason::EndInArray)
    }

    /// Enters an object; false where it has no fields, and is left again.
    ///
    /// # Errors
    /// Beyond [`MAX_DEPTH`].
    #[inline]
    pub fn begin_object(&mut self) -> Result<bool, Malformed> {
        self.begin(b'}')
    }

    /// Reads a field's name and the colon behind it. A name with escapes is put together in
    /// `scratch`.
    ///
    /// # Errors
    /// Where no name stands.
    #[inline]
    pub fn key<'s>(&mut self, scratch: &'s mut String) -> Result<&'s str, Malformed>
    where
        'a: 's,
    {
        self.blanks();
        if self.byte() != Some(b'"') {
            return Err(self.no_key());
        }
        let key = self.string(scratch)?;
        self.colon()?;
        Ok(key)
    }

    /// Reads the name and the colon of a field where it has this name, which needs no escape,
    /// and both are written as most writers do; else nothing is read.
    #[inline]
    pub fn is_key(&mut self, name: &str) -> bool {
        self.blanks();
        let rest = self.text.as_bytes().get(self.at..).unwrap_or_default();
        let end = name.len() + 1;
        let same = matches!(rest.get(end..end + 2), Some(b"\":"))
            && rest[0] == b'"'
            && rest[1..end] == *name.as_bytes();
        self.at += if same { end + 2 } else { 0 };
        same
    }

    /// What follows a field: another one, or the end of the object.
    ///
    /// # Errors
    /// Where it is neither.
    #[inline]
    pub fn next_field(&mut self) -> Result<bool, Malformed> {
        self.next(b'}', Reason::Field, Reason::EndInObject)
    }

    /// Reads any value, checking all of it.
    ///
    /// # Errors
    /// As the methods for what it is.
    pub fn skip(&mut self) -> Result<(), Malformed> {
        match self.peek()? {
            Kind::Null => self.null(),
            Kind::Boolean => self.boolean().map(drop),
            Kind::Number => self.number().map(drop),
            Kind::String => self.skip_string(),
            Kind::Array => {
                let mut more = self.begin_array()?;
                while more {
                    self.skip()?;
                    more = self.next_element()?;
                }
                Ok(())
            }
            Kind::Object => {
                let mut more = self.begin_object()?;
                while more {
                    self.blanks();
                    if self.byte() != Some(b'"') {
                        return Err(self.no_key());
                    }
                    self.skip_string()?;
                    self.colon()?;
                    self.skip()?;
                    more = self.next_field()?;
                }
                Ok(())
            }
        }
    }

    /// Checks that nothing but blanks follows the value.
    ///
    /// # Errors
    /// Where something does.
    pub fn end(&mut self) -> Result<(), Malformed> {
        self.blanks();
        match self.at == self.text.len() && self.whole {
            true => Ok(()),
            false => Err(self.malformed(Reason::Trailing)),
        }
    }

    /// Where the reader is: at a value that [`Reader::peek`] told of, or behind one that was
    /// read.
    #[inline]
    pub fn offset(&self) -> usize {
        self.at
    }

    #[inline]
    fn byte(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    #[inline]
    fn blanks(&mut self) {
        if self.byte().is_some_and(|byte| byte <= b' ') {
            self.skip_blanks();
        }
    }

    fn skip_blanks(&mut self) {
        let rest = &self.text.as_bytes()[self.at..];
        // Indentation.
        let (words, _) = rest[1..].as_chunks::<8>();
        let spaces = words.iter().take_while(|word| **word == [b' '; 8]).count();
        let from = if rest[0] == b'\n' { 1 + spaces * 8 } else { 0 };
        let is_blank = |byte: &&u8| matches!(byte, b' ' | b'\n' | b'\r' | b'\t');
        let blanks = rest[from..].iter().take_while(is_blank).count();
        self.at += from + blanks;
    }

    #[inline]
    fn colon(&mut self) -> Result<(), Malformed> {
        self.blanks();
        match self.byte() {
            Some(b':') => {
                self.at += 1;
                Ok(())
            }
            Some(_) => Err(self.malformed(Reason::Colon)),
            None => Err(self.malformed(Reason::EndInObject)),
        }
    }

    #[inline]
    fn begin(&mut self, end: u8) -> Result<bool, Malformed> {
        if self.depth == MAX_DEPTH {
            return Err(self.malformed(Reason::Depth));
        }
        self.at += 1;
        self.blanks();
        if self.byte() == Some(end) {
            self.at += 1;
            return Ok(false);
        }
        self.depth += 1;
        Ok(true)
    }

    #[inline]
    fn next(&mut self, end: u8, other: Reason, eof: Reason) -> Result<bool, Malformed> {
        self.blanks();
        match self.byte() {
            Some(b',') => {
                self.at += 1;
                Ok(true)
            }
            Some(byte) if byte == end => {
                self.at += 1;
                self.depth -= 1;
                Ok(false)
            }
            Some(_) => Err(self.malformed(other)),
            None => Err(self.malformed(eof)),
        }
    }

    #[inline]
    fn word(&mut self, word: &str) -> Result<(), Malformed> {
        let rest = &self.text.as_bytes()[self.at..];
        if rest.starts_with(word.as_bytes()) {
            self.at += word.len();
            return Ok(());
        }
        Err(self.no_word(word))
    }

    #[cold]
    fn no_word(&mut self, word: &str) -> Malformed {
        let same = |(a, b): &(u8, u8)| a == b;
        let rest = self.text.bytes().skip(self.at);
        self.at += rest.zip(word.bytes()).take_while(same).count();
        match self.byte() {
            Some(_) => self.malformed(Reason::Value),
            None => self.malformed(Reason::EndInValue),
        }
    }

    #[cold]
    fn no_key(&self) -> Malformed {
        match self.byte() {
            Some(b'}') => self.malformed(Reason::TrailingComma),
            Some(_) => self.malformed(Reason::Key),
            None => self.malformed(Reason::EndInObject),
        }
    }

    /// The error at this place.
    #[cold]
    fn malformed(&self, reason: Reason) -> Malformed {
        let cut = !self.whole && self.at == self.text.len();
        let reason = if cut { Reason::Utf8 } else { reason };
        Malformed::at(reason, &self.text.as_bytes()[..self.at])
    }
}
