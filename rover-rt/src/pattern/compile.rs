//! A pattern as a list of steps, each of which is one turn of `match` in LuaJIT's
//! `lib_string.c`. A mistake is a step, too: it is an error where the matcher comes to it.

use super::class::{Set, is_class};
use super::error::PatternError;
use super::limits::MAX_CAPTURES;

/// A pattern has no more steps: a match that comes so far is too complex.
const MAX_STEPS: usize = 1 << 16;

/// What one byte of a text is compared with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Item {
    Any,
    Byte(u8),
    /// The number of a set.
    Set(u32),
}

/// How often an item may stand there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// `(`
    Open,
    /// `()`
    Position,
    /// `)`
    Close,
    /// `%b` and its two characters.
    Balance(u8, u8),
    /// `%f` and its set.
    Frontier(u32),
    /// `%1`, by the digit.
    Reference(u8),
    /// `$` at the end.
    End,
    /// The pattern's end.
    Done,
    One(Item),
    /// `?`
    Optional(Item),
    /// `*`
    Any(Item),
    /// `+`
    Some(Item),
    /// `-`
    Least(Item),
    Fail(PatternError),
}

/// A pattern, read once.
#[derive(Debug)]
pub(crate) struct Compiled {
    pub(super) anchored: bool,
    /// What every match begins with, if that is plain to see.
    pub(super) first: Option<Item>,
    pub(super) steps: Vec<Step>,
    pub(super) sets: Vec<Set>,
}

impl Compiled {
    /// `^` at the start of the pattern anchors it.
    pub(crate) fn new(pattern: &[u8]) -> Self {
        match pattern {
            [b'^', rest @ ..] => Compiled {
                anchored: true,
                ..Compiled::unanchored(rest)
            },
            _ => Compiled::unanchored(pattern),
        }
    }

    /// For `string.gmatch`, where `^` is a character.
    pub(crate) fn unanchored(pattern: &[u8]) -> Self {
        let mut compiler = Compiler {
            pattern,
            steps: Vec::new(),
            sets: Vec::new(),
        };
        let mut at = 0;
        while let Some(next) = compiler.step(at) {
            at = next;
            if compiler.steps.len() >= MAX_STEPS {
                compiler.steps.push(Step::Fail(PatternError::TooComplex));
                break;
            }
        }
        let Compiler { steps, sets, .. } = compiler;
        let is_capture = |step: &&Step| matches!(step, Step::Open | Step::Position);
        let captures = steps.iter().take_while(is_capture).count();
        let first = match steps[captures] {
            // Too many captures are an error wherever the matcher begins.
            _ if captures > MAX_CAPTURES => None,
            Step::One(item) | Step::Some(item) => Some(item),
            _ => None,
        };
        Compiled {
            anchored: false,
            first: first.filter(|item| *item != Item::Any),
            steps,
            sets,
        }
    }

    /// How many values a match has: each `(` is met in every match.
    pub(crate) fn values(&self) -> usize {
        let captures = self.steps.iter();
        let captures = captures.filter(|step| matches!(step, Step::Open | Step::Position));
        captures.count().max(1)
    }

    #[inline]
    pub(super) fn matches(&self, item: Item, byte: u8) -> bool {
        match item {
            Item::Any => true,
            Item::Byte(wanted) => wanted == byte,
            Item::Set(set) => self.sets[set as usize].has(byte),
        }
    }

    /// How many bytes at the start of a text an item matches.
    #[inline]
    pub(super) fn run(&self, item: Item, text: &[u8]) -> usize {
        let end = match item {
            Item::Any => None,
            Item::Byte(wanted) => text.iter().position(|byte| *byte != wanted),
            Item::Set(set) => {
                let set = &self.sets[set as usize];
                text.iter().position(|byte| !set.has(*byte))
            }
        };
        end.unwrap_or(text.len())
    }

    /// Where in a text the first byte is that an item matches.
    #[inline]
    pub(super) fn skip(&self, item: Item, text: &[u8]) -> Option<usize> {
        match item {
            Item::Any => (!text.is_empty()).then_some(0),
            Item::Byte(wanted) => memchr::memchr(wanted, text),
            Item::Set(set) => {
                let set = &self.sets[set as usize];
                text.iter().position(|byte| set.has(*byte))
            }
        }
    }
}

/// Reads a pattern. Past its end it has a NUL, as C's have, and it ends at its first.
struct Compiler<'p> {
    pattern: &'p [u8],
    steps: Vec<Step>,
    sets: Vec<Set>,
}

impl Compiler<'_> {
    fn p(&self, at: usize) -> u8 {
        self.pattern.get(at).copied().unwrap_or(0)
    }

    /// Reads the step at an index; gives where the next one is, if there is one.
    fn step(&mut self, at: usize) -> Option<usize> {
        let read = match (self.p(at), self.p(at + 1)) {
            (b'(', b')') => Ok((Step::Position, 2)),
            (b'(', _) => Ok((Step::Open, 1)),
            (b')', _) => Ok((Step::Close, 1)),
            (b'%', b'b') => match (self.p(at + 2), self.p(at + 3)) {
                (0, _) | (_, 0) => Err(PatternError::Balance),
                (open, close) => Ok((Step::Balance(open, close), 4)),
            },
            (b'%', b'f') if self.p(at + 2) != b'[' => Err(PatternError::Frontier),
            (b'%', b'f') => self.class_end(at + 2).map(|end| {
                let set = self.set(Set::brackets(&self.pattern[at + 3..end - 1]));
                (Step::Frontier(set), end - at)
            }),
            (b'%', digit) if digit.is_ascii_digit() => Ok((Step::Reference(digit), 2)),
            (0, _) => Ok((Step::Done, 0)),
            (b'$', 0) => Ok((Step::End, 0)),
            _ => self.item(at),
        };
        let (step, length) = read.unwrap_or_else(|error| (Step::Fail(error), 0));
        self.steps.push(step);
        (length > 0).then_some(at + length)
    }

    /// Reads an item and what stands after it; gives the length of both.
    fn item(&mut self, at: usize) -> Result<(Step, usize), PatternError> {
        let end = self.class_end(at)?;
        let item = match self.pattern[at..end] {
            [b'.'] => Item::Any,
            [b'%', class] if is_class(class) => Item::Set(self.set(Set::class(class))),
            [b'%', byte] => Item::Byte(byte),
            [b'[', ref inner @ .., b']'] => {
                let set = Set::brackets(inner);
                Item::Set(self.set(set))
            }
            [byte, ..] => Item::Byte(byte),
            [] => Item::Byte(0),
        };
        let length = end - at;
        Ok(match self.p(end) {
            b'?' => (Step::Optional(item), length + 1),
            b'*' => (Step::Any(item), length + 1),
            b'+' => (Step::Some(item), length + 1),
            b'-' => (Step::Least(item), length + 1),
            _ => (Step::One(item), length),
        })
    }

    fn set(&mut self, set: Set) -> u32 {
        let known = self.sets.iter().rev().take(8).position(|s| *s == set);
        match known {
            Some(back) => (self.sets.len() - 1 - back) as u32,
            None => {
                self.sets.push(set);
                (self.sets.len() - 1) as u32
            }
        }
    }

    /// Where the item that starts at an index ends (`classend`).
    fn class_end(&self, at: usize) -> Result<usize, PatternError> {
        let mut p = at + 1;
        match self.p(at) {
            b'%' if self.p(p) == 0 => Err(PatternError::Escape),
            b'%' => Ok(p + 1),
            b'[' => {
                if self.p(p) == b'^' {
                    p += 1;
                }
                loop {
                    let byte = self.p(p);
                    if byte == 0 {
                        return Err(PatternError::Set);
                    }
                    p += 1;
                    if byte == b'%' && self.p(p) != 0 {
                        p += 1;
                    }
                    if self.p(p) == b']' {
                        return Ok(p + 1);
                    }
                }
            }
            _ => Ok(p),
        }
    }
}
