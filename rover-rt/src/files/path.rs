//! Paths as programs write them, cut at their slashes. Nothing here asks the system.

use rustix::io::Errno;

/// A path without its empty components and single dots. Double dots stay: what they mean depends
/// on links.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Path<'a> {
    pub(crate) is_absolute: bool,
    pub(crate) components: Vec<&'a [u8]>,
    /// It ends as only a folder's path may: `data/` or `data/.`.
    pub(crate) wants_folder: bool,
}

impl<'a> Path<'a> {
    pub(crate) fn parse(text: &'a [u8]) -> Result<Self, Errno> {
        if text.is_empty() {
            return Err(Errno::NOENT);
        }
        // For the system it would end there.
        if text.contains(&0) {
            return Err(Errno::INVAL);
        }
        let all = || text.split(|&byte| byte == b'/');
        let is_nothing = |component: &[u8]| matches!(component, b"" | b".");
        Ok(Path {
            is_absolute: text[0] == b'/',
            components: all().filter(|component| !is_nothing(component)).collect(),
            wants_folder: all().next_back().is_some_and(is_nothing),
        })
    }

    /// What of this path is below another one, by the text alone.
    pub(crate) fn below(&self, is_absolute: bool, components: &[Vec<u8>]) -> Option<&[&'a [u8]]> {
        let begins = components.len() <= self.components.len()
            && components.iter().zip(&self.components).all(|(a, b)| a == b);
        let is_below = self.is_absolute == is_absolute && begins;
        is_below.then(|| &self.components[components.len()..])
    }
}
