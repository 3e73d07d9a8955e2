//! One statement: its text in pieces, with places for values between them.

use super::dialect::Dialect;
use super::scan::{Scan, Token};

/// A statement as a program writes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    text: String,
    /// Where places for values stand, and what they are.
    places: Vec<(usize, usize, Place)>,
    /// The names of named places, each once, in the order in which they come.
    names: Vec<String>,
    /// The highest number of a numbered place.
    count: usize,
    verb: Verb,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// The value with this number, from 0 on.
    One(usize),
    /// Every value of the list with this number.
    Spread(usize),
}

/// What a statement begins with, as far as it matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verb {
    /// Nothing of the others.
    Other,
    /// A statement that begins or ends a transaction: `BEGIN`.
    Transaction(&'static str),
    /// One that adds rows: `INSERT`, `REPLACE`, also behind a `WITH`.
    Insert,
    /// One that changes a connection, of which each statement may have another: `ATTACH`.
    Connection(&'static str),
    /// One that cannot be part of a transaction: `VACUUM`, `PRAGMA`.
    Alone,
    /// There is no statement: the text is empty, or a comment.
    Nothing,
}

/// How a statement's values are given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Parameters<'s> {
    /// By their order: so many.
    Numbered(usize),
    /// By these names, in one table.
    Named(&'s [String]),
}

/// What is given for one value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Given {
    /// A value that is no list.
    One,
    /// A list of so many.
    List(usize),
}

/// A statement for a database, and which values go with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rendered {
    /// The text.
    pub text: String,
    /// For each of the text's parameters the value's number, and of a list that is spread the
    /// element's, from 0 on.
    pub values: Vec<(usize, Option<usize>)>,
}

/// Why a text is no statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WrongSql {
    /// The first byte of what is wrong, and the byte behind it.
    pub at: (usize, usize),
    /// What is wrong.
    pub message: String,
}

impl std::fmt::Display for WrongSql {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for WrongSql {}

/// More places than this no database takes.
const MOST: u32 = 65_535;

const TRANSACTIONS: [&str; 8] = [
    "BEGIN",
    "COMMIT",
    "ROLLBACK",
    "END",
    "SAVEPOINT",
    "RELEASE",
    "START",
    "ABORT",
];

impl Statement {
    /// Reads a statement.
    ///
    /// # Errors
    /// When the text has no end where one must be, more than one statement, or places of two
    /// kinds.
    pub fn parse(text: &str) -> Result<Statement, WrongSql> {
        let mut statement = Statement {
            text: text.to_owned(),
            places: Vec::new(),
            names: Vec::new(),
            count: 0,
            verb: Verb::Nothing,
        };
        let mut ended = false;
        let mut kinds = [None, None];
        // Parentheses that are open, and whether the word that follows a `WITH` is looked for.
        let (mut depth, mut behind_with) = (0, false);
        for (token, start, end) in Scan::new(text.as_bytes()) {
            let at = (start, end);
            let is_comment = matches!(text.as_bytes()[start], b'-' | b'/');
            let counts = match token {
                Token::Space => false,
                Token::Closed => !is_comment,
                _ => true,
            };
            if ended && counts && token != Token::End {
                return wrong(
                    at,
                    "a second statement begins here: each is given by itself",
                );
            }
            match token {
                Token::Unclosed(what) => return wrong(at, format!("the {what} has no end")),
                Token::End => ended = ended || statement.verb != Verb::Nothing,
                Token::Word if statement.verb == Verb::Nothing => {
                    let word = &text[start..end];
                    statement.verb = verb(word);
                    behind_with = word.eq_ignore_ascii_case("with");
                }
                Token::Word if behind_with && depth == 0 && is_verb(&text[start..end]) => {
                    statement.verb = verb(&text[start..end]);
                    behind_with = false;
                }
                Token::Numbered(number) | Token::Spread(number) => {
                    kinds[0] = kinds[0].or(Some(at));
                    let spread = matches!(token, Token::Spread(_));
                    statement.numbered(at, number, spread)?;
                }
                Token::Named => {
                    kinds[1] = kinds[1].or(Some(at));
                    statement.named(at);
                }
                Token::Other => {
                    depth += match text.as_bytes()[start] {
                        b'(' => 1,
                        b')' => -1,
                        _ => 0,
                    };
                    if statement.verb == Verb::Nothing {
                        statement.verb = Verb::Other;
                    }
                }
                _ if counts && statement.verb == Verb::Nothing => statement.verb = Verb::Other,
                _ => {}
            }
        }
        if let [Some(first), Some(second)] = kinds {
            let at = first.max(second);
            return wrong(at, "`$1` and `:name` do not go together in one statement");
        }
        Ok(statement)
    }

    fn numbered(&mut self, at: (usize, usize), number: u32, spread: bool) -> Result<(), WrongSql> {
        if number == 0 || number > MOST {
            return wrong(at, format!("places are numbered from $1 to ${MOST}"));
        }
        let index = number as usize - 1;
        self.count = self.count.max(number as usize);
        let place = match spread {
            true => Place::Spread(index),
            false => Place::One(index),
        };
        self.places.push((at.0, at.1, place));
        Ok(())
    }

    fn named(&mut self, at: (usize, usize)) {
        let name = &self.text[at.0 + 1..at.1];
        let known = self.names.iter().position(|known| known == name);
        let index = known.unwrap_or_else(|| {
            self.names.push(name.to_owned());
            self.names.len() - 1
        });
        self.places.push((at.0, at.1, Place::One(index)));
    }

    /// The text as it was written.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// What it begins with.
    pub fn verb(&self) -> Verb {
        self.verb
    }

    /// How its values are given.
    pub fn parameters(&self) -> Parameters<'_> {
        match self.names.is_empty() {
            true => Parameters::Numbered(self.count),
            false => Parameters::Named(&self.names),
        }
    }

    /// Whether some value is a list that is spread.
    pub fn spreads(&self) -> bool {
        let mut places = self.places.iter();
        places.any(|(_, _, place)| matches!(place, Place::Spread(_)))
    }

    /// Whether the value with this number, from 0 on, is a list that is spread.
    pub fn is_spread(&self, index: usize) -> bool {
        let mut places = self.places.iter();
        places.any(|(_, _, place)| *place == Place::Spread(index))
    }

    /// A number below which every value has a place that is used; the first that has none.
    pub fn unused(&self) -> Option<usize> {
        let used = |index| {
            let mut places = self.places.iter();
            places
                .any(|(_, _, place)| *place == Place::One(index) || *place == Place::Spread(index))
        };
        (0..self.count).find(|index| self.names.is_empty() && !used(*index))
    }

    /// Where each place stands in the text that is rendered for no lists: the bytes of the
    /// written text, for errors of a database that speak of its own.
    pub fn written_at(&self, dialect: Dialect, rendered: usize) -> usize {
        let mut moved = 0_isize;
        for (start, end, place) in &self.places {
            let index = match place {
                Place::One(index) | Place::Spread(index) => index,
            };
            let length = mark(dialect, index + 1).len();
            let begins = start.saturating_add_signed(moved);
            if rendered <= begins {
                break;
            }
            if rendered < begins + length {
                return *start;
            }
            moved += length as isize - (end - start) as isize;
        }
        rendered.saturating_add_signed(-moved)
    }

    /// The statement for a database. `given` says of each value whether it is a list.
    ///
    /// # Errors
    /// When a list that is spread is none, or an empty one stands where a database cannot take it.
    pub fn render(&self, dialect: Dialect, given: &[Given]) -> Result<Rendered, WrongSql> {
        let mut text = String::with_capacity(self.text.len() + 8);
        let mut values: Vec<(usize, Option<usize>)> = Vec::new();
        let spreads = self.spreads();
        if !spreads {
            let count = self.count.max(self.names.len());
            values.extend((0..count).map(|index| (index, None)));
        }
        let mut copied = 0;
        for (start, end, place) in &self.places {
            text.push_str(&self.text[copied..*start]);
            copied = *end;
            match place {
                Place::One(index) => {
                    let number = match spreads {
                        true => number_of(&mut values, (*index, None)),
                        false => index + 1,
                    };
                    text.push_str(&mark(dialect, number));
                }
                Place::Spread(index) => {
                    let at = (*start, *end);
                    let Some(Given::List(length)) = given.get(*index) else {
                        let shown = &self.text[*start..*end];
                        return wrong(at, format!("`{shown}` is given no list"));
                    };
                    if *length == 0 {
                        text.push_str(self.empty(dialect, at)?);
                    }
                    for element in 0..*length {
                        if element > 0 {
                            text.push(',');
                        }
                        let number = number_of(&mut values, (*index, Some(element)));
                        text.push_str(&mark(dialect, number));
                    }
                }
            }
        }
        text.push_str(&self.text[copied..]);
        Ok(Rendered { text, values })
    }

    /// What stands for the elements of an empty list.
    fn empty(&self, dialect: Dialect, at: (usize, usize)) -> Result<&'static str, WrongSql> {
        if dialect == Dialect::Sqlite {
            return Ok("");
        }
        let before = self.text[..at.0].trim_end().trim_end_matches('(');
        let mut words = before.split_ascii_whitespace().rev();
        let is = |word: Option<&str>, wanted| word.is_some_and(|w| w.eq_ignore_ascii_case(wanted));
        if is(words.next(), "in") && is(words.next(), "not") {
            let message =
                "the list for `not in` is empty: PostgreSQL takes `<> all($1)` for any list";
            return wrong(at, message);
        }
        // Nothing is equal to it.
        Ok("null")
    }
}

fn number_of(values: &mut Vec<(usize, Option<usize>)>, value: (usize, Option<usize>)) -> usize {
    let known = values.iter().position(|known| *known == value);
    known.map_or_else(
        || {
            values.push(value);
            values.len()
        },
        |known| known + 1,
    )
}

/// A parameter as a database knows it.
fn mark(dialect: Dialect, number: usize) -> String {
    match dialect {
        Dialect::Sqlite => format!("?{number}"),
        Dialect::Postgres => format!("${number}"),
    }
}

fn verb(word: &str) -> Verb {
    let is = |name: &&&str| word.eq_ignore_ascii_case(name);
    if let Some(name) = TRANSACTIONS.iter().find(is) {
        return Verb::Transaction(name);
    }
    let one_of = |names: &[&str]| names.iter().any(|name| word.eq_ignore_ascii_case(name));
    match word {
        _ if one_of(&["ATTACH"]) => Verb::Connection("ATTACH"),
        _ if one_of(&["DETACH"]) => Verb::Connection("DETACH"),
        _ if one_of(&["VACUUM", "PRAGMA"]) => Verb::Alone,
        _ if one_of(&["INSERT", "REPLACE"]) => Verb::Insert,
        _ => Verb::Other,
    }
}

/// What a `WITH` may lead to.
fn is_verb(word: &str) -> bool {
    let verbs = [
        "SELECT", "INSERT", "REPLACE", "UPDATE", "DELETE", "VALUES", "MERGE",
    ];
    verbs.iter().any(|verb| word.eq_ignore_ascii_case(verb))
}

fn wrong<T>(at: (usize, usize), message: impl Into<String>) -> Result<T, WrongSql> {
    let message = message.into();
    Err(WrongSql { at, message })
}

/// A name in quotes, as both databases take it.
pub fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}
