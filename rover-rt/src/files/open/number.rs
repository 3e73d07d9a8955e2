//! Numbers in files, read as C's `scanf("%lf")` does.

/// What became of a byte.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// It belongs to the number.
    Taken,
    /// It was read, and decides how the number ends.
    Last,
    /// It stays in the file.
    After,
}

impl Step {
    pub(crate) fn takes(self) -> bool {
        self != Step::After
    }

    pub(crate) fn ends(self) -> bool {
        self != Step::Taken
    }
}

/// What `scanf` is reading.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Part {
    #[default]
    Space,
    /// After a sign.
    First,
    /// After a zero that may begin a prefix.
    Zero,
    Digits,
    /// Within `nan` or `infinity`, of which so many letters were there.
    Word(&'static [u8], usize),
    /// No number can become of it.
    Failed,
}

const NAN: &[u8] = b"nan";
const INFINITY: &[u8] = b"infinity";
/// The shorter of its two names.
const INF: usize = 3;

/// The text of a number as far as it was read, byte by byte. glibc's `vfscanf` puts one byte back
/// at most, so what is no number in the end may have lost its beginning: after `0xg` the `g` is
/// read next.
#[derive(Debug, Default)]
pub(crate) struct NumberText {
    part: Part,
    is_negative: bool,
    is_hexadecimal: bool,
    has_digit: bool,
    has_point: bool,
    has_exponent: bool,
    /// Digits, the point and the exponent.
    text: Vec<u8>,
}

impl NumberText {
    pub(crate) fn len(&self) -> usize {
        self.text.len()
    }

    /// Takes the next byte of the file, or tells that it does not belong to the number.
    pub(crate) fn add(&mut self, byte: u8) -> Step {
        match self.part {
            Part::Space if byte.is_ascii_whitespace() || byte == b'\x0b' => Step::Taken,
            Part::Space if matches!(byte, b'+' | b'-') => {
                self.is_negative = byte == b'-';
                self.part = Part::First;
                Step::Taken
            }
            Part::Space | Part::First => self.first(byte),
            Part::Zero if byte.eq_ignore_ascii_case(&b'x') => {
                self.is_hexadecimal = true;
                self.text.clear();
                self.part = Part::Digits;
                Step::Taken
            }
            Part::Zero => {
                self.has_digit = true;
                self.part = Part::Digits;
                self.digit(byte)
            }
            Part::Digits => self.digit(byte),
            Part::Word(word, count) => self.letter(word, count, byte),
            Part::Failed => Step::After,
        }
    }

    fn first(&mut self, byte: u8) -> Step {
        self.part = match byte.to_ascii_lowercase() {
            b'n' => Part::Word(NAN, 1),
            b'i' => Part::Word(INFINITY, 1),
            b'0' => {
                self.text.push(byte);
                Part::Zero
            }
            _ => {
                self.part = Part::Digits;
                return self.digit(byte);
            }
        };
        Step::Taken
    }

    fn letter(&mut self, word: &'static [u8], count: usize, byte: u8) -> Step {
        if byte.to_ascii_lowercase() == word[count] {
            self.part = Part::Word(word, count + 1);
            return match count + 1 == word.len() {
                true => Step::Last,
                false => Step::Taken,
            };
        }
        if word == INFINITY && count == INF {
            return Step::After;
        }
        self.part = Part::Failed;
        Step::Last
    }

    fn digit(&mut self, byte: u8) -> Step {
        let exponent = if self.is_hexadecimal { b'p' } else { b'e' };
        let is_hexadecimal = self.is_hexadecimal && !self.has_exponent;
        let lower = byte.to_ascii_lowercase();
        if byte.is_ascii_digit() || (is_hexadecimal && byte.is_ascii_hexdigit()) {
            self.has_digit = true;
        } else if self.has_exponent && matches!(byte, b'+' | b'-') {
            if self.text.last() != Some(&exponent) {
                return Step::After;
            }
        } else if self.has_digit && !self.has_exponent && lower == exponent {
            self.has_exponent = true;
            self.has_point = true;
        } else if byte == b'.' && !self.has_point {
            self.has_point = true;
        } else {
            return Step::After;
        }
        self.text.push(lower);
        Step::Taken
    }

    /// The number, if it is one: what `strtod` makes of the beginning of the text.
    pub(crate) fn value(&self) -> Option<f64> {
        let value = match self.part {
            Part::Word(NAN, 3) => f64::NAN,
            Part::Word(INFINITY, INF | 8) => f64::INFINITY,
            Part::Zero => 0.0,
            Part::Digits if self.is_hexadecimal => hexadecimal(&self.text)?,
            Part::Digits => decimal(&self.text)?,
            _ => return None,
        };
        Some(if self.is_negative { -value } else { value })
    }
}

fn decimal(text: &[u8]) -> Option<f64> {
    let text = std::str::from_utf8(text).ok()?;
    let mantissa = text.split('e').next()?;
    // An exponent without digits is none.
    let whole = text.parse().or_else(|_| mantissa.parse());
    whole.ok()
}

/// A number of a mantissa and an exponent of two, rounded to the nearest as `strtod` does.
fn hexadecimal(text: &[u8]) -> Option<f64> {
    if text.is_empty() {
        return None;
    }
    let mut halves = text.splitn(2, |&byte| byte == b'p');
    let digits = halves.next()?;
    let mut mantissa: u64 = 0;
    let mut exponent = halves.next().map_or(0, power);
    let mut is_inexact = false;
    let mut is_fraction = false;
    for &byte in digits {
        let Some(digit) = char::from(byte).to_digit(16) else {
            is_fraction = true;
            continue;
        };
        if mantissa >> 60 == 0 {
            mantissa = mantissa << 4 | u64::from(digit);
            exponent -= if is_fraction { 4 } else { 0 };
        } else {
            is_inexact |= digit != 0;
            exponent += if is_fraction { 0 } else { 4 };
        }
    }
    Some(scaled(mantissa, is_inexact, exponent))
}

/// No number of digits in a file brings it back from here.
const FAR: i64 = 1 << 60;

fn power(text: &[u8]) -> i64 {
    let (is_negative, digits) = match text {
        [b'-', digits @ ..] => (true, digits),
        [b'+', digits @ ..] | digits => (false, digits),
    };
    let value = digits.iter().fold(0_i64, |value, &digit| {
        let next = value.saturating_mul(10);
        next.saturating_add(i64::from(digit - b'0')).min(FAR)
    });
    if is_negative { -value } else { value }
}

/// `mantissa * 2^exponent`, to the nearest, ties to even. The mantissa may have had more bits.
fn scaled(mantissa: u64, is_inexact: bool, exponent: i64) -> f64 {
    if mantissa == 0 {
        return 0.0;
    }
    let zeros = mantissa.leading_zeros();
    let mantissa = u128::from(mantissa << zeros);
    let exponent = exponent - i64::from(zeros);
    // Of the first bit.
    let highest = exponent + 63;
    if highest > 1023 {
        return f64::INFINITY;
    }
    let bits = 53 + (highest + 1022).min(0);
    if bits < 0 {
        return 0.0;
    }
    let dropped = 64 - bits;
    let kept = mantissa >> dropped;
    let rest = mantissa & ((1 << dropped) - 1);
    let half = 1 << (dropped - 1);
    let up = rest > half || (rest == half && (is_inexact || kept & 1 == 1));
    // At most 2^53, which a double has exactly.
    (kept as u64 + u64::from(up)) as f64 * power_of_two(exponent + dropped)
}

fn power_of_two(exponent: i64) -> f64 {
    // From -1074 to 971, by what `scaled` lets through.
    match u64::try_from(exponent + 1022) {
        Ok(biased) => f64::from_bits((biased + 1) << 52),
        Err(_) => f64::from_bits(1 << (exponent + 1074)),
    }
}
