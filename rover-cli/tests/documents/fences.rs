//! The fenced blocks of a Markdown text.

/// A block between two lines of three backticks.
pub(crate) struct Fence<'a> {
    /// What stands behind the first backticks.
    pub(crate) info: &'a str,
    pub(crate) text: &'a str,
    /// The line of its first backticks, from 1.
    pub(crate) line: usize,
}

impl<'a> Fence<'a> {
    /// The file that a block is, by the comment in its first line: `-- routes.lua`, or
    /// `{{-- views/page.html --}}`.
    pub(crate) fn file(&self) -> Option<&'a str> {
        let first = self.text.lines().next()?;
        let name = match self.info {
            "lua" => first.strip_prefix("-- ")?,
            "html" => first.strip_prefix("{{-- ")?.strip_suffix(" --}}")?,
            _ => return None,
        };
        let is_name = name.ends_with(&format!(".{}", self.info)) && !name.contains(' ');
        is_name.then_some(name)
    }
}

pub(crate) fn fences(text: &str) -> impl Iterator<Item = Fence<'_>> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let opening = match text[at..].starts_with("```") {
            true => at,
            false => at + text[at..].find("\n```")? + 1,
        };
        let (info, _) = text[opening + 3..].split_once('\n')?;
        let start = opening + 3 + info.len() + 1;
        let end = start + text[start - 1..].find("\n```")?;
        at = end + 3;
        Some(Fence {
            info,
            text: &text[start..end],
            line: text[..opening].matches('\n').count() + 1,
        })
    })
}
