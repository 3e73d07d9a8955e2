//! The rules for single values.

use super::fault::{Bound, Fault, Unit};
use super::schema::{Length, Range, TextRules};

/// Lua's pattern matching, which is the VM's.
pub trait Patterns {
    /// Whether a well-formed pattern is found in a text.
    fn found(&self, pattern: &str, text: &[u8]) -> bool;

    /// Whether there is time for so many more values or comparisons. Where there is not, what
    /// is checked is of no use.
    fn has_time(&self, steps: usize) -> bool {
        let _ = steps;
        true
    }
}

/// The clock is looked at where there are more choices or items than this.
pub(super) const MANY: usize = 64;

impl Range {
    /// Whether a number is in it.
    #[inline]
    pub fn holds(&self, value: f64) -> bool {
        // Not a number is in no range.
        self.min.is_none_or(|min| value >= min) && self.max.is_none_or(|max| value <= max)
    }

    pub(super) fn check<'a>(&self, value: f64, report: &mut dyn FnMut(Fault<'a>)) {
        match (self.min, self.max) {
            (Some(min), _) if value < min || value.is_nan() => report(Fault::Least(min, value)),
            (_, Some(max)) if value > max || value.is_nan() => report(Fault::Most(max, value)),
            _ => {}
        }
    }
}

impl Length {
    /// Whether so many are neither too few nor too many.
    #[inline]
    pub fn holds(&self, length: usize) -> bool {
        length >= self.min as usize && self.max.is_none_or(|max| length <= max as usize)
    }

    pub(super) fn check<'a>(&self, got: usize, unit: Unit, report: &mut dyn FnMut(Fault<'a>)) {
        let above = self.max.filter(|max| got > *max as usize);
        let exact = self.max == Some(self.min);
        let (bound, limit) = match (got < self.min as usize, above) {
            (true, _) if exact => (Bound::Exactly, self.min),
            (true, _) => (Bound::Least, self.min),
            (_, Some(max)) if exact => (Bound::Exactly, max),
            (_, Some(max)) => (Bound::Most, max),
            _ => return,
        };
        report(Fault::Length(bound, limit, got, unit));
    }

    fn is_open(&self) -> bool {
        self.min == 0 && self.max.is_none()
    }
}

impl TextRules {
    /// Whether a text follows them, as far as a look at it tells: where this is false it
    /// may all the same.
    #[inline]
    pub fn surely_hold(&self, text: &[u8]) -> bool {
        let Length { min, max } = self.length;
        // A character has one to four bytes.
        let length = (min == 0 || text.len() > (min as usize - 1) * 4)
            && max.is_none_or(|max| text.len() <= max as usize);
        (length || self.length.holds(characters(text)))
            && self.pattern.is_none()
            && self.format.is_none()
            // Many take time, which only the check accounts for.
            && (self.choices.is_empty() || self.choices.len() <= MANY && self.is_choice(text))
    }

    fn is_choice(&self, text: &[u8]) -> bool {
        self.choices.iter().any(|choice| choice.as_bytes() == text)
    }

    pub(super) fn check<'a>(
        &'a self,
        text: &'a [u8],
        patterns: &dyn Patterns,
        report: &mut dyn FnMut(Fault<'a>),
    ) {
        let choices = self.choices.as_ref();
        if choices.len() > MANY && !patterns.has_time(choices.len()) {
            return;
        }
        if !choices.is_empty() && !self.is_choice(text) {
            report(Fault::Enum(choices, text));
        }
        if !self.length.is_open() {
            self.length
                .check(characters(text), Unit::Characters, report);
        }
        if let Some(pattern) = &self.pattern
            && !patterns.found(pattern, text)
        {
            report(Fault::Pattern(pattern));
        }
        if let Some(format) = self.format
            && !format.matches(text)
        {
            report(Fault::Format(format));
        }
    }
}

/// How many characters a text has: the bytes that begin one.
fn characters(text: &[u8]) -> usize {
    text.iter().filter(|byte| **byte & 0xc0 != 0x80).count()
}

/// The number that a text of a query or a form stands for: digits with a sign, a fraction
/// and an exponent, as JSON writes them, and zeros before them.
pub fn number_of(text: &str) -> Option<f64> {
    let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
    let rest = text.strip_prefix('-').unwrap_or(text);
    let whole = digits(rest);
    let mut rest = &rest[whole..];
    let mut good = whole > 0;
    if let Some(fraction) = rest.strip_prefix('.') {
        good &= digits(fraction) > 0;
        rest = &fraction[digits(fraction)..];
    }
    if let Some(exponent) = rest.strip_prefix(['e', 'E']) {
        let exponent = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
        good &= digits(exponent) > 0;
        rest = &exponent[digits(exponent)..];
    }
    let number: f64 = text.parse().ok().filter(|_| good && rest.is_empty())?;
    number.is_finite().then_some(number)
}

/// The truth value that a text of a query or a form stands for.
pub fn truth_of(text: &str) -> Option<bool> {
    match text {
        "true" | "1" | "on" => Some(true),
        "false" | "0" | "off" => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Length, Range, TextRules};
    use super::{Patterns, Unit, number_of, truth_of};

    struct NoPatterns;

    impl Patterns for NoPatterns {
        fn found(&self, _: &str, _: &[u8]) -> bool {
            false
        }
    }

    /// What is told quickly is what the check says.
    #[test]
    fn quick_answers() {
        for min in 0..6 {
            for max in [None, Some(min), Some(min + 2)] {
                let length = Length { min, max };
                for text in [
                    "",
                    "a",
                    "é",
                    "😀",
                    "ab",
                    "éé",
                    "😀😀",
                    "abcdef",
                    "éaéaéa",
                    "😀bcde",
                ] {
                    let rules = TextRules {
                        length,
                        ..TextRules::default()
                    };
                    let mut faults = 0;
                    rules.check(text.as_bytes(), &NoPatterns, &mut |_| faults += 1);
                    let quick = rules.surely_hold(text.as_bytes());
                    assert_eq!(quick, faults == 0, "{length:?} {text}");
                }
                for got in 0..9 {
                    let mut faults = 0;
                    length.check(got, Unit::Items, &mut |_| faults += 1);
                    assert_eq!(length.holds(got), faults == 0, "{length:?} {got}");
                }
            }
        }
        for min in [None, Some(-1.5), Some(0.0)] {
            for max in [None, Some(0.0), Some(3.0)] {
                let range = Range { min, max };
                for got in [-2.0, -1.5, 0.0, 1.0, 3.0, 3.5, f64::NAN] {
                    let mut faults = 0;
                    range.check(got, &mut |_| faults += 1);
                    assert_eq!(range.holds(got), faults == 0, "{range:?} {got}");
                }
            }
        }
    }

    #[test]
    fn numbers() {
        for (text, number) in [
            ("0", 0.0),
            ("-12.50", -12.5),
            ("007", 7.0),
            ("1e3", 1000.0),
            ("1E-1", 0.1),
        ] {
            assert_eq!(number_of(text), Some(number), "{text}");
        }
        for text in [
            "", "-", "+1", ".5", "1.", "1e", "0x10", "1 ", " 1", "inf", "nan", "1e999", "1_0",
        ] {
            assert_eq!(number_of(text), None, "{text}");
        }
    }

    #[test]
    fn truths() {
        assert_eq!(
            ["true", "0", "yes", "TRUE"].map(truth_of),
            [Some(true), Some(false), None, None]
        );
    }
}
