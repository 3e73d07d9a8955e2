//! Where in a style sheet or a `style` attribute a template is (CSS Syntax, section 4).

use rover_model::Rule;

use super::url::Urls;
use crate::diagnostic::codes::templates::unsafe_place::Forbidden;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Css {
    mode: Mode,
    /// The identifier that is being written, in lower case.
    word: String,
    /// The character before.
    previous: char,
    /// After a backslash.
    escaped: bool,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
enum Mode {
    #[default]
    Plain,
    String(char),
    /// After `url(`, before a quote or the URL.
    BeforeUrl,
    /// The URL, and its quote if it has one.
    Url(Urls, Option<char>),
    Comment,
}

impl Css {
    pub(super) fn advance(&mut self, c: char) {
        if std::mem::take(&mut self.escaped) {
            self.previous = ' ';
            return;
        }
        if c == '\\' && self.mode != Mode::Comment {
            self.escaped = true;
            return;
        }
        match &mut self.mode {
            Mode::Plain => self.plain(c),
            Mode::String(quote) if c == *quote || c == '\n' => self.mode = Mode::Plain,
            Mode::String(_) => {}
            Mode::BeforeUrl => match c {
                '"' | '\'' => self.mode = Mode::Url(Urls::default(), Some(c)),
                ')' => self.mode = Mode::Plain,
                c if c.is_ascii_whitespace() => {}
                c => {
                    let mut url = Urls::default();
                    url.advance(c);
                    self.mode = Mode::Url(url, None);
                }
            },
            Mode::Url(_, Some(quote)) if c == *quote => self.mode = Mode::Plain,
            Mode::Url(_, None) if c == ')' => self.mode = Mode::Plain,
            Mode::Url(url, _) => url.advance(c),
            Mode::Comment if c == '/' && self.previous == '*' => self.mode = Mode::Plain,
            Mode::Comment => {}
        }
        self.previous = c;
    }

    fn plain(&mut self, c: char) {
        match c {
            '"' | '\'' => self.mode = Mode::String(c),
            '(' if self.word == "url" => self.mode = Mode::BeforeUrl,
            '*' if self.previous == '/' => self.mode = Mode::Comment,
            _ => {}
        }
        match c.is_ascii_alphanumeric() || matches!(c, '-' | '_') {
            true => self.word.push(c.to_ascii_lowercase()),
            false => self.word.clear(),
        }
    }

    /// The rule for a value that is printed here.
    pub(super) fn print(&mut self) -> Result<Rule, Forbidden> {
        self.settle();
        if self.mode == Mode::BeforeUrl {
            self.mode = Mode::Url(Urls::default(), None);
        }
        match &mut self.mode {
            Mode::Plain => Ok(Rule::CssValue),
            Mode::String(_) => Ok(Rule::CssString),
            Mode::Url(url, _) => url.print(),
            Mode::BeforeUrl | Mode::Comment => Err(Forbidden::CommentOfCss),
        }
    }

    /// Forgets what only matters within a run of text.
    pub(super) fn settle(&mut self) {
        self.word.clear();
        self.previous = ' ';
        self.escaped = false;
    }
}
