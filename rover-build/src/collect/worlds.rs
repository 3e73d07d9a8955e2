//! Other environments than the build's: by running the program in some of them, too, it is seen
//! what depends on the environment.

use std::collections::{BTreeSet, HashMap};

use crate::diagnostic::Position;

/// How a program asks for a variable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Word {
    /// `os.getenv "NAME"`
    Getenv,
    /// `rover.env.NAME`
    Read,
    /// `rover.env { NAME = ... }`
    Declared,
}

/// A variable that a run has asked for.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub(crate) word: Word,
    pub(crate) name: String,
    pub(crate) position: Position,
}

impl Asked {
    /// As programs write it.
    pub(crate) fn written(&self) -> String {
        let name = &self.name;
        match self.word {
            Word::Getenv => format!("os.getenv \"{name}\""),
            Word::Read => format!("rover.env.{name}"),
            Word::Declared => format!("rover.env {{ {name} = ... }}"),
        }
    }

    /// It is asked for by a word of `rover`, not by Lua's own.
    pub(crate) fn is_rovers(&self) -> bool {
        self.word != Word::Getenv
    }
}

/// Which variables have another value than in the build.
#[derive(Clone, Debug, Default)]
pub(crate) enum Others {
    #[default]
    None,
    /// Those that are asked for by words of `rover`.
    OfRover,
    /// Those that are asked for by `os.getenv`.
    OfGetenv,
    One(Word, String),
}

/// The environment of a run; by default the build's.
#[derive(Clone, Debug, Default)]
pub(crate) struct World {
    pub(crate) others: Others,
    /// The text that the program compares a variable with.
    pub(crate) compared: HashMap<String, String>,
}

/// What a variable is in another environment: true for most conditions, and a number.
const SET: &str = "1";

impl World {
    /// It is the build's own.
    pub(crate) fn is_build(&self) -> bool {
        matches!(self.others, Others::None)
    }

    /// Only what words of `rover` give is another.
    pub(crate) fn is_of_rover(&self) -> bool {
        matches!(self.others, Others::OfRover)
    }

    fn is_other(&self, word: Word, name: &str) -> bool {
        match &self.others {
            Others::None => false,
            Others::OfRover => word != Word::Getenv,
            Others::OfGetenv => word == Word::Getenv,
            Others::One(other, only) => *other == word && only == name,
        }
    }

    /// The text of a variable that is not declared.
    pub(crate) fn text(&self, word: Word, name: &str) -> Option<String> {
        let compared = self.compared(word, name)?;
        Some(compared.unwrap_or(SET).to_owned())
    }

    /// Whether a variable has another value than in the build; then the text that the program
    /// compares it with.
    pub(crate) fn compared(&self, word: Word, name: &str) -> Option<Option<&str>> {
        let text = self.compared.get(name).map(String::as_str);
        self.is_other(word, name).then_some(text)
    }
}

/// At most so many texts of one variable are tried, and so many variables for themselves.
const MOST_ROUNDS: usize = 16;

/// Environments that differ from the build's in all variables that were asked for by words of
/// `rover`, or by `os.getenv`, in rounds of the texts that they are compared with.
pub(crate) fn worlds(asked: &[Asked], compared: &HashMap<String, Vec<String>>) -> Vec<World> {
    let mut worlds = Vec::new();
    for (others, rovers) in [(Others::OfRover, true), (Others::OfGetenv, false)] {
        let names = asked.iter().filter(|asked| asked.is_rovers() == rovers);
        let names: BTreeSet<&str> = names.map(|asked| asked.name.as_str()).collect();
        if names.is_empty() {
            continue;
        }
        let texts = || names.iter().filter_map(|name| compared.get(*name));
        let rounds = texts().map(Vec::len).max().unwrap_or(0);
        // One without such a text, too: `if rover.env.DEBUG then`.
        worlds.push(World {
            others: others.clone(),
            compared: HashMap::new(),
        });
        worlds.extend((0..rounds.min(MOST_ROUNDS)).map(|round| {
            let text = |name: &&str| {
                let texts = compared.get(*name)?;
                Some(((*name).to_owned(), texts[round % texts.len()].clone()))
            };
            World {
                others: others.clone(),
                compared: names.iter().filter_map(text).collect(),
            }
        }));
    }
    worlds
}

impl World {
    /// The same with one variable alone, for each that was asked for.
    pub(crate) fn one_by_one(&self, asked: &[Asked]) -> Vec<(World, Asked)> {
        let others = asked
            .iter()
            .filter(|asked| self.is_other(asked.word, &asked.name));
        let alone = others.take(MOST_ROUNDS).map(|asked| {
            let world = World {
                others: Others::One(asked.word, asked.name.clone()),
                compared: self.compared.clone(),
            };
            (world, asked.clone())
        });
        alone.collect()
    }
}
