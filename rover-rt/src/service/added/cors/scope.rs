//! The paths that a policy holds for.

use crate::message::path::Path;

/// A path that is written as a route's is, and all below it.
pub(super) struct Scope(Vec<Segment>);

#[derive(PartialEq, Eq)]
enum Segment {
    Literal(String),
    Param(String),
    /// All that remains.
    Rest(String),
}

impl Segment {
    fn new(text: &str) -> Self {
        match text
            .strip_prefix('{')
            .and_then(|text| text.strip_suffix('}'))
        {
            None => Segment::Literal(text.to_owned()),
            Some(name) => match name.strip_suffix("...") {
                Some(name) => Segment::Rest(name.to_owned()),
                None => Segment::Param(name.to_owned()),
            },
        }
    }

    fn rank(&self) -> u8 {
        match self {
            Segment::Literal(_) => 0,
            Segment::Param(_) => 1,
            Segment::Rest(_) => 2,
        }
    }
}

impl Scope {
    pub(super) fn new(pattern: &str) -> Self {
        let segments = pattern[1..].split('/').filter(|_| pattern != "/");
        Scope(segments.map(Segment::new).collect())
    }

    /// The longest first; of those the one that is more literal, from the left on, as for routes.
    pub(super) fn order(&self) -> (usize, Vec<u8>) {
        let ranks = self.0.iter().map(Segment::rank);
        (usize::MAX - self.0.len(), ranks.collect())
    }

    /// Whether a route is defined at this path or below it.
    pub(super) fn is_above(&self, pattern: &str) -> bool {
        let route = Scope::new(pattern);
        route.0.starts_with(&self.0)
    }

    /// Whether a request's path is this one or below it.
    pub(super) fn holds(&self, path: &Path<'_>) -> bool {
        let mut segments = self.0.iter().enumerate();
        segments.all(|(at, segment)| match segment {
            Segment::Literal(text) => at < path.len() && path.segment(at) == text.as_bytes(),
            Segment::Param(_) => !path.segment(at).is_empty(),
            Segment::Rest(_) => path.rest_nonempty(at),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holds(pattern: &str, path: &str) -> bool {
        let mut path = Path::parse(path).expect("it is a path");
        path.split();
        Scope::new(pattern).holds(&path)
    }

    #[test]
    fn a_path_and_all_below() {
        for (pattern, path) in [
            ("/", "/"),
            ("/", "/a/b"),
            ("/a", "/a"),
            ("/a", "/a/"),
            ("/a", "/%61/b"),
            ("/a/{id}", "/a/7"),
            ("/a/{id}/b", "/a/7/b/c"),
            ("/f/{path...}", "/f/a/b"),
        ] {
            assert!(holds(pattern, path), "{pattern} {path}");
        }
        for (pattern, path) in [
            ("/a", "/"),
            ("/a", "/ab"),
            ("/a", "/A"),
            ("/a", "/a%2Fb"),
            ("/a/{id}", "/a"),
            ("/a/{id}", "/a/"),
            ("/f/{path...}", "/f/"),
        ] {
            assert!(!holds(pattern, path), "{pattern} {path}");
        }
    }

    #[test]
    fn the_nearest_comes_first() {
        let mut patterns = ["/", "/{x}/b", "/a/{y}", "/a", "/a/b", "/{x}"];
        patterns.sort_by_key(|pattern| Scope::new(pattern).order());
        assert_eq!(patterns, ["/a/b", "/a/{y}", "/{x}/b", "/a", "/{x}", "/"]);
        assert!(Scope::new("/a/{id}").is_above("/a/{id}/b"));
        assert!(!Scope::new("/a/{id}").is_above("/a/me"));
        assert!(!Scope::new("/a").is_above("/ab"));
    }
}
