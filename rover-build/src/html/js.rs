//! Where in a script a template is (ECMAScript, section 12), as far as printing a value
//! depends on it.

use rover_model::Rule;

use crate::diagnostic::codes::templates::unsafe_place::Forbidden;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Js {
    mode: Mode,
    /// The word that is being written.
    word: String,
    /// The last character of code that is no blank.
    last: Option<char>,
    /// A slash that may begin a comment or a regular expression.
    slash: bool,
    /// The character before, in comments.
    previous: char,
    escaped: bool,
    /// Open braces, one count for each template literal around.
    braces: Vec<usize>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Mode {
    #[default]
    Code,
    String(char),
    /// Between backticks.
    Template,
    /// A regular expression, and whether it is inside `[...]`.
    Regex(bool),
    LineComment,
    BlockComment,
}

/// Words before which an operand ends; before all others a slash divides.
const BEFORE_OPERAND: [&str; 15] = [
    "return",
    "typeof",
    "instanceof",
    "in",
    "of",
    "new",
    "delete",
    "void",
    "throw",
    "case",
    "do",
    "else",
    "await",
    "yield",
    "default",
];

impl Js {
    pub(super) fn advance(&mut self, c: char) {
        match self.mode {
            Mode::Code => self.code(c),
            Mode::LineComment => {
                if matches!(c, '\n' | '\r' | '\u{2028}' | '\u{2029}') {
                    self.mode = Mode::Code;
                }
            }
            Mode::BlockComment => {
                if c == '/' && self.previous == '*' {
                    self.mode = Mode::Code;
                }
                self.previous = c;
            }
            Mode::String(_) | Mode::Template | Mode::Regex(_) => self.literal(c),
        }
    }

    /// Strings, template literals and regular expressions.
    fn literal(&mut self, c: char) {
        if std::mem::take(&mut self.escaped) {
            return;
        }
        if c == '\\' {
            self.escaped = true;
            return;
        }
        match self.mode {
            // A line break ends a string that is malformed.
            Mode::String(quote) if c == quote || c == '\n' => self.operand(),
            Mode::Template if c == '`' => self.operand(),
            Mode::Template if c == '{' && self.previous == '$' => {
                self.braces.push(0);
                self.mode = Mode::Code;
                self.last = Some('{');
            }
            Mode::Regex(false) if c == '/' || c == '\n' => self.operand(),
            Mode::Regex(false) if c == '[' => self.mode = Mode::Regex(true),
            Mode::Regex(true) if c == ']' => self.mode = Mode::Regex(false),
            _ => {}
        }
        self.previous = c;
    }

    /// An operand ends here.
    fn operand(&mut self) {
        self.mode = Mode::Code;
        self.last = Some('"');
        self.word.clear();
    }

    fn code(&mut self, c: char) {
        if std::mem::take(&mut self.slash) {
            match c {
                '/' => return self.mode = Mode::LineComment,
                '*' => {
                    self.previous = ' ';
                    return self.mode = Mode::BlockComment;
                }
                _ if self.regex_may_begin() => {
                    self.mode = Mode::Regex(false);
                    return self.literal(c);
                }
                _ => self.last = Some('/'),
            }
        }
        match c {
            '/' => return self.slash = true,
            '"' | '\'' => self.mode = Mode::String(c),
            '`' => {
                self.previous = ' ';
                self.mode = Mode::Template;
            }
            '{' => self
                .braces
                .iter_mut()
                .last()
                .into_iter()
                .for_each(|n| *n += 1),
            '}' => match self.braces.last_mut() {
                Some(0) => {
                    self.braces.pop();
                    self.previous = ' ';
                    return self.mode = Mode::Template;
                }
                Some(open) => *open -= 1,
                None => {}
            },
            _ => {}
        }
        if c.is_alphanumeric() || matches!(c, '_' | '$') {
            // A word after a blank is another.
            if !self.last.is_some_and(is_word) || self.previous.is_whitespace() {
                self.word.clear();
            }
            self.word.push(c);
        }
        if !c.is_whitespace() {
            self.last = Some(c);
        }
        self.previous = c;
    }

    /// Whether a slash is no division.
    fn regex_may_begin(&self) -> bool {
        match self.last {
            None => true,
            Some(c) if is_word(c) => BEFORE_OPERAND.contains(&self.word.as_str()),
            Some(')' | ']' | '"') => false,
            Some(_) => true,
        }
    }

    /// The rule for a value that is printed here, and whether a blank must come before it:
    /// `return{{ x }}`, `-{{ n }}`.
    pub(super) fn print(&mut self) -> Result<(Rule, bool), Forbidden> {
        match self.mode {
            Mode::Code if self.slash && self.regex_may_begin() => Err(Forbidden::ScriptRegex),
            Mode::Code => {
                let joined = !self.previous.is_whitespace()
                    && self
                        .last
                        .is_some_and(|c| is_word(c) || matches!(c, '-' | '+' | '/'));
                self.slash = false;
                self.operand();
                Ok((Rule::JsValue, joined))
            }
            Mode::String(_) => Ok((Rule::JsString, false)),
            Mode::Template => Err(Forbidden::ScriptTemplate),
            Mode::Regex(_) => Err(Forbidden::ScriptRegex),
            Mode::LineComment | Mode::BlockComment => Err(Forbidden::CommentOfScript),
        }
    }

    /// Forgets what only matters within a run of text.
    pub(super) fn settle(&mut self) {
        self.escaped = false;
        self.previous = ' ';
        if self.mode != Mode::Code {
            return;
        }
        // What an expression ends with is alike after it.
        let regex = self.regex_may_begin();
        self.last = (!regex).then_some('"');
        self.word.clear();
    }
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '$')
}
