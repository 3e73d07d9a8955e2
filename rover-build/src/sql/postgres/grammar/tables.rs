//! The tables, as `extract` writes them into `postgres.tables`.

use std::collections::{HashMap, HashSet};
use std::sync::OnceLock;

/// A number of a terminal or of what rules make.
pub(super) type Symbol = u16;

static BYTES: &[u8] = include_bytes!("postgres.tables");

/// The automaton. Its arrays have bison's names, and mean what they mean there.
pub(super) struct Tables {
    /// Of terminals first, then of what rules make.
    pub(super) names: Vec<&'static str>,
    pub(super) keywords: HashMap<&'static str, Symbol>,
    pub(super) terminals: i32,
    /// The state in which a text is read.
    pub(super) last: i32,
    /// What stands in `pact` where a state does the same before every token.
    pub(super) no_look: i32,
    /// What stands in `table` where a token is an error.
    pub(super) error: i32,
    /// What each rule makes.
    pub(super) r1: Vec<i32>,
    /// Of how many parts.
    pub(super) r2: Vec<i32>,
    pub(super) defact: Vec<i32>,
    pub(super) defgoto: Vec<i32>,
    pub(super) pact: Vec<i32>,
    pub(super) pgoto: Vec<i32>,
    pub(super) table: Vec<i32>,
    pub(super) check: Vec<i32>,
    /// Rules that PostgreSQL does not have: a parameter where it takes none.
    pub(super) added: HashSet<i32>,
}

pub(super) fn tables() -> &'static Tables {
    static TABLES: OnceLock<Tables> = OnceLock::new();
    TABLES.get_or_init(|| Tables::read(&mut Reader { rest: BYTES }))
}

impl Tables {
    fn read(from: &mut Reader) -> Self {
        let _version = from.text();
        let names: Vec<&str> = from.text().lines().collect();
        let keywords = from.text().lines();
        let keywords = keywords.filter_map(|line| {
            let (word, symbol) = line.split_once(' ')?;
            Some((word, symbol.parse().ok()?))
        });
        let keywords = keywords.collect();
        let [terminals, last, no_look, error] = from.numbers()[..] else {
            unreachable!("the tables begin with four numbers");
        };
        Tables {
            names,
            keywords,
            terminals,
            last,
            no_look,
            error,
            r1: from.numbers(),
            r2: from.numbers(),
            defact: from.numbers(),
            defgoto: from.numbers(),
            pact: from.numbers(),
            pgoto: from.numbers(),
            table: from.numbers(),
            check: from.numbers(),
            added: from.numbers().into_iter().collect(),
        }
    }

    /// The number of a symbol.
    pub(super) fn symbol(&self, name: &str) -> Symbol {
        let found = self.names.iter().position(|known| *known == name);
        found.and_then(|at| at.try_into().ok()).unwrap_or(UNDEFINED)
    }
}

/// What no rule takes.
pub(super) const UNDEFINED: Symbol = 2;

struct Reader {
    rest: &'static [u8],
}

impl Reader {
    fn bytes(&mut self, count: usize) -> &'static [u8] {
        let (bytes, rest) = self.rest.split_at(count);
        self.rest = rest;
        bytes
    }

    fn length(&mut self) -> usize {
        let bytes = self.bytes(4);
        bytes
            .iter()
            .rev()
            .fold(0, |sum, byte| sum << 8 | usize::from(*byte))
    }

    fn text(&mut self) -> &'static str {
        let length = self.length();
        std::str::from_utf8(self.bytes(length)).unwrap_or_default()
    }

    fn numbers(&mut self) -> Vec<i32> {
        let count = self.length();
        let width = usize::from(self.bytes(1)[0]);
        let bytes = self.bytes(count * width).chunks_exact(width);
        let number = |bytes: &[u8]| match *bytes {
            [a, b] => i32::from(i16::from_le_bytes([a, b])),
            [a, b, c, d] => i32::from_le_bytes([a, b, c, d]),
            _ => 0,
        };
        bytes.map(number).collect()
    }
}
