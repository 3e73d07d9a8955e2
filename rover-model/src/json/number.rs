//! Numbers (RFC 8259, section 6), each as the double that is nearest to it.

use super::{Malformed, Reader, Reason};

/// All integers up to this are doubles.
const EXACT: u64 = 1 << 53;
/// Decimal digits that always fit into 64 bits.
const DIGITS: usize = 19;
/// The powers of ten that are doubles.
const POWERS: [f64; 23] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
    1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
];

impl Reader<'_> {
    /// Reads a number.
    ///
    /// # Errors
    /// Where it is none, or beyond all doubles.
    #[inline]
    pub fn number(&mut self) -> Result<f64, Malformed> {
        let start = self.at;
        let negative = self.byte() == Some(b'-');
        self.at += usize::from(negative);
        let first = self.at;
        let mut digits = 0;
        self.digits(&mut digits);
        let whole = self.at - first;
        if whole == 0 || (whole > 1 && self.text.as_bytes()[first] == b'0') {
            return Err(self.no_number(first));
        }
        let fraction = matches!(self.byte(), Some(b'.' | b'e' | b'E'));
        if fraction || whole >= DIGITS || digits > EXACT {
            return self.long_number(start, digits);
        }
        let value = digits as f64;
        Ok(if negative { -value } else { value })
    }

    /// The rest of a number that begins at `start` and whose whole part was read.
    fn long_number(&mut self, start: usize, mut digits: u64) -> Result<f64, Malformed> {
        let text = self.text.as_bytes();
        let negative = text[start] == b'-';
        let mut count = self.at - start - usize::from(negative);
        let mut exponent = 0_i32;
        if self.byte() == Some(b'.') {
            self.at += 1;
            let from = self.at;
            self.digits(&mut digits);
            let decimals = self.at - from;
            if decimals == 0 {
                return Err(self.no_number(from));
            }
            count += decimals;
            exponent -= i32::try_from(decimals).unwrap_or(i32::MAX);
        }
        if matches!(self.byte(), Some(b'e' | b'E')) {
            exponent = exponent.saturating_add(self.exponent()?);
        }
        // Both are exact, so that the one operation rounds once (Clinger, "How to read
        // floating point numbers accurately", 1990).
        let power = POWERS.get(exponent.unsigned_abs() as usize);
        let value = match power {
            Some(power) if count <= DIGITS && digits <= EXACT => {
                let digits = digits as f64;
                let value = if exponent < 0 {
                    digits / power
                } else {
                    digits * power
                };
                if negative { -value } else { value }
            }
            _ => self.text[start..self.at].parse().unwrap_or(f64::INFINITY),
        };
        if value.is_infinite() {
            self.at = start;
            return Err(self.malformed(Reason::Range));
        }
        Ok(value)
    }

    /// Reads an exponent from its `e`; what is too large for 32 bits is the largest.
    fn exponent(&mut self) -> Result<i32, Malformed> {
        self.at += 1;
        let negative = self.byte() == Some(b'-');
        if matches!(self.byte(), Some(b'+' | b'-')) {
            self.at += 1;
        }
        let from = self.at;
        let mut value = 0_i32;
        while let Some(byte @ b'0'..=b'9') = self.byte() {
            value = value
                .saturating_mul(10)
                .saturating_add(i32::from(byte - b'0'));
            self.at += 1;
        }
        if self.at == from {
            return Err(self.no_number(from));
        }
        Ok(if negative { -value } else { value })
    }

    /// Reads digits to the end of `value`, which wraps beyond [`DIGITS`] of them.
    #[inline]
    fn digits(&mut self, value: &mut u64) {
        let rest = &self.text.as_bytes()[self.at..];
        let mut read = 0;
        for byte in rest {
            let digit = byte.wrapping_sub(b'0');
            if digit > 9 {
                break;
            }
            *value = value.wrapping_mul(10).wrapping_add(u64::from(digit));
            read += 1;
        }
        self.at += read;
    }

    /// No number, as a digit fails at `at` or one too many follows it.
    #[cold]
    fn no_number(&mut self, at: usize) -> Malformed {
        if self.at > at {
            // After a leading zero.
            self.at = at + 1;
        }
        match self.byte() {
            Some(_) => self.malformed(Reason::Number),
            None => self.malformed(Reason::EndInValue),
        }
    }
}
