//! Where in a URL a template is.

use std::collections::BTreeSet;

use rover_model::Rule;

use crate::diagnostic::codes::templates::unsafe_place::Forbidden;

/// The places in a URL where a template may be: several behind branches that end in
/// different ones, as in `/x{{ if q then }}?q={{ q }}{{ end }}`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Urls(BTreeSet<Url>);

impl Default for Urls {
    fn default() -> Self {
        Urls(BTreeSet::from([Url::default()]))
    }
}

impl Urls {
    pub(super) fn advance(&mut self, c: char) {
        self.each(|url| url.advance(c));
    }

    /// The rule for a value that is printed here: one that is safe in every place.
    pub(super) fn print(&mut self) -> Result<Rule, Forbidden> {
        let mut rules = Vec::new();
        self.each(|url| rules.push(url.print()));
        let mut rules = rules.into_iter();
        let first = rules.next().unwrap_or(Ok(Rule::UrlQuery));
        rules.fold(first, |all, rule| Ok(both(all?, rule?)))
    }

    pub(super) fn join(&mut self, other: &Urls) {
        self.0.extend(other.0.iter().cloned());
    }

    /// Whether these are among the places of another.
    pub(super) fn are_among(&self, other: &Urls) -> bool {
        self.0.is_subset(&other.0)
    }

    fn each(&mut self, mut f: impl FnMut(&mut Url)) {
        let urls = std::mem::take(&mut self.0).into_iter();
        self.0 = urls
            .map(|mut url| {
                f(&mut url);
                url
            })
            .collect();
    }
}

/// A rule that writes no character which one of two would not. Where a whole URL and its part
/// meet, the colon is what makes a scheme.
fn both(a: Rule, b: Rule) -> Rule {
    match (a, b) {
        (a, b) if a == b => a,
        (Rule::UrlQuery, _) | (_, Rule::UrlQuery) => Rule::UrlQuery,
        _ => Rule::UrlHead,
    }
}

#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
enum Url {
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
    fn advance(&mut self, c: char) {
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
    fn print(&mut self) -> Result<Rule, Forbidden> {
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
            Url::Code => Err(Forbidden::CodeUrl),
            Url::PrintedScheme => Err(Forbidden::PrintedScheme),
        }
    }
}
