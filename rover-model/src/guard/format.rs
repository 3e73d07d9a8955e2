//! What strings of a format look like.

/// What a string denotes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum Format {
    /// An address that browsers accept in `<input type=email>` (HTML, section 4.10.5.1.5).
    Email,
    /// RFC 9562, section 4, in either case.
    Uuid,
    /// RFC 3339, section 5.6.
    DateTime,
    /// An absolute one (RFC 3986, section 3).
    Uri,
}

impl Format {
    /// Every format.
    pub const ALL: [Format; 4] = [Format::Email, Format::Uuid, Format::DateTime, Format::Uri];

    /// The name by which programs and JSON Schema know it.
    pub fn name(self) -> &'static str {
        match self {
            Format::Email => "email",
            Format::Uuid => "uuid",
            Format::DateTime => "date-time",
            Format::Uri => "uri",
        }
    }

    /// The format of a name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.name() == name)
    }

    pub(super) fn described(self) -> &'static str {
        match self {
            Format::Email => "an email address",
            Format::Uuid => "a UUID",
            Format::DateTime => "a date and time like 2024-12-31T23:59:59Z",
            Format::Uri => "a URI",
        }
    }

    /// Whether a text has this format.
    pub fn matches(self, text: &[u8]) -> bool {
        match self {
            Format::Email => is_email(text),
            Format::Uuid => is_uuid(text),
            Format::DateTime => is_date_time(text).is_some(),
            Format::Uri => is_uri(text),
        }
    }
}

fn is_email(text: &[u8]) -> bool {
    let Some(at) = text.iter().position(|b| *b == b'@') else {
        return false;
    };
    let (local, domain) = (&text[..at], &text[at + 1..]);
    let is_local = |b: &u8| b.is_ascii_alphanumeric() || b".!#$%&'*+/=?^_`{|}~-".contains(b);
    let is_label = |label: &[u8]| {
        (1..=63).contains(&label.len())
            && label
                .iter()
                .all(|b| b.is_ascii_alphanumeric() || *b == b'-')
            && label.first() != Some(&b'-')
            && label.last() != Some(&b'-')
    };
    !local.is_empty() && local.iter().all(is_local) && domain.split(|b| *b == b'.').all(is_label)
}

fn is_uuid(text: &[u8]) -> bool {
    text.len() == 36
        && text.iter().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => *byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}

/// A number of exactly so many digits at the beginning.
fn digits(text: &mut &[u8], count: usize) -> Option<u32> {
    let (number, rest) = text.split_at_checked(count)?;
    *text = rest;
    number.iter().try_fold(0, |sum, byte| {
        byte.is_ascii_digit()
            .then(|| sum * 10 + u32::from(byte - b'0'))
    })
}

fn one_of(text: &mut &[u8], bytes: &[u8]) -> Option<u8> {
    let (first, rest) = text.split_first()?;
    *text = rest;
    bytes.contains(first).then_some(*first)
}

fn is_date_time(mut text: &[u8]) -> Option<()> {
    let text = &mut text;
    let year = digits(text, 4)?;
    one_of(text, b"-")?;
    let month = digits(text, 2).filter(|month| (1..=12).contains(month))?;
    one_of(text, b"-")?;
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    };
    digits(text, 2).filter(|day| (1..=days).contains(day))?;
    one_of(text, b"Tt")?;
    let hour = digits(text, 2).filter(|hour| *hour < 24)?;
    one_of(text, b":")?;
    let minute = digits(text, 2).filter(|minute| *minute < 60)?;
    one_of(text, b":")?;
    let second = digits(text, 2).filter(|second| *second <= 60)?;
    if text.first() == Some(&b'.') {
        let fraction = text[1..].iter().take_while(|b| b.is_ascii_digit()).count();
        *text = &text[1 + fraction..];
        if fraction == 0 {
            return None;
        }
    }
    let mut offset = 0;
    match one_of(text, b"Zz+-")? {
        b'Z' | b'z' => {}
        sign => {
            let hours = digits(text, 2).filter(|hours| *hours < 24)?;
            one_of(text, b":")?;
            let minutes = digits(text, 2).filter(|minutes| *minutes < 60)?;
            offset = (hours * 60 + minutes) as i32 * if sign == b'+' { 1 } else { -1 };
        }
    }
    // A leap second is the last one of a day in UTC.
    let utc = ((hour * 60 + minute) as i32 - offset).rem_euclid(24 * 60);
    (text.is_empty() && (second < 60 || utc == 24 * 60 - 1)).then_some(())
}

fn is_uri(text: &[u8]) -> bool {
    let Some(colon) = text.iter().position(|b| *b == b':') else {
        return false;
    };
    let (scheme, rest) = (&text[..colon], &text[colon + 1..]);
    let in_scheme = |b: &u8| b.is_ascii_alphanumeric() || b"+-.".contains(b);
    if !scheme.first().is_some_and(u8::is_ascii_alphabetic) || !scheme.iter().all(in_scheme) {
        return false;
    }
    // Brackets belong to IPv6 addresses only, and a fragment ends the text.
    let (rest, fragment) = match rest.iter().position(|b| *b == b'#') {
        Some(at) => (&rest[..at], &rest[at + 1..]),
        None => (rest, &[][..]),
    };
    let (authority, path) = match rest.strip_prefix(b"//") {
        Some(rest) => {
            let end = rest.iter().position(|b| b"/?".contains(b));
            rest.split_at(end.unwrap_or(rest.len()))
        }
        None => (&[][..], rest),
    };
    is_authority(authority) && is_encoded(path, b"/?:@") && is_encoded(fragment, b"/?:@")
}

fn is_authority(text: &[u8]) -> bool {
    let host = match text.iter().rposition(|b| *b == b'@') {
        Some(at) if !is_encoded(&text[..at], b":") => return false,
        Some(at) => &text[at + 1..],
        None => text,
    };
    let (address, port) = match host.strip_prefix(b"[") {
        Some(rest) => {
            let Some(end) = rest.iter().position(|b| *b == b']') else {
                return false;
            };
            let address = &rest[..end];
            if !address
                .iter()
                .all(|b| b.is_ascii_hexdigit() || b":.".contains(b))
            {
                return false;
            }
            (&[][..], &rest[end + 1..])
        }
        None => host.split_at(host.iter().position(|b| *b == b':').unwrap_or(host.len())),
    };
    let port = port.strip_prefix(b":").unwrap_or(port);
    is_encoded(address, b"") && port.iter().all(u8::is_ascii_digit)
}

/// Unreserved characters, sub-delimiters, percent escapes and those of `also`.
fn is_encoded(text: &[u8], also: &[u8]) -> bool {
    let mut at = 0;
    while let Some(byte) = text.get(at) {
        at += 1;
        match byte {
            b'%' => {
                let hex = text.get(at..at + 2);
                if !hex.is_some_and(|hex| hex.iter().all(u8::is_ascii_hexdigit)) {
                    return false;
                }
                at += 2;
            }
            b if b.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=".contains(b) => {}
            b if also.contains(b) => {}
            _ => return false,
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::Format;

    fn judge(format: Format, good: &[&str], bad: &[&str]) {
        for text in good {
            assert!(format.matches(text.as_bytes()), "{text}");
        }
        for text in bad {
            assert!(!format.matches(text.as_bytes()), "{text}");
        }
    }

    #[test]
    fn emails() {
        judge(
            Format::Email,
            &["a@b", "ada.l+x@example.co.uk", "o'neill@x-y.org"],
            &[
                "", "@", "a@", "@b", "a b@c", "a@b.", "a@-b", "a@b@c", "é@b", "a@b_c",
            ],
        );
    }

    #[test]
    fn uuids() {
        judge(
            Format::Uuid,
            &[
                "00000000-0000-0000-0000-000000000000",
                "2EB8aa08-aa98-11ea-b4aa-73b441d16380",
            ],
            &[
                "",
                "2eb8aa08-aa98-11ea-b4aa73b441d16380",
                "2eb8aa08-aa98-11ea-b4aa-73b441d1638",
                "{2eb8aa08-aa98-11ea-b4aa-73b441d163}",
                "2eb8aa08-aa98-11ea-b4ga-73b44-d16380",
            ],
        );
    }

    #[test]
    fn dates() {
        judge(
            Format::DateTime,
            &[
                "1963-06-19T08:30:06.283185Z",
                "1990-12-31T15:59:50.123-08:00",
                "2024-02-29t00:00:00z",
                "1998-12-31T23:59:60Z",
                "1998-12-31T15:59:60.5-08:00",
            ],
            &[
                "",
                "2024-02-30T00:00:00Z",
                "2023-02-29T00:00:00Z",
                "2024-13-01T00:00:00Z",
                "2024-01-01T24:00:00Z",
                "2024-01-01T00:60:00Z",
                "2024-01-01T22:59:60Z",
                "2024-01-01T00:00:00",
                "2024-01-01T00:00:00.Z",
                "2024-01-01 00:00:00Z",
                "2024-01-01T00:00:00+24:00",
                "2024-1-1T00:00:00Z",
            ],
        );
    }

    #[test]
    fn uris() {
        judge(
            Format::Uri,
            &[
                "http://example.org/a?b=c#d",
                "http://u:p@[::1]:8080/",
                "mailto:a@b",
                "urn:isbn:1",
                "a:",
                "file:///x%20y",
            ],
            &[
                "",
                "example.org",
                "/a",
                "//a/b",
                "1a:b",
                "http://a b",
                "http://a/%zz",
                "http://é",
                "http://[::1/",
                "http://a:b/",
                "http://a/#b#c",
                "http://a/<>",
                ":a",
            ],
        );
    }
}
