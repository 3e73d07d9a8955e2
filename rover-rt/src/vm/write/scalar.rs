//! Numbers and strings into a buffer, as JSON and as texts.

pub(crate) use rover_model::json::write::{escaped, escaped_length, is_plain, string, text};

use crate::vm::write::reserved::{NUMBER, ReservedBuffer};

/// Appends a number: integral below 2^63 by its digits, others shortest round-trip; what JSON
/// has no number for is `null`.
pub(crate) fn number(value: f64, out: &mut Vec<u8>) {
    // SAFETY: the buffer was made with room for a number.
    unsafe { ReservedBuffer::new(out, NUMBER).number(value) }
}

/// Appends a number as texts have it: integral up to 2^53 by its digits, others as `tostring`
/// gives them (`%.14g`); false, with nothing written, for one that is neither integral nor of
/// two decimals, or has more digits.
pub(crate) fn text_number(value: f64, out: &mut Vec<u8>) -> bool {
    // SAFETY: the buffer was made with room for a number.
    unsafe { ReservedBuffer::new(out, NUMBER).text_number(value) }
}

/// A comma, unless the object that is being written has no field yet.
pub(crate) fn comma(out: &mut Vec<u8>) {
    if out.last() != Some(&b'{') {
        out.push(b',');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers() {
        let text = |v| {
            let mut out = Vec::new();
            number(v, &mut out);
            String::from_utf8(out).unwrap()
        };
        assert_eq!(text(3.0), "3");
        assert_eq!(text(-0.0), "0");
        assert_eq!(text(0.1), "0.1");
        assert_eq!(text(9_007_199_254_740_991.0), "9007199254740991");
        assert_eq!(text(f64::NAN), "null");
        assert_eq!(text(9_007_199_254_740_992.0), "9007199254740992");
        assert_eq!(text(1.618_065_507_111_835_4e18), "1618065507111835392");
        assert_eq!(text(-9_223_372_036_854_774_784.0), "-9223372036854774784");
        assert_eq!(text(9_223_372_036_854_775_808.0), "9.223372036854776e18");
        assert_eq!(text(1e300).parse::<f64>(), Ok(1e300));
        assert_eq!(text(1.5), "1.5");
        assert_eq!(text(-12.34), "-12.34");
        assert_eq!(text(-0.05), "-0.05");
        assert_eq!(text(19.99), "19.99");
        assert_eq!(text(0.1 + 0.2), "0.30000000000000004");
    }

    #[test]
    fn numbers_are_the_shortest_that_read_the_same() {
        let mut value = 0.123_456_789_f64;
        for round in 0..200_000 {
            value = (value * 1.37 + 0.01) % 1e6;
            let shorter = f64::from(round) / 1000.0;
            let tried = [value, (value * 100.0).round() / 100.0, shorter, -shorter];
            for value in tried {
                let mut out = Vec::new();
                number(value, &mut out);
                let text = String::from_utf8(out).unwrap();
                let shortest = ryu::Buffer::new().format(value).to_owned();
                let shortest = shortest.strip_suffix(".0").unwrap_or(&shortest);
                let zero = value == 0.0;
                assert!(zero || text == shortest, "{text} for {value}");
            }
        }
    }

    #[test]
    fn numbers_in_texts_are_those_of_tostring_or_integers_in_full() {
        let lua = mlua::Lua::new();
        let tostring: mlua::Function = lua.globals().get("tostring").unwrap();
        let mut tried = vec![
            0.0,
            -0.0,
            0.001,
            1e14,
            1e13 + 0.25,
            1e12 + 0.25,
            1e-9,
            1e300,
        ];
        tried.extend([99_999_999_999_999.0, f64::NAN, f64::INFINITY, 1.0 / 3.0]);
        tried.extend([123_456_789_012_345.0, -9_007_199_254_740_992.0]);
        for at in 1..5000_u32 {
            let value = f64::from(at.wrapping_mul(2_654_435_761));
            tried.extend([value, value / 100.0, -value / 100.0, value / 8.0]);
            tried.extend([value * 1234.5, f64::from(at) / 100.0, value * 22.22]);
        }
        let mut written = 0;
        for &value in &tried {
            let mut out = Vec::new();
            if text_number(value, &mut out) {
                let expected: String = match value.fract() == 0.0 && value.abs() >= 1e14 {
                    true => format!("{value:.0}"),
                    false => tostring.call(value).unwrap(),
                };
                assert_eq!(String::from_utf8(out).unwrap(), expected);
                written += 1;
            }
        }
        assert!(written > tried.len() / 2, "{written} of {}", tried.len());
    }
}
