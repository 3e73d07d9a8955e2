//! UUIDs (RFC 9562).

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use super::random;

/// A random one: version 4.
pub(crate) fn random_uuid() -> [u8; 36] {
    written(random::bytes(), 4)
}

/// The times that were given to UUIDs of version 7.
#[derive(Default)]
pub(crate) struct UuidClock(AtomicU64);

impl UuidClock {
    /// One that begins with the time: version 7. Each that the process makes is greater than those
    /// before: behind the milliseconds stand 12 bits of the fraction (section 6.2, method 3), and
    /// where the clock has not moved on, the next number.
    pub(crate) fn uuid(&self) -> [u8; 36] {
        let now = SystemTime::now().duration_since(UNIX_EPOCH);
        self.uuid_at(now.unwrap_or_default())
    }

    fn uuid_at(&self, now: std::time::Duration) -> [u8; 36] {
        let fraction = u64::from(now.subsec_nanos() % 1_000_000) * 4096 / 1_000_000;
        let time = (now.as_millis() as u64) << 12 | fraction;
        let before = self
            .0
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |last| {
                Some(time.max(last + 1))
            });
        let time = before.map_or(time, |last| time.max(last + 1));
        let mut bytes: [u8; 16] = random::bytes();
        bytes[..6].copy_from_slice(&(time >> 12).to_be_bytes()[2..]);
        bytes[6..8].copy_from_slice(&(time as u16 & 0xfff).to_be_bytes());
        written(bytes, 7)
    }
}

/// Sets version and variant, and writes it.
fn written(mut bytes: [u8; 16], version: u8) -> [u8; 36] {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    bytes[6] = bytes[6] & 0x0f | version << 4;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let mut text = [b'-'; 36];
    let mut at = 0;
    for (number, byte) in bytes.into_iter().enumerate() {
        if matches!(number, 4 | 6 | 8 | 10) {
            at += 1;
        }
        text[at] = DIGITS[usize::from(byte >> 4)];
        text[at + 1] = DIGITS[usize::from(byte & 15)];
        at += 2;
    }
    text
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    /// The time of RFC 9562, appendix A.6.
    #[test]
    fn the_time_stands_first() {
        let clock = UuidClock::default();
        let uuid = clock.uuid_at(Duration::from_millis(0x017f_22e2_79b0));
        let uuid = std::str::from_utf8(&uuid).unwrap();
        assert_eq!(&uuid[..19], "017f22e2-79b0-7000-");
        assert!(matches!(uuid.as_bytes()[19], b'8' | b'9' | b'a' | b'b'));
    }

    #[test]
    fn each_is_greater_also_where_the_clock_goes_back() {
        let clock = UuidClock::default();
        let times = [5_000, 5_000, 4_999, 1, 5_001, 5_001];
        let uuids = times.map(|time| clock.uuid_at(Duration::from_millis(time)));
        assert!(uuids.is_sorted_by(|a, b| a < b));
    }

    #[test]
    fn random_ones_are_of_version_4() {
        let uuid = random_uuid();
        assert_eq!(
            (uuid[8], uuid[13], uuid[14], uuid[18]),
            (b'-', b'-', b'4', b'-')
        );
        assert!(matches!(uuid[19], b'8' | b'9' | b'a' | b'b'));
        assert_ne!(uuid, random_uuid());
    }
}
