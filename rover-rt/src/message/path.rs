//! A request's path, and the parameters in it.

use rover_model::plan::Param;
use smallvec::SmallVec;

use super::decode::percent_decode;

/// A request path, percent-decoded (RFC 3986, section 2.1), and split at its slashes once
/// a route with parameters is looked for.
#[derive(Debug)]
pub struct Path<'a> {
    raw: &'a str,
    /// The decoded text, where the path has escapes.
    decoded: Option<Vec<u8>>,
    is_split: bool,
    /// Two bytes for each end: a path is longer only where it is refused.
    segments: SmallVec<[(u16, u16); 12]>,
}

/// What was found of a path's text, for a copy of it.
#[derive(Clone, Debug, Default)]
pub(crate) struct PathParts {
    decoded: Option<Vec<u8>>,
    segments: SmallVec<[(u16, u16); 12]>,
}

/// A path that is not one: no leading slash, a broken percent escape, or too long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MalformedPath;

impl Path<'static> {
    /// `/`
    pub(crate) const ROOT: Self = Path {
        raw: "/",
        decoded: None,
        is_split: true,
        segments: SmallVec::new_const(),
    };
}

impl<'a> Path<'a> {
    /// Decodes a raw path.
    ///
    /// # Errors
    /// When it does not start with a slash, has a `%` without two hex digits, or is longer
    /// than 64 KiB.
    #[inline]
    pub fn parse(raw: &'a str) -> Result<Self, MalformedPath> {
        if !raw.starts_with('/') || raw.len() > usize::from(u16::MAX) {
            return Err(MalformedPath);
        }
        let mut path = Path {
            raw,
            decoded: None,
            is_split: false,
            segments: SmallVec::new(),
        };
        if memchr::memchr(b'%', raw.as_bytes()).is_some() {
            path.decode()?;
        }
        Ok(path)
    }

    /// What was found of it.
    pub(crate) fn parts(&self) -> PathParts {
        PathParts {
            decoded: self.decoded.clone(),
            segments: self.segments.clone(),
        }
    }

    /// The same, without a copy.
    pub(crate) fn into_parts(self) -> PathParts {
        PathParts {
            decoded: self.decoded,
            segments: self.segments,
        }
    }

    /// A path of which this was found.
    pub(crate) fn of_parts(raw: &'a str, parts: PathParts) -> Self {
        Path {
            raw,
            decoded: parts.decoded,
            is_split: true,
            segments: parts.segments,
        }
    }

    /// Finds the segments, which [`Path::segment`] and its neighbours give.
    pub(crate) fn split(&mut self) {
        let bytes = self.raw.as_bytes();
        if self.is_split {
            return;
        }
        self.is_split = true;
        if bytes.len() > 1 {
            let mut start = 1;
            for at in memchr::memchr_iter(b'/', &bytes[1..]) {
                self.segments.push((start, at as u16 + 1));
                start = at as u16 + 2;
            }
            self.segments.push((start, bytes.len() as u16));
        }
    }

    fn decode(&mut self) -> Result<(), MalformedPath> {
        let mut text = Vec::with_capacity(self.raw.len());
        for segment in self.raw[1..].split('/') {
            text.push(b'/');
            let start = text.len() as u16;
            percent_decode(segment.as_bytes(), &mut text).ok_or(MalformedPath)?;
            self.segments.push((start, text.len() as u16));
        }
        self.decoded = Some(text);
        self.is_split = true;
        Ok(())
    }

    fn text(&self) -> &[u8] {
        self.decoded.as_deref().unwrap_or(self.raw.as_bytes())
    }

    /// The path as it came, without the query.
    pub fn raw(&self) -> &'a str {
        self.raw
    }

    /// Number of segments: none for `/`, two for `/users/` (the last one empty).
    #[allow(clippy::len_without_is_empty)]
    #[inline]
    pub fn len(&self) -> usize {
        self.segments.len()
    }

    /// A decoded segment; empty where there is none.
    #[inline]
    pub fn segment(&self, index: usize) -> &[u8] {
        self.segments.get(index).map_or(&[], |&(start, end)| {
            &self.text()[usize::from(start)..usize::from(end)]
        })
    }

    /// Everything from a segment to the end, slashes included.
    pub fn rest(&self, index: usize) -> &[u8] {
        self.segments
            .get(index)
            .map_or(&[], |&(start, _)| &self.text()[usize::from(start)..])
    }

    /// Whether a `rest_` parameter can start at this segment.
    pub fn rest_nonempty(&self, index: usize) -> bool {
        !self.rest(index).is_empty()
    }

    /// The part of it that a parameter takes, decoded.
    pub(crate) fn param(&self, param: &Param) -> &[u8] {
        match param.rest {
            true => self.rest(param.segment),
            false => self.segment(param.segment),
        }
    }

    /// What a path without parameters is looked up by, unless a decoded slash stands inside a
    /// segment: then no literal path can be meant.
    pub(crate) fn static_key(&self) -> Option<&[u8]> {
        match &self.decoded {
            None => Some(self.raw.as_bytes()),
            Some(text) => {
                let slashes = text.iter().filter(|b| **b == b'/').count();
                (slashes == self.segments.len()).then_some(text)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn segments(raw: &str) -> Vec<String> {
        let mut path = Path::parse(raw).unwrap();
        path.split();
        (0..path.len())
            .map(|i| String::from_utf8_lossy(path.segment(i)).into_owned())
            .collect()
    }

    #[test]
    fn splits_and_decodes() {
        assert!(segments("/").is_empty());
        assert_eq!(segments("/users/"), ["users", ""]);
        assert_eq!(segments("/a%2Fb/c%20d+e"), ["a/b", "c d+e"]);
        assert_eq!(Path::parse("/a%2Fb").unwrap().static_key(), None);
        assert_eq!(Path::parse("/%61").unwrap().static_key(), Some(&b"/a"[..]));
        assert_eq!(Path::parse("*").unwrap_err(), MalformedPath);
        assert_eq!(Path::parse("/%4").unwrap_err(), MalformedPath);
    }

    #[test]
    fn rest_keeps_slashes() {
        let split = |raw| {
            let mut path = Path::parse(raw).unwrap();
            path.split();
            path
        };
        assert_eq!(split("/files/a/b").rest(1), b"a/b");
        assert!(!split("/files/").rest_nonempty(1));
    }
}
