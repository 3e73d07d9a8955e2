//! Bytes as texts and back: Base64, hexadecimal digits, and what URLs take.

use base64::Engine;
use base64::alphabet::{self, Alphabet};
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

/// Why a text stands for no bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CodingError {
    /// A character that has no place, at this byte, counted from 1.
    Character(usize),
    /// It ends in the middle of something.
    Length,
    /// `%` without two hexadecimal digits, at this byte, counted from 1.
    Escape(usize),
}

impl std::fmt::Display for CodingError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            CodingError::Character(at) => write!(f, "byte {at} does not belong there"),
            CodingError::Length => f.write_str("it is not complete"),
            CodingError::Escape(at) => {
                write!(f, "behind the % at byte {at} are no two hexadecimal digits")
            }
        }
    }
}

impl std::error::Error for CodingError {}

const fn engine(alphabet: &Alphabet, pad: bool) -> GeneralPurpose {
    GeneralPurpose::new(
        alphabet,
        GeneralPurposeConfig::new()
            .with_encode_padding(pad)
            .with_decode_padding_mode(DecodePaddingMode::Indifferent),
    )
}

const STANDARD: [GeneralPurpose; 2] = [
    engine(&alphabet::STANDARD, false),
    engine(&alphabet::STANDARD, true),
];
const URL: [GeneralPurpose; 2] = [
    engine(&alphabet::URL_SAFE, false),
    engine(&alphabet::URL_SAFE, true),
];

fn base64(url: bool, pad: bool) -> &'static GeneralPurpose {
    match url {
        true => &URL[usize::from(pad)],
        false => &STANDARD[usize::from(pad)],
    }
}

/// Base64 (RFC 4648, section 4; with `url` section 5), with `=` at the end or without.
pub fn to_base64(bytes: &[u8], url: bool, pad: bool) -> String {
    base64(url, pad).encode(bytes)
}

/// The bytes of a text in Base64, with `=` at the end or without.
///
/// # Errors
/// When it has other characters, ends in the middle, or is not the one text for its bytes
/// (section 3.5).
pub fn from_base64(text: &[u8], url: bool) -> Result<Vec<u8>, CodingError> {
    use base64::DecodeError::{InvalidByte, InvalidLastSymbol, InvalidLength, InvalidPadding};
    // What is padded is padded to the end; the crate takes less.
    if text.ends_with(b"=") && !text.len().is_multiple_of(4) {
        return Err(CodingError::Length);
    }
    base64(url, false)
        .decode(text)
        .map_err(|error| match error {
            InvalidByte(at, _) | InvalidLastSymbol(at, _) => CodingError::Character(at + 1),
            InvalidLength(_) | InvalidPadding => CodingError::Length,
        })
}

const DIGITS: &[u8; 16] = b"0123456789abcdef";

/// Two hexadecimal digits for each byte.
pub fn to_hex(bytes: &[u8]) -> String {
    let digits =
        |byte: &u8| [byte >> 4, byte & 15].map(|digit| char::from(DIGITS[usize::from(digit)]));
    bytes.iter().flat_map(digits).collect()
}

fn digit(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).map(|digit| digit as u8)
}

/// The bytes of hexadecimal digits, large or small.
///
/// # Errors
/// When it has other characters or half a byte.
pub fn from_hex(text: &[u8]) -> Result<Vec<u8>, CodingError> {
    if let Some(at) = text.iter().position(|byte| digit(*byte).is_none()) {
        return Err(CodingError::Character(at + 1));
    }
    let (pairs, []) = text.as_chunks::<2>() else {
        return Err(CodingError::Length);
    };
    let byte = |[high, low]: &[u8; 2]| Some(digit(*high)? << 4 | digit(*low)?);
    pairs
        .iter()
        .map(byte)
        .collect::<Option<_>>()
        .ok_or(CodingError::Length)
}

/// A text as a part of a URL: all but letters, digits and `-._~` is percent-encoded (RFC 3986, section 2.3).
pub fn to_url(text: &[u8]) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                out.push(char::from(*byte));
            }
            _ => {
                out.push('%');
                for digit in [byte >> 4, byte & 15] {
                    out.push(char::from(DIGITS[usize::from(digit)].to_ascii_uppercase()));
                }
            }
        }
    }
    out
}

/// The text of a part of a URL; `+` stays as it is.
///
/// # Errors
/// When a `%` has no two hexadecimal digits behind it.
pub fn from_url(text: &[u8]) -> Result<Vec<u8>, CodingError> {
    let mut out = Vec::with_capacity(text.len());
    let mut at = 0;
    while let Some(&byte) = text.get(at) {
        if byte != b'%' {
            out.push(byte);
            at += 1;
            continue;
        }
        let decoded = match text.get(at + 1..at + 3) {
            Some([high, low]) => digit(*high).zip(digit(*low)),
            _ => None,
        };
        let (high, low) = decoded.ok_or(CodingError::Escape(at + 1))?;
        out.push(high << 4 | low);
        at += 3;
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 4648, section 10.
    const VECTORS: [(&str, &str, &str); 7] = [
        ("", "", ""),
        ("f", "Zg==", "66"),
        ("fo", "Zm8=", "666f"),
        ("foo", "Zm9v", "666f6f"),
        ("foob", "Zm9vYg==", "666f6f62"),
        ("fooba", "Zm9vYmE=", "666f6f6261"),
        ("foobar", "Zm9vYmFy", "666f6f626172"),
    ];

    #[test]
    fn vectors() {
        for (text, base64, hex) in VECTORS {
            let bare = base64.trim_end_matches('=');
            let bytes = Ok(text.as_bytes().to_vec());
            assert_eq!(to_base64(text.as_bytes(), false, true), base64);
            assert_eq!(to_base64(text.as_bytes(), true, false), bare);
            assert_eq!(from_base64(base64.as_bytes(), false), bytes);
            assert_eq!(from_base64(bare.as_bytes(), true), bytes);
            assert_eq!(to_hex(text.as_bytes()), hex);
            assert_eq!(from_hex(hex.to_uppercase().as_bytes()), bytes);
        }
        assert_eq!(to_base64(&[0xfb, 0xff], false, true), "+/8=");
        assert_eq!(to_base64(&[0xfb, 0xff], true, true), "-_8=");
    }

    #[test]
    fn what_is_no_text_of_bytes() {
        let base64 = |text: &str| from_base64(text.as_bytes(), false);
        assert_eq!(base64("Zm9v\n"), Err(CodingError::Character(5)));
        assert_eq!(base64("Zm-_"), Err(CodingError::Character(3)));
        assert_eq!(base64("Z"), Err(CodingError::Length));
        assert!(base64("Zg=").is_err() && base64("Zg===").is_err() && base64("=").is_err());
        // The last two bits are none of the byte's.
        assert_eq!(base64("Zh=="), Err(CodingError::Character(2)));
        assert_eq!(from_hex(b"0"), Err(CodingError::Length));
        assert_eq!(from_hex(b"0g"), Err(CodingError::Character(2)));
        assert_eq!(from_url(b"a%2"), Err(CodingError::Escape(2)));
        assert_eq!(from_url(b"%zz"), Err(CodingError::Escape(1)));
    }

    #[test]
    fn all_bytes_come_back() {
        let all: Vec<u8> = (0..=255).collect();
        assert_eq!(from_url(to_url(&all).as_bytes()), Ok(all.clone()));
        assert_eq!(from_hex(to_hex(&all).as_bytes()), Ok(all.clone()));
        assert_eq!(
            from_base64(to_base64(&all, true, true).as_bytes(), true),
            Ok(all)
        );
        assert_eq!(to_url("a b/ü~".as_bytes()), "a%20b%2F%C3%BC~");
        assert_eq!(from_url(b"a+b%20c"), Ok(b"a+b c".to_vec()));
    }
}
