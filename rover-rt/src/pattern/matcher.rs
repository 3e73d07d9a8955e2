//! The matcher: `match` of LuaJIT's `lib_string.c`, step by step, with indices for pointers.
//! Past its end a text has a NUL, as C's have.

use super::compile::{Compiled, Item, Step};
use super::error::PatternError;
use super::limits::{Clock, MAX_CAPTURES, MAX_DEPTH};

/// A part of the subject that a pattern's parentheses caught.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Capture {
    /// `()`
    Position(usize),
    /// From one index to another.
    Text(usize, usize),
}

/// A capture while it is made: Lua's texts have less than 2^31 bytes.
#[derive(Clone, Copy)]
struct Slot {
    start: u32,
    length: u32,
}

/// The length of a capture of which `(` was met, `)` not yet.
const OPEN: u32 = u32::MAX;
/// The length of `()`.
const POSITION: u32 = u32::MAX - 1;

/// A subject and what of it was matched. It owns nothing, so that an error of Lua's may leave
/// a frame that holds it.
pub(crate) struct Matcher<'a> {
    subject: &'a [u8],
    captures: [Slot; MAX_CAPTURES],
    level: usize,
    depth: u32,
    /// Steps that the clock has not heard of.
    steps: u32,
    clock: &'a mut dyn Clock,
}

/// The clock is told of so many steps at once.
const STEPS: u32 = 256;

type Matched = Result<Option<usize>, PatternError>;

impl<'a> Matcher<'a> {
    pub(crate) fn new(subject: &'a [u8], clock: &'a mut dyn Clock) -> Self {
        Matcher {
            subject,
            captures: [Slot {
                start: 0,
                length: 0,
            }; MAX_CAPTURES],
            level: 0,
            depth: 0,
            steps: 0,
            clock,
        }
    }

    pub(crate) fn subject(&self) -> &'a [u8] {
        self.subject
    }

    /// The first match at or after an index: where it starts and ends.
    pub(crate) fn search(
        &mut self,
        pattern: &Compiled,
        from: usize,
    ) -> Result<Option<(usize, usize)>, PatternError> {
        let found = self.first(pattern, from)?;
        self.tell()?;
        Ok(found)
    }

    fn first(
        &mut self,
        pattern: &Compiled,
        from: usize,
    ) -> Result<Option<(usize, usize)>, PatternError> {
        let mut start = from;
        if pattern.anchored {
            let end = self.at(pattern, start)?;
            return Ok(end.map(|end| (start, end)));
        }
        while start <= self.subject.len() {
            if let Some(first) = pattern.first {
                // Nothing else can begin a match.
                let rest = &self.subject[start..];
                let Some(skipped) = pattern.skip(first, rest) else {
                    self.spend(rest.len() / 16)?;
                    return Ok(None);
                };
                self.spend(skipped / 16)?;
                start += skipped;
            }
            if let Some(end) = self.at(pattern, start)? {
                return Ok(Some((start, end)));
            }
            start += 1;
        }
        Ok(None)
    }

    /// Matches at one index; gives where the match ends.
    pub(crate) fn at(&mut self, pattern: &Compiled, start: usize) -> Matched {
        self.level = 0;
        self.depth = 0;
        self.run(pattern, start, 0)
    }

    /// How many values the last match gives; without captures the whole match is one.
    pub(crate) fn values(&self) -> usize {
        self.level.max(1)
    }

    pub(crate) fn captures(&self) -> usize {
        self.level
    }

    /// A capture of the last match, from `start` to `end`; the first is the whole match
    /// where the pattern has none.
    pub(crate) fn capture(
        &self,
        index: usize,
        (start, end): (usize, usize),
    ) -> Result<Capture, PatternError> {
        if index >= self.level {
            return match index {
                0 => Ok(Capture::Text(start, end)),
                _ => Err(PatternError::CaptureIndex),
            };
        }
        let Slot { start, length } = self.captures[index];
        match length {
            OPEN => Err(PatternError::Unfinished),
            POSITION => Ok(Capture::Position(start as usize)),
            length => Ok(Capture::Text(start as usize, (start + length) as usize)),
        }
    }

    fn s(&self, at: usize) -> u8 {
        self.subject.get(at).copied().unwrap_or(0)
    }

    #[inline]
    fn spend(&mut self, steps: usize) -> Result<(), PatternError> {
        self.steps += steps as u32 + 1;
        match self.steps < STEPS {
            true => Ok(()),
            false => self.tell(),
        }
    }

    /// Tells the clock of the steps since the last time.
    pub(crate) fn tell(&mut self) -> Result<(), PatternError> {
        match self.clock.spend(std::mem::take(&mut self.steps)) {
            true => Ok(()),
            false => Err(PatternError::Stopped),
        }
    }

    /// Matches from a step on; counts how deep it is called, as LuaJIT does.
    fn run(&mut self, pattern: &Compiled, mut s: usize, mut p: usize) -> Matched {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(PatternError::TooComplex);
        }
        let end = loop {
            self.spend(0)?;
            let here = |item| match self.subject.get(s) {
                Some(byte) => pattern.matches(item, *byte),
                None => false,
            };
            match pattern.steps[p] {
                Step::One(item) if here(item) => s += 1,
                Step::One(_) => break None,
                Step::Some(item) if here(item) => break self.most(pattern, s, item, p + 1)?,
                Step::Some(_) => break None,
                Step::Any(item) => break self.most(pattern, s, item, p + 1)?,
                Step::Optional(item) => {
                    if here(item)
                        && let Some(end) = self.run(pattern, s + 1, p + 1)?
                    {
                        break Some(end);
                    }
                }
                Step::Least(item) => break self.least(pattern, s, item, p + 1)?,
                Step::Open => break self.start_capture(pattern, s, p + 1, OPEN)?,
                Step::Position => break self.start_capture(pattern, s, p + 1, POSITION)?,
                Step::Close => break self.end_capture(pattern, s, p + 1)?,
                Step::Balance(open, close) => match self.balance(s, open, close)? {
                    Some(end) => s = end,
                    None => break None,
                },
                Step::Frontier(set) => {
                    let before = s.checked_sub(1).map_or(0, |at| self.s(at));
                    let set = &pattern.sets[set as usize];
                    if set.has(before) || !set.has(self.s(s)) {
                        break None;
                    }
                }
                Step::Reference(digit) => match self.back_reference(s, digit)? {
                    Some(end) => s = end,
                    None => break None,
                },
                Step::Done => break Some(s),
                Step::End => break (s == self.subject.len()).then_some(s),
                Step::Fail(error) => return Err(error),
            }
            p += 1;
        };
        self.depth -= 1;
        Ok(end)
    }

    /// As many of an item as there are, then fewer (`max_expand`). `+` has one at least, which
    /// its caller has seen.
    #[inline]
    fn most(&mut self, pattern: &Compiled, s: usize, item: Item, rest: usize) -> Matched {
        let text = self.subject.get(s..).unwrap_or_default();
        let count = pattern.run(item, text);
        self.spend(count / 16)?;
        if pattern.steps[rest] == Step::Done {
            // What is left is one match, that of the depth counts.
            return match self.depth < MAX_DEPTH {
                true => Ok(Some(s + count)),
                false => Err(PatternError::TooComplex),
            };
        }
        let least = match pattern.steps[rest - 1] {
            Step::Some(_) => 1,
            _ => 0,
        };
        for count in (least..=count).rev() {
            if let Some(end) = self.run(pattern, s + count, rest)? {
                return Ok(Some(end));
            }
        }
        Ok(None)
    }

    /// As few of an item as will do (`min_expand`).
    fn least(&mut self, pattern: &Compiled, mut s: usize, item: Item, rest: usize) -> Matched {
        loop {
            if let Some(end) = self.run(pattern, s, rest)? {
                return Ok(Some(end));
            }
            match self.subject.get(s) {
                Some(byte) if pattern.matches(item, *byte) => s += 1,
                _ => return Ok(None),
            }
        }
    }

    fn start_capture(&mut self, pattern: &Compiled, s: usize, p: usize, length: u32) -> Matched {
        let level = self.level;
        if level >= MAX_CAPTURES {
            return Err(PatternError::TooManyCaptures);
        }
        let start = s as u32;
        self.captures[level] = Slot { start, length };
        self.level = level + 1;
        let end = self.run(pattern, s, p)?;
        if end.is_none() {
            self.level -= 1;
        }
        Ok(end)
    }

    fn end_capture(&mut self, pattern: &Compiled, s: usize, p: usize) -> Matched {
        let open = |slot: &Slot| slot.length == OPEN;
        let Some(index) = self.captures[..self.level].iter().rposition(open) else {
            return Err(PatternError::Capture);
        };
        self.captures[index].length = s as u32 - self.captures[index].start;
        let end = self.run(pattern, s, p)?;
        if end.is_none() {
            self.captures[index].length = OPEN;
        }
        Ok(end)
    }

    /// `%bxy`
    fn balance(&mut self, s: usize, open: u8, close: u8) -> Matched {
        if self.s(s) != open {
            return Ok(None);
        }
        let mut depth = 1_usize;
        let found = self.subject[s + 1..].iter().position(|byte| {
            if *byte == close {
                depth -= 1;
            } else if *byte == open {
                depth += 1;
            }
            depth == 0
        });
        self.spend((found.unwrap_or(self.subject.len() - s)) / 16)?;
        Ok(found.map(|at| s + at + 2))
    }

    /// `%1`
    fn back_reference(&mut self, s: usize, digit: u8) -> Matched {
        let index = usize::from(digit).wrapping_sub(usize::from(b'1'));
        let slot = self.captures[..self.level].get(index);
        let text = match slot {
            None | Some(Slot { length: OPEN, .. }) => return Err(PatternError::CaptureIndex),
            // Its length is a negative number in C, longer than anything.
            Some(Slot {
                length: POSITION, ..
            }) => return Ok(None),
            Some(slot) => &self.subject[slot.start as usize..][..slot.length as usize],
        };
        self.spend(text.len() / 64)?;
        let same = self.subject[s..].starts_with(text);
        Ok(same.then_some(s + text.len()))
    }
}
