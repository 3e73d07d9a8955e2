//! The headers of a request.

use std::borrow::Cow;

use httparse::Header;

use super::decode::{cookie_pairs, header_text};

/// A request's headers as they came. There are few, so a search goes through the list.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Headers<'a> {
    list: &'a [Header<'a>],
    /// Those that the server itself asks about, as bits: mostly they are not there.
    known: u8,
}

/// Headers that the server asks about at each request.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Known {
    Expect,
    Connection,
    RequestId,
    ContentLength,
    TransferEncoding,
    IfNoneMatch,
}

impl Known {
    /// In lower case.
    const fn name(self) -> &'static str {
        match self {
            Known::Expect => "expect",
            Known::Connection => "connection",
            Known::RequestId => "x-request-id",
            Known::ContentLength => "content-length",
            Known::TransferEncoding => "transfer-encoding",
            Known::IfNoneMatch => "if-none-match",
        }
    }

    /// The only one with a name of that length.
    const fn of_length(length: usize) -> Option<Self> {
        match length {
            6 => Some(Known::Expect),
            10 => Some(Known::Connection),
            12 => Some(Known::RequestId),
            13 => Some(Known::IfNoneMatch),
            14 => Some(Known::ContentLength),
            17 => Some(Known::TransferEncoding),
            _ => None,
        }
    }

    const fn bit(self) -> u8 {
        1 << self as u8
    }
}

impl<'a> Headers<'a> {
    pub(crate) fn new(list: &'a [Header<'a>]) -> Self {
        let mut known = 0;
        for header in list {
            if let Some(candidate) = Known::of_length(header.name.len())
                && header.name.eq_ignore_ascii_case(candidate.name())
            {
                known |= candidate.bit();
            }
        }
        Headers { list, known }
    }

    /// Every value of a header, in order, as [`Self::get_all`] gives them.
    pub(crate) fn known(&self, header: Known) -> impl Iterator<Item = &'a [u8]> {
        let there = self.known & header.bit() != 0;
        let list = if there { self.list } else { &[] };
        all(list, header.name())
    }

    /// The first value of a header, whose name is given in lower case.
    pub(crate) fn get(&self, name: &str) -> Option<&'a [u8]> {
        self.get_all(name).next()
    }

    /// Every value of a header, in order.
    pub(crate) fn get_all(&self, name: &str) -> impl DoubleEndedIterator<Item = &'a [u8]> {
        all(self.list, name)
    }

    /// A header's value as a text; those of a repeated one are joined (RFC 9110, section 5.3;
    /// for `Cookie` RFC 9113, section 8.2.3).
    pub(crate) fn joined(&self, name: &str) -> Option<Cow<'a, [u8]>> {
        let mut values = self.get_all(name);
        let first = values.next()?;
        Some(match values.next() {
            None => header_text(first),
            Some(second) => {
                let all = [first, second].into_iter().chain(values);
                let all: Vec<_> = all.map(header_text).collect();
                let separator = match name.eq_ignore_ascii_case("cookie") {
                    true => "; ",
                    false => ", ",
                };
                Cow::Owned(all.join(separator.as_bytes()))
            }
        })
    }

    /// Every header as it was sent.
    pub(crate) fn all(&self) -> impl Iterator<Item = (&'a str, &'a [u8])> {
        self.list.iter().map(|header| (header.name, header.value))
    }

    /// Every name once, as it was sent first.
    pub(crate) fn names(&self) -> impl Iterator<Item = &'a str> {
        let list = self.list;
        list.iter().enumerate().filter_map(move |(at, header)| {
            let before = list[..at].iter();
            let known = before
                .clone()
                .any(|h| h.name.eq_ignore_ascii_case(header.name));
            (!known).then_some(header.name)
        })
    }

    /// The cookies in order: names as texts, and values as they came.
    pub(crate) fn cookies(&self) -> impl Iterator<Item = (Cow<'a, [u8]>, &'a [u8])> {
        let pairs = self.get_all("cookie").flat_map(cookie_pairs);
        pairs.map(|(name, value)| (header_text(name), value))
    }
}

fn all<'a>(list: &'a [Header<'a>], name: &str) -> impl DoubleEndedIterator<Item = &'a [u8]> {
    let same = move |h: &&Header<'a>| h.name.eq_ignore_ascii_case(name);
    list.iter().filter(same).map(|h| h.value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_headers_are_found_as_others_are() {
        let names = [
            "Expect",
            "CONNECTION",
            "x-Request-ID",
            "content-length",
            "Transfer-Encoding",
            "If-None-Match",
        ];
        for name in names {
            let known = Known::of_length(name.len()).expect("it is known");
            let header = |name, value: &'static str| Header {
                name,
                value: value.as_bytes(),
            };
            // Another of the same length, and the same one twice.
            let other: String = name.chars().map(|_| 'y').collect();
            let list = [header(&other, "0"), header(name, "1"), header(name, "2")];
            let values = Headers::new(&list);
            assert!(values.known(known).eq([&b"1"[..], b"2"]), "{name}");
            assert!(Headers::new(&list[..1]).known(known).next().is_none());
        }
    }
}
