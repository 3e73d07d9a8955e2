//! Names and keywords in the text of a statement.

use rover_model::sql::{Scan, Token};

/// A name or a keyword.
#[derive(Clone, Debug)]
pub(super) struct Word {
    /// The byte at which it begins, behind a quote.
    pub(super) at: usize,
    /// Without quotes.
    pub(super) name: String,
    pub(super) quoted: bool,
    /// A dot stands before it.
    pub(super) behind_dot: bool,
}

impl Word {
    pub(super) fn is(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name)
    }

    fn is_keyword(&self, keywords: &[&str]) -> bool {
        !self.quoted && keywords.iter().any(|keyword| self.is(keyword))
    }
}

/// All of a text, in order. Texts and comments have none.
pub(super) fn words(text: &str) -> Vec<Word> {
    let mut found = Vec::new();
    let bytes = text.as_bytes();
    let mut behind_dot = false;
    for (token, start, end) in Scan::new(bytes) {
        match (token, bytes[start]) {
            (Token::Word, _) => found.push(Word {
                at: start,
                name: text[start..end].to_owned(),
                quoted: false,
                behind_dot,
            }),
            (Token::Closed, quote @ (b'"' | b'`' | b'[')) => {
                let inner = text.get(start + 1..end - 1).unwrap_or_default();
                let name = match quote {
                    b'"' => inner.replace("\"\"", "\""),
                    _ => inner.to_owned(),
                };
                found.push(Word {
                    at: start + 1,
                    name,
                    quoted: true,
                    behind_dot,
                });
            }
            (Token::Space, _) => continue,
            _ => {}
        }
        behind_dot = token == Token::Other && bytes[start] == b'.';
    }
    found
}

/// Where a table is named.
pub(super) fn table(text: &str, name: &str) -> Option<usize> {
    let words = words(text);
    let before = ["from", "join", "into", "update", "table", "on"];
    let mut after = words.windows(2);
    let found = after.find(|pair| pair[0].is_keyword(&before) && pair[1].is(name));
    let found = found.map(|pair| pair[1].at);
    found.or_else(|| Some(words.iter().find(|word| word.is(name))?.at))
}

/// Where a name stands from a byte on.
pub(super) fn behind(text: &str, from: usize, name: &str) -> Option<usize> {
    let words = words(text).into_iter();
    let mut found = words.filter(|word| word.at >= from && word.is(name));
    found.next().map(|word| word.at)
}

/// The tables of some that a statement names.
pub(super) fn named_tables(text: &str, tables: &[String]) -> Vec<String> {
    let words = words(text);
    let mut found: Vec<String> = Vec::new();
    for word in words {
        let table = tables.iter().find(|table| word.is(table));
        found.extend(table.filter(|table| !found.contains(table)).cloned());
    }
    found
}

/// How often a name stands in a text.
pub(super) fn count(text: &str, name: &str) -> usize {
    words(text).iter().filter(|word| word.is(name)).count()
}

/// A name without what stands before its dot.
pub(super) fn last(name: &str) -> &str {
    name.rsplit('.').next().unwrap_or(name)
}

/// The first word of a statement, in capitals.
pub(super) fn first(text: &str) -> Option<String> {
    let word = words(text).into_iter().next()?;
    Some(word.name.to_ascii_uppercase())
}

/// Whether a word stands in it, as a keyword would.
pub(super) fn has(text: &str, keywords: &[&str]) -> bool {
    words(text).iter().any(|word| word.is_keyword(keywords))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_found_outside_of_texts() {
        let text = "select \"a\"\"b\", t.[c d], `e`, 'from x' /* from y */ from t -- join z";
        let found: Vec<(String, bool)> = words(text)
            .into_iter()
            .map(|word| (word.name, word.behind_dot))
            .collect();
        let expected = [
            ("select", false),
            ("a\"b", false),
            ("t", false),
            ("c d", true),
            ("e", false),
            ("from", false),
            ("t", false),
        ];
        let expected = expected.map(|(name, dot)| (name.to_owned(), dot));
        assert_eq!(found, expected);
    }

    #[test]
    fn tables_are_found_where_they_are_named() {
        let text = "select books from Books";
        assert_eq!(table(text, "books"), text.find("Books"));
        assert_eq!(table("select 1", "books"), None);
        assert_eq!(behind("a b a", 1, "a"), Some(4));
        assert_eq!(first(" /* x */ (select 1)").as_deref(), Some("SELECT"));
        assert!(has("a left join b", &["left"]) && !has("a \"left\"", &["left"]));
    }
}
