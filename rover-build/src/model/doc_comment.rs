//! What the comment above a handler says of its route:
//!
//! ```lua
//! --- The summary.
//! -- The description, in Markdown.
//! -- @tag books
//! -- @deprecated
//! function api.books.get() ... end
//! ```

use crate::front::load::Sources;
use crate::model::app::About;

/// What stands above a line, from its first line that begins with three dashes on.
pub(crate) fn about(sources: &Sources, file: &str, line: usize) -> About {
    let Some(file) = sources.files.iter().find(|f| f.name == file) else {
        return About::default();
    };
    let comments: Vec<&str> = file.comments_above(line).collect();
    let comments = comments.into_iter().rev().map(str::trim);
    let documented = comments.skip_while(|line| !starts(line));
    read(documented.map(|line| line.trim_start_matches('-')))
}

/// Three dashes, no more: a longer row is a rule, drawn between parts of a file.
fn starts(line: &str) -> bool {
    line.starts_with("---") && !line.starts_with("----")
}

fn read<'a>(lines: impl Iterator<Item = &'a str>) -> About {
    let mut about = About::default();
    let mut text: Vec<&str> = Vec::new();
    for line in lines {
        let line = line.strip_prefix(' ').unwrap_or(line).trim_end();
        let Some(annotation) = line.trim_start().strip_prefix('@') else {
            text.push(line);
            continue;
        };
        let (name, value) = annotation
            .split_once(char::is_whitespace)
            .unwrap_or((annotation, ""));
        let value = value.trim();
        match name {
            "tag" if !value.is_empty() && !about.tags.iter().any(|t| t == value) => {
                about.tags.push(value.to_owned());
            }
            "deprecated" => about.deprecated = true,
            // Other tools have annotations of their own.
            _ => {}
        }
    }
    let mut text = text.into_iter().skip_while(|line| line.is_empty());
    about.summary = text.next().unwrap_or_default().to_owned();
    let description: Vec<&str> = text.collect();
    about.description = description.join("\n").trim().to_owned();
    about
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments() {
        let text = [
            " Adds a book.",
            "",
            " It must have *an author*:",
            "",
            "     indented",
            " @tag books",
            " @tag for editors",
            " @tag books",
            " @param ctx unknown here",
            " @deprecated use another",
        ];
        let about = read(text.into_iter());
        assert_eq!(about.summary, "Adds a book.");
        assert_eq!(
            about.description,
            "It must have *an author*:\n\n    indented"
        );
        assert_eq!(about.tags, ["books", "for editors"]);
        assert!(about.deprecated);
        assert_eq!(read(std::iter::empty()), About::default());
    }
}
