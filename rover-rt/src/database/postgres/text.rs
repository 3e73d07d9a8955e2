//! PostgreSQL's binary values as texts: decimals, times, addresses. Each function gives nothing
//! where the bytes are not such a value.

use std::io::Write as _;

/// The next `N` bytes.
pub(super) fn take<'b, const N: usize>(bytes: &mut &'b [u8]) -> Option<&'b [u8; N]> {
    let (first, rest) = bytes.split_first_chunk::<N>()?;
    *bytes = rest;
    Some(first)
}

fn i16(bytes: &mut &[u8]) -> Option<i16> {
    take(bytes).map(|it| i16::from_be_bytes(*it))
}

pub(super) fn i32(bytes: &mut &[u8]) -> Option<i32> {
    take(bytes).map(|it| i32::from_be_bytes(*it))
}

pub(super) fn i64(bytes: &mut &[u8]) -> Option<i64> {
    take(bytes).map(|it| i64::from_be_bytes(*it))
}

macro_rules! put {
    ($out:expr, $($format:tt)*) => {
        // A vector takes all.
        let _ = write!($out, $($format)*);
    };
}

/// A decimal number: groups of four digits (`numeric_send` in PostgreSQL's numeric.c).
pub(super) fn numeric(mut bytes: &[u8], out: &mut Vec<u8>) -> Option<()> {
    const NEGATIVE: u16 = 0x4000;
    let bytes = &mut bytes;
    let groups = i16(bytes)?;
    let weight = i16(bytes)?;
    let sign = i16(bytes)? as u16;
    let scale = i16(bytes)?;
    match sign {
        0xC000 => out.extend_from_slice(b"NaN"),
        0xD000 => out.extend_from_slice(b"Infinity"),
        0xF000 => out.extend_from_slice(b"-Infinity"),
        _ => {
            if sign == NEGATIVE {
                out.push(b'-');
            }
            let digits: &[u8] = bytes;
            let group = |index: i32| {
                let at = usize::try_from(index)
                    .ok()
                    .filter(|_| index < i32::from(groups))?;
                let pair = digits.get(at * 2..at * 2 + 2)?;
                Some(u16::from_be_bytes([pair[0], pair[1]]))
            };
            let weight = i32::from(weight);
            match weight {
                ..0 => out.push(b'0'),
                _ => {
                    for index in 0..=weight {
                        let value = group(index).unwrap_or(0);
                        match index {
                            0 => {
                                put!(out, "{value}");
                            }
                            _ => {
                                put!(out, "{value:04}");
                            }
                        }
                    }
                }
            }
            if scale > 0 {
                out.push(b'.');
                let start = out.len();
                let end = start + scale as usize;
                let mut index = weight + 1;
                while out.len() < end {
                    put!(out, "{:04}", group(index).unwrap_or(0));
                    index += 1;
                }
                out.truncate(end);
            }
        }
    }
    Some(())
}

/// Days from 1970-01-01 to PostgreSQL's first day, 2000-01-01.
const FIRST_DAY: i64 = 10_957;
const DAY: i64 = 86_400_000_000;

/// A day by its number from 1970-01-01 on, in the Gregorian calendar.
fn day(number: i64, out: &mut Vec<u8>) {
    // Years begin in March, so that the leap day is the last.
    let shifted = number + 719_468;
    let era = shifted.div_euclid(146_097);
    let of_era = shifted.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = match month_from_march {
        0..10 => month_from_march + 3,
        _ => month_from_march - 9,
    };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    put!(out, "{year:04}-{month:02}-{day:02}");
}

/// Microseconds of a day: `12:34:56`, with three or six digits behind where there are any.
fn clock(micros: i64, out: &mut Vec<u8>) {
    let seconds = micros / 1_000_000;
    let (hour, minute, second) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    put!(out, "{hour:02}:{minute:02}:{second:02}");
    match micros % 1_000_000 {
        0 => {}
        rest if rest % 1000 == 0 => {
            put!(out, ".{:03}", rest / 1000);
        }
        rest => {
            put!(out, ".{rest:06}");
        }
    }
}

pub(super) fn date(mut bytes: &[u8], out: &mut Vec<u8>) -> Option<()> {
    match i32(&mut bytes)? {
        i32::MAX => out.extend_from_slice(b"infinity"),
        i32::MIN => out.extend_from_slice(b"-infinity"),
        days => day(FIRST_DAY + i64::from(days), out),
    }
    Some(())
}

pub(super) fn time(mut bytes: &[u8], out: &mut Vec<u8>) -> Option<()> {
    clock(i64(&mut bytes)?, out);
    Some(())
}

/// A time with the seconds that its zone is west of Greenwich.
pub(super) fn time_with_zone(mut bytes: &[u8], out: &mut Vec<u8>) -> Option<()> {
    clock(i64(&mut bytes)?, out);
    let west = i32(&mut bytes)?;
    let sign = if west > 0 { '-' } else { '+' };
    let minutes = west.unsigned_abs() / 60;
    put!(out, "{sign}{:02}:{:02}", minutes / 60, minutes % 60);
    Some(())
}

/// Microseconds from 2000-01-01 on. One with a zone is told in UTC.
pub(super) fn timestamp(mut bytes: &[u8], is_utc: bool, out: &mut Vec<u8>) -> Option<()> {
    match i64(&mut bytes)? {
        i64::MAX => out.extend_from_slice(b"infinity"),
        i64::MIN => out.extend_from_slice(b"-infinity"),
        micros => {
            day(FIRST_DAY + micros.div_euclid(DAY), out);
            out.push(b'T');
            clock(micros.rem_euclid(DAY), out);
            if is_utc {
                out.push(b'Z');
            }
        }
    }
    Some(())
}

/// An interval, as the database itself writes it: `1 year 2 mons 3 days 04:05:06`.
pub(super) fn interval(mut bytes: &[u8], out: &mut Vec<u8>) -> Option<()> {
    let micros = i64(&mut bytes)?;
    let days = i32(&mut bytes)?;
    let months = i32(&mut bytes)?;
    let start = out.len();
    let mut was_negative = false;
    for (count, name) in [(months / 12, "year"), (months % 12, "mon"), (days, "day")] {
        if count == 0 {
            continue;
        }
        let space = if out.len() > start { " " } else { "" };
        // A positive part behind a negative one has its sign.
        let sign = if was_negative && count > 0 { "+" } else { "" };
        let many = if count == 1 { "" } else { "s" };
        put!(out, "{space}{sign}{count} {name}{many}");
        was_negative = count < 0;
    }
    if micros != 0 || out.len() == start {
        let space = if out.len() > start { " " } else { "" };
        let sign = match micros < 0 {
            true => "-",
            false if was_negative => "+",
            false => "",
        };
        put!(out, "{space}{sign}");
        let micros = micros.unsigned_abs() as i64;
        let seconds = micros / 1_000_000;
        put!(
            out,
            "{:02}:{:02}:{:02}",
            seconds / 3600,
            seconds / 60 % 60,
            seconds % 60
        );
        if micros % 1_000_000 != 0 {
            let rest = format!("{:06}", micros % 1_000_000);
            put!(out, ".{}", rest.trim_end_matches('0'));
        }
    }
    Some(())
}

pub(super) fn uuid(bytes: &[u8], out: &mut Vec<u8>) -> Option<()> {
    let bytes: &[u8; 16] = bytes.try_into().ok()?;
    for (index, byte) in bytes.iter().enumerate() {
        if matches!(index, 4 | 6 | 8 | 10) {
            out.push(b'-');
        }
        put!(out, "{byte:02x}");
    }
    Some(())
}

/// An address, with the length of its network where that is not the whole.
pub(super) fn address(bytes: &[u8], out: &mut Vec<u8>) -> Option<()> {
    let [_, bits, is_network, _, address @ ..] = bytes else {
        return None;
    };
    let (address, whole) = match address.len() {
        4 => (
            std::net::IpAddr::from(<[u8; 4]>::try_from(address).ok()?),
            32,
        ),
        16 => (
            std::net::IpAddr::from(<[u8; 16]>::try_from(address).ok()?),
            128,
        ),
        _ => return None,
    };
    put!(out, "{address}");
    if *is_network != 0 || *bits != whole {
        put!(out, "/{bits}");
    }
    Some(())
}

pub(super) fn hardware_address(bytes: &[u8], out: &mut Vec<u8>) {
    for (index, byte) in bytes.iter().enumerate() {
        let colon = if index > 0 { ":" } else { "" };
        put!(out, "{colon}{byte:02x}");
    }
}

/// Bits, as digits.
pub(super) fn bits(mut bytes: &[u8], out: &mut Vec<u8>) -> Option<()> {
    let count = usize::try_from(i32(&mut bytes)?).ok()?;
    for index in 0..count {
        let byte = bytes.get(index / 8)?;
        out.push(b'0' + (byte >> (7 - index % 8) & 1));
    }
    Some(())
}

/// Bytes as digits: `\x00ff`.
pub(super) fn hexadecimal(bytes: &[u8], out: &mut Vec<u8>) {
    out.extend_from_slice(b"\\x");
    for byte in bytes {
        put!(out, "{byte:02x}");
    }
}

#[cfg(test)]
mod tests {
    use super::{address, bits, date, interval, numeric, timestamp, uuid};

    fn text(write: impl FnOnce(&mut Vec<u8>) -> Option<()>) -> String {
        let mut out = Vec::new();
        write(&mut out).expect("is read");
        String::from_utf8(out).expect("is a text")
    }

    fn decimal(groups: &[i16], weight: i16, sign: u16, scale: i16) -> String {
        let head = [groups.len() as i16, weight, sign as i16, scale];
        let bytes: Vec<u8> = head
            .iter()
            .chain(groups)
            .flat_map(|it| it.to_be_bytes())
            .collect();
        text(|out| numeric(&bytes, out))
    }

    #[test]
    fn decimals() {
        assert_eq!(decimal(&[1, 2345, 6700], 1, 0, 2), "12345.67");
        assert_eq!(decimal(&[], 0, 0, 0), "0");
        assert_eq!(decimal(&[], 0, 0, 2), "0.00");
        assert_eq!(decimal(&[5], -2, 0x4000, 8), "-0.00000005");
        assert_eq!(decimal(&[1], 2, 0, 0), "100000000");
        assert_eq!(decimal(&[], 0, 0xC000, 0), "NaN");
    }

    #[test]
    fn times() {
        let at = |micros: i64| text(|out| timestamp(&micros.to_be_bytes(), true, out));
        assert_eq!(at(0), "2000-01-01T00:00:00Z");
        assert_eq!(at(-1), "1999-12-31T23:59:59.999999Z");
        assert_eq!(at(849_294_000_123_000), "2026-11-29T19:00:00.123Z");
        assert_eq!(at(i64::MAX), "infinity");
        let on = |days: i32| text(|out| date(&days.to_be_bytes(), out));
        assert_eq!(on(59), "2000-02-29");
        assert_eq!(on(-36_524), "1900-01-01");
        let span = |micros: i64, days: i32, months: i32| {
            let mut bytes = micros.to_be_bytes().to_vec();
            bytes.extend_from_slice(&days.to_be_bytes());
            bytes.extend_from_slice(&months.to_be_bytes());
            text(|out| interval(&bytes, out))
        };
        assert_eq!(span(0, 0, 0), "00:00:00");
        assert_eq!(
            span(14_706_500_000, 3, 14),
            "1 year 2 mons 3 days 04:05:06.5"
        );
        assert_eq!(span(-1_000_000, -1, 0), "-1 days -00:00:01");
        assert_eq!(span(1_000_000, -1, 0), "-1 days +00:00:01");
    }

    #[test]
    fn others() {
        assert_eq!(
            text(|out| uuid(&[0xab; 16], out)),
            "abababab-abab-abab-abab-abababababab"
        );
        assert_eq!(
            text(|out| address(&[2, 32, 0, 4, 10, 0, 0, 1], out)),
            "10.0.0.1"
        );
        assert_eq!(
            text(|out| address(&[2, 8, 1, 4, 10, 0, 0, 0], out)),
            "10.0.0.0/8"
        );
        assert_eq!(text(|out| bits(&[0, 0, 0, 3, 0b1010_0000], out)), "101");
        assert_eq!(uuid(&[1, 2], &mut Vec::new()), None);
        assert_eq!(numeric(&[0], &mut Vec::new()), None);
    }
}
