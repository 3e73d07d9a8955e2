//! What a text is by the grammar's rules.

/// A word of a text, or what a rule has made.
#[derive(Clone, Debug)]
pub(crate) struct Node<'t> {
    /// As the grammar calls it.
    pub(crate) name: &'static str,
    pub(crate) start: usize,
    pub(crate) text: &'t str,
    /// Of a list that is made of a shorter one, the items of both.
    pub(crate) parts: Vec<Node<'t>>,
}

impl<'t> Node<'t> {
    pub(crate) fn is(&self, name: &str) -> bool {
        self.name == name
    }

    /// Its part of a name.
    pub(crate) fn part(&self, name: &str) -> Option<&Node<'t>> {
        self.parts.iter().find(|part| part.is(name))
    }

    /// The names of its parts.
    pub(crate) fn shape(&self) -> Vec<&'static str> {
        self.parts.iter().map(|part| part.name).collect()
    }

    /// The first one of a name in it, itself included, from the left.
    pub(crate) fn first(&self, name: &str) -> Option<&Node<'t>> {
        match self.is(name) {
            true => Some(self),
            false => self.parts.iter().find_map(|part| part.first(name)),
        }
    }

    /// All of some names in it, from the left; not those inside of one that is found.
    pub(crate) fn all(&self, names: &[&str]) -> Vec<&Node<'t>> {
        let mut found = Vec::new();
        self.collect(names, &mut found);
        found
    }

    fn collect<'n>(&'n self, names: &[&str], found: &mut Vec<&'n Node<'t>>) {
        if names.contains(&self.name) {
            found.push(self);
            return;
        }
        self.parts
            .iter()
            .for_each(|part| part.collect(names, found));
    }

    /// The one of a name that it comes to where one rule after the other has one part alone.
    pub(crate) fn down_to(&self, name: &str) -> Option<&Node<'t>> {
        match self.parts.as_slice() {
            _ if self.is(name) => Some(self),
            [only] => only.down_to(name),
            _ => None,
        }
    }
}

/// PostgreSQL's `NAMEDATALEN`, less the byte at its end.
const MAX_NAME: usize = 63;

/// A name as PostgreSQL keeps it: without quotes its capitals are small letters.
pub(crate) fn kept(name: &str) -> String {
    let mut kept = match name
        .strip_prefix('"')
        .and_then(|name| name.strip_suffix('"'))
    {
        Some(inner) => inner.replace("\"\"", "\""),
        None => name.to_ascii_lowercase(),
    };
    if kept.len() > MAX_NAME {
        let end = (0..=MAX_NAME).rev().find(|end| kept.is_char_boundary(*end));
        kept.truncate(end.unwrap_or(0));
    }
    kept
}
