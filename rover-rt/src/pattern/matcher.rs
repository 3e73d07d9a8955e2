//! The matcher: `match` of LuaJIT's `lib_string.c`, function by function, with indices for
//! pointers. Past its end a text has a NUL, as C's have, and a pattern ends at its first.

use super::class::Item;
use super::{Clock, MAX_CAPTURES, MAX_DEPTH, PatternError};

/// A part of the subject that a pattern's parentheses caught.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Capture {
    /// `(` was met, `)` not yet.
    Open(usize),
    /// `()`
    Position(usize),
    /// From one index to another.
    Text(usize, usize),
}

/// A pattern and the subject that it is matched with. It owns nothing, so that an error of
/// Lua's may leave a frame that holds it.
pub(crate) struct Matcher<'a> {
    subject: &'a [u8],
    pattern: &'a [u8],
    anchored: bool,
    captures: [Capture; MAX_CAPTURES],
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
    /// `^` at the start of the pattern anchors it.
    pub(crate) fn new(subject: &'a [u8], pattern: &'a [u8], clock: &'a mut dyn Clock) -> Self {
        let anchored = pattern.first() == Some(&b'^');
        let pattern = if anchored { &pattern[1..] } else { pattern };
        Matcher {
            anchored,
            ..Matcher::unanchored(subject, pattern, clock)
        }
    }

    /// For `string.gmatch`, where `^` is a character.
    pub(crate) fn unanchored(
        subject: &'a [u8],
        pattern: &'a [u8],
        clock: &'a mut dyn Clock,
    ) -> Self {
        Matcher {
            subject,
            pattern,
            anchored: false,
            captures: [Capture::Open(0); MAX_CAPTURES],
            level: 0,
            depth: 0,
            steps: 0,
            clock,
        }
    }

    pub(crate) fn is_anchored(&self) -> bool {
        self.anchored
    }

    pub(crate) fn subject(&self) -> &'a [u8] {
        self.subject
    }

    /// The first match at or after an index: where it starts and ends.
    pub(crate) fn search(&mut self, from: usize) -> Result<Option<(usize, usize)>, PatternError> {
        let found = self.first(from)?;
        self.tell()?;
        Ok(found)
    }

    fn first(&mut self, from: usize) -> Result<Option<(usize, usize)>, PatternError> {
        let mut start = from;
        loop {
            if let Some(end) = self.at(start)? {
                return Ok(Some((start, end)));
            }
            start += 1;
            if self.anchored || start > self.subject.len() {
                return Ok(None);
            }
            if let Some(first) = self.first_byte() {
                // Nothing else can begin a match.
                let rest = &self.subject[start..];
                let Some(skipped) = memchr::memchr(first, rest) else {
                    return Ok(None);
                };
                self.spend(skipped / 64)?;
                start += skipped;
            }
        }
    }

    /// The byte that every match begins with, if that is plain to see.
    fn first_byte(&self) -> Option<u8> {
        let first = self.p(0);
        let special = matches!(first, b'(' | b')' | b'%' | b'.' | b'[' | b'$' | 0);
        let optional = matches!(self.p(1), b'*' | b'?' | b'-');
        (!special && !optional).then_some(first)
    }

    /// Matches at one index; gives where the match ends.
    pub(crate) fn at(&mut self, start: usize) -> Matched {
        self.level = 0;
        self.depth = 0;
        self.run(start, 0)
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
        match self.captures[index] {
            Capture::Open(_) => Err(PatternError::Unfinished),
            closed => Ok(closed),
        }
    }

    fn p(&self, at: usize) -> u8 {
        self.pattern.get(at).copied().unwrap_or(0)
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

    /// Where the item that starts at an index ends.
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

    fn run(&mut self, mut s: usize, mut p: usize) -> Matched {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(PatternError::TooComplex);
        }
        let end = loop {
            self.spend(0)?;
            match self.p(p) {
                b'(' if self.p(p + 1) == b')' => {
                    break self.start_capture(s, p + 2, Capture::Position(s))?;
                }
                b'(' => break self.start_capture(s, p + 1, Capture::Open(s))?,
                b')' => break self.end_capture(s, p + 1)?,
                b'%' if self.p(p + 1) == b'b' => match self.balance(s, p + 2)? {
                    Some(end) => (s, p) = (end, p + 4),
                    None => break None,
                },
                b'%' if self.p(p + 1) == b'f' => match self.frontier(s, p + 2)? {
                    Some(next) => p = next,
                    None => break None,
                },
                b'%' if self.p(p + 1).is_ascii_digit() => {
                    match self.back_reference(s, self.p(p + 1))? {
                        Some(end) => (s, p) = (end, p + 2),
                        None => break None,
                    }
                }
                0 => break Some(s),
                b'$' if self.p(p + 1) == 0 => break (s == self.subject.len()).then_some(s),
                _ => match self.item(s, p)? {
                    Next::Done(end) => break end,
                    Next::Go(next_s, next_p) => (s, p) = (next_s, next_p),
                },
            }
        };
        self.depth -= 1;
        Ok(end)
    }

    /// One item and what may stand after it: `?`, `*`, `+` or `-`.
    #[inline]
    fn item(&mut self, s: usize, p: usize) -> Result<Next, PatternError> {
        let end = self.class_end(p)?;
        let pattern: &'a [u8] = self.pattern;
        let item = Item::new(&pattern[p..end]);
        let here = self.subject.get(s).is_some_and(|byte| item.matches(*byte));
        Ok(match self.p(end) {
            b'?' => {
                if here && let Some(found) = self.run(s + 1, end + 1)? {
                    return Ok(Next::Done(Some(found)));
                }
                Next::Go(s, end + 1)
            }
            b'*' => Next::Done(self.most(s, item, end + 1)?),
            b'+' if here => Next::Done(self.most(s + 1, item, end + 1)?),
            b'-' => Next::Done(self.least(s, item, end + 1)?),
            b'+' => Next::Done(None),
            _ if here => Next::Go(s + 1, end),
            _ => Next::Done(None),
        })
    }

    /// As many of an item as there are, then fewer (`max_expand`).
    fn most(&mut self, s: usize, item: Item<'_>, rest: usize) -> Matched {
        let count = self.subject.get(s..).map_or(0, |text| item.run(text));
        self.spend(count / 16)?;
        if self.p(rest) == 0 {
            // The pattern ends here: what is left is one match, that of the depth counts.
            return self.run(s + count, rest);
        }
        for count in (0..=count).rev() {
            if let Some(end) = self.run(s + count, rest)? {
                return Ok(Some(end));
            }
        }
        Ok(None)
    }

    /// As few of an item as will do (`min_expand`).
    fn least(&mut self, mut s: usize, item: Item<'_>, rest: usize) -> Matched {
        loop {
            if let Some(end) = self.run(s, rest)? {
                return Ok(Some(end));
            }
            match self.subject.get(s) {
                Some(byte) if item.matches(*byte) => s += 1,
                _ => return Ok(None),
            }
        }
    }

    fn start_capture(&mut self, s: usize, p: usize, capture: Capture) -> Matched {
        let level = self.level;
        if level >= MAX_CAPTURES {
            return Err(PatternError::TooManyCaptures);
        }
        self.captures[level] = capture;
        self.level = level + 1;
        let end = self.run(s, p)?;
        if end.is_none() {
            self.level -= 1;
        }
        Ok(end)
    }

    fn end_capture(&mut self, s: usize, p: usize) -> Matched {
        let open = |capture: &Capture| matches!(capture, Capture::Open(_));
        let Some(index) = self.captures[..self.level].iter().rposition(open) else {
            return Err(PatternError::Capture);
        };
        let Capture::Open(start) = self.captures[index] else {
            return Err(PatternError::Capture);
        };
        self.captures[index] = Capture::Text(start, s);
        let end = self.run(s, p)?;
        if end.is_none() {
            self.captures[index] = Capture::Open(start);
        }
        Ok(end)
    }

    /// `%bxy`
    fn balance(&mut self, s: usize, p: usize) -> Matched {
        let (open, close) = (self.p(p), self.p(p + 1));
        if open == 0 || close == 0 {
            return Err(PatternError::Balance);
        }
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

    /// `%f[set]`; gives where the pattern goes on.
    fn frontier(&mut self, s: usize, p: usize) -> Matched {
        if self.p(p) != b'[' {
            return Err(PatternError::Frontier);
        }
        let end = self.class_end(p)?;
        let set = Item::new(&self.pattern[p..end]);
        let before = s.checked_sub(1).map_or(0, |at| self.s(at));
        let there = !set.matches(before) && set.matches(self.s(s));
        Ok(there.then_some(end))
    }

    /// `%1`
    fn back_reference(&mut self, s: usize, digit: u8) -> Matched {
        let index = usize::from(digit).wrapping_sub(usize::from(b'1'));
        let captures = &self.captures[..self.level];
        let text = match captures.get(index) {
            None | Some(Capture::Open(_)) => return Err(PatternError::CaptureIndex),
            // Its length is a negative number in C, longer than anything.
            Some(Capture::Position(_)) => return Ok(None),
            Some(Capture::Text(start, end)) => &self.subject[*start..*end],
        };
        self.spend(text.len() / 64)?;
        let same = self.subject[s..].starts_with(text);
        Ok(same.then_some(s + text.len()))
    }
}

/// How the matcher goes on after an item.
enum Next {
    Done(Option<usize>),
    Go(usize, usize),
}
