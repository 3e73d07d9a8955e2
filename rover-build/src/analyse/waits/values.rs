//! What a value may be, as far as it matters for waiting: a function of the program, a word of
//! the vocabulary, an object that has such words. Numbers, texts and the tables themselves are
//! left out.

use std::collections::HashMap;

use crate::front::ids::{ById, FileId, FunctionRef, Id};
use crate::front::load::Sources;
use crate::vocabulary::{self, Kind, Word, words};

/// One thing that a value may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Atom {
    /// A function that the program writes.
    Function(FunctionRef),
    /// A function or a method of the vocabulary, by its number.
    Word(usize),
    /// A library, or an object of a class, by its number.
    Object(usize),
    /// What renders a template when it is called.
    Page,
    /// A function that was made of a text at run time: it may say any word.
    Loaded,
}

/// A set of atoms by their numbers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Values(Vec<u64>);

impl Values {
    /// Whether the atom was not in it.
    pub(super) fn insert(&mut self, atom: usize) -> bool {
        let (word, bit) = (atom / 64, 1 << (atom % 64));
        if self.0.len() <= word {
            self.0.resize(word + 1, 0);
        }
        let new = self.0[word] & bit == 0;
        self.0[word] |= bit;
        new
    }

    /// Takes all atoms of another set; whether that are more than before.
    pub(super) fn extend(&mut self, other: &Values) -> bool {
        if self.0.len() < other.0.len() {
            self.0.resize(other.0.len(), 0);
        }
        let mut grown = false;
        for (own, theirs) in self.0.iter_mut().zip(&other.0) {
            grown |= theirs & !*own != 0;
            *own |= theirs;
        }
        grown
    }

    /// The atoms that are not in another set.
    pub(super) fn without(&self, other: &Values) -> Vec<usize> {
        let mut found = Vec::new();
        for (at, word) in self.0.iter().enumerate() {
            let mut left = word & !other.0.get(at).copied().unwrap_or_default();
            while left != 0 {
                found.push(at * 64 + left.trailing_zeros() as usize);
                left &= left - 1;
            }
        }
        found
    }
}

/// The numbers of atoms.
pub(super) struct Atoms {
    /// The number of each file's first function.
    files: ById<FileId, usize>,
    functions: Vec<FunctionRef>,
    /// Words by owner and name.
    by_name: HashMap<(&'static str, &'static str), usize>,
    /// Libraries and classes.
    owners: Vec<&'static str>,
    by_owner: HashMap<&'static str, usize>,
}

impl Atoms {
    pub(super) fn new(sources: &Sources) -> Self {
        let (mut files, mut functions) = (ById::default(), Vec::new());
        for (file, source) in sources.files.numbered() {
            files.push(functions.len());
            functions.extend(source.hir.functions.ids().map(|id| file.function(id)));
        }
        let there = words().iter().enumerate().filter(|(_, w)| w.is_there());
        let by_name = there.map(|(at, word)| ((word.owner, word.name), at));
        let mut owners: Vec<&'static str> = Vec::new();
        for word in words().iter().filter(|word| word.is_there()) {
            let owner = match word.kind {
                Kind::Class => word.name,
                _ => word.owner,
            };
            if !owner.is_empty() && !owners.contains(&owner) {
                owners.push(owner);
            }
        }
        Atoms {
            files,
            functions,
            by_name: by_name.collect(),
            by_owner: owners.iter().copied().zip(0..).collect(),
            owners,
        }
    }

    pub(super) fn number(&self, atom: Atom) -> usize {
        let first = self.functions.len();
        let objects = first + words().len();
        match atom {
            Atom::Function(FunctionRef { file, id }) => self.files[file] + id.index(),
            Atom::Word(word) => first + word,
            Atom::Object(object) => objects + object,
            Atom::Page => objects + self.owners.len(),
            Atom::Loaded => objects + self.owners.len() + 1,
        }
    }

    pub(super) fn atom(&self, number: usize) -> Atom {
        if let Some(function) = self.functions.get(number) {
            return Atom::Function(*function);
        }
        let word = number - self.functions.len();
        let Some(object) = word.checked_sub(words().len()) else {
            return Atom::Word(word);
        };
        match object.checked_sub(self.owners.len()) {
            None => Atom::Object(object),
            Some(0) => Atom::Page,
            Some(_) => Atom::Loaded,
        }
    }

    /// A function or a method by owner and name.
    pub(super) fn word(&self, owner: &str, name: &str) -> Option<(usize, &'static Word)> {
        let at = *self.by_name.get(&(owner, name))?;
        Some((at, &words()[at]))
    }

    pub(super) fn owner(&self, object: usize) -> &'static str {
        self.owners[object]
    }

    pub(super) fn object(&self, owner: &str) -> Option<Atom> {
        self.by_owner.get(owner).map(|at| Atom::Object(*at))
    }

    /// The objects that a type of the vocabulary names.
    pub(super) fn of_type(&self, of_type: &str) -> Vec<Atom> {
        let names = of_type.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_' || c == '.'));
        let classes = names.filter(|name| name.starts_with("rover."));
        classes.filter_map(|name| self.object(name)).collect()
    }

    /// What a member of a library or of an object is.
    pub(super) fn member(&self, owner: &str, name: &str) -> Vec<Atom> {
        let mut found = Vec::new();
        if let Some((at, word)) = self.word(owner, name) {
            found.extend(self.of_word(at, word));
        } else if let Some(any) = vocabulary::any_field(owner) {
            found.extend(self.of_type(any.of_type));
        }
        let class = self.word("", owner).map(|(_, class)| class.of_type);
        if let Some(parent) = class.filter(|parent| !parent.is_empty() && found.is_empty()) {
            found.extend(self.member(parent, name));
        }
        found
    }

    /// All members of a library.
    pub(super) fn members(&self, owner: &str) -> Vec<Atom> {
        let of_it = words().iter().enumerate();
        let of_it = of_it.filter(|(_, word)| word.owner == owner && word.is_there());
        of_it
            .flat_map(|(at, word)| self.of_word(at, word))
            .collect()
    }

    fn of_word(&self, at: usize, word: &Word) -> Vec<Atom> {
        match word.kind {
            Kind::Function | Kind::Method => vec![Atom::Word(at)],
            Kind::Table => self.object(&word.path()).into_iter().collect(),
            _ => self.of_type(word.of_type),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Values;

    #[test]
    fn sets_are_sets() {
        let (mut a, mut b) = (Values::default(), Values::default());
        assert!(a.insert(3) && a.insert(200) && !a.insert(3));
        assert!(b.insert(3));
        assert_eq!(a.without(&b), [200]);
        assert!(b.extend(&a) && !b.extend(&a));
        assert_eq!(b, a);
    }
}
