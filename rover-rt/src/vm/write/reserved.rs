//! Writing into a vector's reserved room: its end is looked at once for several short texts
//! and numbers, and no function is called to copy those.

use rover_model::json::write::{INTEGERS, NumberText};

/// The bytes that a number takes at most.
pub(crate) const NUMBER: usize = 32;

/// 2^53: up to here every integer is a number.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// `00` to `99`.
static PAIRS: [[u8; 2]; 100] = pairs();

const fn pairs() -> [[u8; 2]; 100] {
    let mut pairs = [[b'0'; 2]; 100];
    let mut at = 0;
    while at < 100 {
        pairs[at] = [b'0' + (at / 10) as u8, b'0' + (at % 10) as u8];
        at += 1;
    }
    pairs
}

/// The end of a vector, with room behind it.
pub(crate) struct ReservedBuffer<'a> {
    out: &'a mut Vec<u8>,
    /// Where the next byte goes; null while the vector is used otherwise.
    to: *mut u8,
    /// Where the vector's room ends.
    end: *mut u8,
}

impl Drop for ReservedBuffer<'_> {
    #[inline(always)]
    fn drop(&mut self) {
        if !self.to.is_null() {
            let length = self.written();
            // SAFETY: `to` is not null, so that it is behind the last byte that was written, in
            // the vector's own room: so many bytes are initialised.
            unsafe { self.out.set_len(length) }
        }
    }
}

impl<'a> ReservedBuffer<'a> {
    #[inline(always)]
    pub(crate) fn new(out: &'a mut Vec<u8>, room: usize) -> Self {
        out.reserve(room);
        let range = out.spare_capacity_mut().as_mut_ptr_range();
        ReservedBuffer {
            out,
            to: range.start.cast(),
            end: range.end.cast(),
        }
    }

    /// Sees to so much room.
    #[inline(always)]
    pub(crate) fn room(&mut self, room: usize) {
        if self.end.addr() - self.to.addr() < room {
            self.with(|out| out.reserve(room));
        }
    }

    /// Uses the vector otherwise.
    #[cold]
    pub(crate) fn with(&mut self, f: impl FnOnce(&mut Vec<u8>)) {
        let length = self.written();
        self.to = std::ptr::null_mut();
        // SAFETY: `to` was behind the last byte that was written, in the vector's own room: so
        // many bytes are initialised.
        unsafe { self.out.set_len(length) }
        f(self.out);
        let range = self.out.spare_capacity_mut().as_mut_ptr_range();
        (self.to, self.end) = (range.start.cast(), range.end.cast());
    }

    #[inline(always)]
    pub(crate) fn written(&self) -> usize {
        self.to.addr() - self.out.as_ptr().addr()
    }

    #[inline(always)]
    pub(crate) fn last(&self) -> Option<u8> {
        // SAFETY: at least one byte is written, and `to` is behind the last.
        (self.written() > 0).then(|| unsafe { self.to.sub(1).read() })
    }

    /// # Safety
    /// There is room for a byte.
    #[inline(always)]
    pub(crate) unsafe fn byte(&mut self, byte: u8) {
        debug_assert!(self.to < self.end);
        // SAFETY: the caller has seen to room for a byte at `to`, in the vector that is
        // borrowed for as long as this is.
        unsafe {
            self.to.write(byte);
            self.to = self.to.add(1);
        }
    }

    /// # Safety
    /// There is room for the text.
    #[inline(always)]
    pub(crate) unsafe fn text(&mut self, text: &[u8]) {
        debug_assert!(text.len() <= self.end.addr() - self.to.addr());
        // SAFETY: the caller has seen to room for the text at `to`. The vector is borrowed
        // mutably, so that the text is no part of it.
        unsafe {
            copy(text.as_ptr(), self.to, text.len());
            self.to = self.to.add(text.len());
        }
    }

    /// # Safety
    /// There is room for [`NUMBER`] bytes.
    #[inline(always)]
    unsafe fn digits(&mut self, value: u64) {
        // SAFETY: the caller has seen to room for 32 bytes, and the longest integer has 20. The
        // indices are below 100.
        unsafe {
            if value < 10 {
                self.byte(b'0' + value as u8);
            } else if value < 100 {
                self.text(&PAIRS[value as usize]);
            } else if value < 1000 {
                self.byte(b'0' + (value / 100) as u8);
                self.text(&PAIRS[(value % 100) as usize]);
            } else if value < 10_000 {
                self.text(&PAIRS[(value / 100) as usize]);
                self.text(&PAIRS[(value % 100) as usize]);
            } else {
                self.text(itoa::Buffer::new().format(value).as_bytes());
            }
        }
    }

    /// # Safety
    /// There is room for [`NUMBER`] bytes.
    #[inline(always)]
    pub(crate) unsafe fn integer(&mut self, value: i64) {
        // SAFETY: the caller has seen to room for 32 bytes, and a sign with the longest integer
        // has 20.
        unsafe {
            if value < 0 {
                self.byte(b'-');
            }
            self.digits(value.unsigned_abs());
        }
    }

    /// A number: integral below 2^63 by its digits, others shortest round-trip; what JSON has
    /// no number for is `null`.
    ///
    /// # Safety
    /// There is room for [`NUMBER`] bytes.
    #[inline(always)]
    pub(crate) unsafe fn number(&mut self, value: f64) {
        // SAFETY: the caller has seen to room for 32 bytes. A number whose absolute value is
        // below 2^63 is an `i64` when its fraction is cut off.
        unsafe {
            if value.abs() < INTEGERS {
                let integer: i64 = value.to_int_unchecked();
                if integer as f64 == value {
                    return self.integer(integer);
                }
            }
            if !self.hundredths(value, 1e15) {
                self.shortest(value);
            }
        }
    }

    /// # Safety
    /// There is room for [`NUMBER`] bytes.
    #[cold]
    unsafe fn shortest(&mut self, value: f64) {
        // SAFETY: the caller has seen to room for 32 bytes, and a number has 24 at most.
        unsafe { self.text(NumberText::new().of(value).as_bytes()) }
    }

    /// A number as texts have it: integral up to 2^53 by its digits, others as `tostring`
    /// gives them (`%.14g`); false, with nothing written, for one that is neither integral nor
    /// of two decimals, or has more digits.
    ///
    /// # Safety
    /// There is room for [`NUMBER`] bytes.
    pub(crate) unsafe fn text_number(&mut self, value: f64) -> bool {
        let integer = value as i64;
        // SAFETY: the caller has seen to room for 32 bytes, and neither form has more.
        unsafe {
            if integer as f64 != value {
                return self.hundredths(value, 1e14);
            }
            if value.abs() > EXACT || (integer == 0 && value.is_sign_negative()) {
                return false;
            }
            self.integer(integer);
        }
        true
    }

    /// A number of at most two decimals, as most are; false, with nothing written, for
    /// others.
    ///
    /// What is written reads as `value`: the division rounds to the number nearest to the
    /// decimal. It is the shortest that does: no two decimals of up to 15 digits are the
    /// same number. `limit` is a power of ten, that of the digits it may have, up to 15.
    ///
    /// # Safety
    /// There is room for [`NUMBER`] bytes.
    #[inline(always)]
    unsafe fn hundredths(&mut self, value: f64, limit: f64) -> bool {
        // Added and taken away again, it rounds to an integer (Knuth, TAOCP 4.2.2): the
        // processors that Rust builds for by default have no instruction for that.
        const ROUND: f64 = 1.5 * (1_u64 << 52) as f64;
        let scaled = value * 100.0 + ROUND - ROUND;
        // Not what is no number, either.
        if !(scaled.abs() < limit && scaled / 100.0 == value) {
            return false;
        }
        // SAFETY: the caller has seen to room for 32 bytes; these are 13 digits, a sign and
        // three bytes at most. The scaled number is below 10^15, and so an `i64`.
        unsafe {
            let scaled: i64 = scaled.to_int_unchecked();
            let (whole, rest) = (scaled.unsigned_abs() / 100, scaled.unsigned_abs() % 100);
            if scaled < 0 {
                self.byte(b'-');
            }
            self.digits(whole);
            let [tenths, hundredths] = PAIRS[rest as usize];
            self.text(&[b'.', tenths]);
            if hundredths != b'0' {
                self.byte(hundredths);
            }
        }
        true
    }
}

/// Copies a text that is short, as most are, without a call.
///
/// # Safety
/// The bytes can be read and written, and do not overlap.
#[inline(always)]
unsafe fn copy(from: *const u8, to: *mut u8, length: usize) {
    /// The first and the last bytes, which may overlap.
    #[inline(always)]
    unsafe fn ends<T>(from: *const u8, to: *mut u8, last: usize) {
        // SAFETY: the caller's texts have at least `last` bytes and the size of a `T`, so that
        // both reads and both writes stay inside. They need no alignment.
        unsafe {
            let (a, b) = (
                from.cast::<T>().read_unaligned(),
                from.add(last).cast::<T>().read_unaligned(),
            );
            to.cast::<T>().write_unaligned(a);
            to.add(last).cast::<T>().write_unaligned(b);
        }
    }
    // SAFETY: the texts have so many bytes and do not overlap. In each case the two parts of
    // `ends` cover the text and do not go beyond it: it is no shorter than one of them.
    unsafe {
        match length {
            0 => {}
            1 => to.write(from.read()),
            2..4 => ends::<u16>(from, to, length - 2),
            4..8 => ends::<u32>(from, to, length - 4),
            8..16 => ends::<u64>(from, to, length - 8),
            16..=32 => ends::<u128>(from, to, length - 16),
            _ => std::ptr::copy_nonoverlapping(from, to, length),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_of_every_length() {
        let text: Vec<u8> = (0..100).collect();
        for length in 0..text.len() {
            let mut out = b"before".to_vec();
            let mut buffer = ReservedBuffer::new(&mut out, length + 1);
            // SAFETY: there is room for the text and one byte more.
            unsafe {
                buffer.text(&text[..length]);
                buffer.byte(b'.');
            }
            assert_eq!(buffer.last(), Some(b'.'));
            drop(buffer);
            assert_eq!(out, [b"before", &text[..length], b"."].concat());
        }
        assert_eq!(ReservedBuffer::new(&mut Vec::new(), 1).last(), None);
    }

    #[test]
    fn integers() {
        let mut tried: Vec<i64> = (-20_000..20_000).collect();
        tried.extend([i64::MIN, i64::MAX, 1 << 53, 99_999, 100_000]);
        for value in tried {
            let mut out = Vec::new();
            // SAFETY: there is room for a number.
            unsafe { ReservedBuffer::new(&mut out, NUMBER).integer(value) };
            assert_eq!(out, value.to_string().into_bytes());
        }
    }
}
