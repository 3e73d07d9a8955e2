//! What is known of one word, as plain data.

/// The owner of globals.
pub(crate) const GLOBALS: &str = "_G";
/// The owner of modules' names.
pub(super) const MODULES: &str = "require";

/// A word that programs may say, or that people say who come from elsewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word {
    /// What it is a member of: a library (`string`, `rover.json`), a class (`rover.Ctx`), `_G` for
    /// globals, `require` for modules; empty for classes.
    pub owner: &'static str,
    /// Its name; empty for what a value of the owner does when it is called.
    pub name: &'static str,
    /// What it is.
    pub kind: Kind,
    /// What it takes, where it is called.
    pub parameters: Vec<Parameter>,
    /// What it gives, where it is called.
    pub results: Vec<Typed>,
    /// The type of a value, the parent of a class; else empty.
    pub of_type: &'static str,
    /// One sentence.
    pub doc: &'static str,
    /// What LuaCATS has no tag for: `("reads", "body")`.
    pub tags: Vec<(&'static str, &'static str)>,
}

/// What a word is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A function that is called with a dot, or by its name alone.
    Function,
    /// A function that is called with a colon.
    Method,
    /// A value.
    Value,
    /// A table of words: a library.
    Table,
    /// A type whose values have members.
    Class,
    /// What a value of a class does when it is called.
    Call,
    /// What a value of a class has by any name.
    AnyField,
    /// A word that programs cannot use.
    Missing(Missing),
}

/// Why a word cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Missing {
    /// It is not there; the sentence says what to use.
    Absent,
    /// It is there to be taken, and fails when it is called; the sentence says what to use.
    Refused,
    /// A later version has it.
    Planned,
    /// Other Luas have it, and libraries ask for it.
    Elsewhere,
}

/// A parameter of a function.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parameter {
    /// Its name; `...` for any number of values.
    pub name: &'static str,
    /// It may be left out.
    pub optional: bool,
    /// Its type.
    pub of_type: &'static str,
}

/// A result of a function.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Typed {
    /// Its type.
    pub of_type: &'static str,
    /// Its name; empty for one that needs none, `...` for any number of values.
    pub name: &'static str,
}

impl Word {
    /// What a tag says: empty for a flag.
    pub fn tag(&self, name: &str) -> Option<&'static str> {
        let found = self.tags.iter().find(|(tag, _)| *tag == name);
        found.map(|(_, text)| *text)
    }

    /// Whether it lets other requests run until it has what it gives: always, or where sessions are in a database.
    pub fn waits(&self, sessions: bool) -> bool {
        match self.tag("waits") {
            Some("sessions") => sessions,
            tag => tag.is_some(),
        }
    }

    /// Whether programs can use it.
    pub fn is_there(&self) -> bool {
        !matches!(self.kind, Kind::Missing(_))
    }

    /// As programs write it: `string.upper`, `print`.
    pub fn path(&self) -> String {
        match self.owner {
            GLOBALS => self.name.to_owned(),
            owner => format!("{owner}.{}", self.name),
        }
    }
}
