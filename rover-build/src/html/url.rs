//! Where in a URL a template is.

use rover_model::Rule;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) enum Url {
    /// Nothing is written.
    #[default]
    Start,
    /// No delimiter yet; the text, unless a value is part of it.
    Head(Option<String>),
    Path,
    /// After `?` or `#`.
    Query,
    /// A scheme whose URLs run code or are documents.
    Code,
    /// A scheme that is printed in part.
    PrintedScheme,
}

/// `data:` is a document of its own, scripts included.
const CODE: [&str; 3] = ["javascript", "vbscript", "data"];

impl Url {
    pub(super) fn advance(&mut self, c: char) {
        match self {
            Url::Start if c.is_ascii_whitespace() => {}
            Url::Start | Url::Head(_) => match c {
                '/' => *self = Url::Path,
                '?' | '#' => *self = Url::Query,
                ':' => *self = self.scheme(),
                _ => self.head(c),
            },
            Url::Path if matches!(c, '?' | '#') => *self = Url::Query,
            _ => {}
        }
    }

    fn head(&mut self, c: char) {
        match self {
            Url::Head(Some(text)) => text.push(c),
            Url::Start => *self = Url::Head(Some(c.to_string())),
            _ => {}
        }
    }

    fn scheme(&self) -> Url {
        match self {
            Url::Head(Some(text)) => {
                // Browsers leave these characters out (URL Standard, 4.4).
                let scheme: String = text.chars().filter(|c| *c > ' ').collect();
                match CODE.contains(&scheme.to_ascii_lowercase().as_str()) {
                    true => Url::Code,
                    false => Url::Path,
                }
            }
            Url::Head(None) => Url::PrintedScheme,
            _ => Url::Path,
        }
    }

    /// The rule for a value that is printed here.
    pub(super) fn print(&mut self) -> Result<Rule, &'static str> {
        match self {
            Url::Start => {
                *self = Url::Head(None);
                Ok(Rule::Url)
            }
            Url::Head(text) => {
                *text = None;
                Ok(Rule::UrlHead)
            }
            Url::Path => Ok(Rule::UrlPath),
            Url::Query => Ok(Rule::UrlQuery),
            Url::Code => Err("a URL that runs code or is a document"),
            Url::PrintedScheme => Err("a URL whose scheme is printed"),
        }
    }
}
