//! The fenced blocks of a Markdown text.

/// A block between two lines of three backticks.
pub(crate) struct Fence<'a> {
    /// What stands behind the first backticks.
    pub(crate) info: &'a str,
    pub(crate) text: String,
    /// The line of its first backticks, from 1.
    pub(crate) line: usize,
}

impl Fence<'_> {
    /// The file that a block is, by the comment in its first line: `-- routes.lua`,
    /// `-- migrations/0001_users.sql`, or `{{-- views/page.html --}}`.
    pub(crate) fn file(&self) -> Option<&str> {
        let first = self.text.lines().next()?;
        let name = match self.info {
            "lua" | "sql" => first.strip_prefix("-- ")?,
            "html" => first.strip_prefix("{{-- ")?.strip_suffix(" --}}")?,
            _ => return None,
        };
        let is_name = name.ends_with(&format!(".{}", self.info)) && !name.contains(' ');
        is_name.then_some(name)
    }
}

pub(crate) fn fences(text: &str) -> Vec<Fence<'_>> {
    let mut lines = text.lines().zip(1..);
    let mut fences = Vec::new();
    while let Some((opening, line)) = lines.next() {
        let Some(info) = opening.trim_start().strip_prefix("```") else {
            continue;
        };
        // A block in a list is indented like its first line.
        let indent = opening.len() - opening.trim_start().len();
        let inside = lines.by_ref().map(|(line, _)| line.get(indent..));
        let inside = inside.map(Option::unwrap_or_default);
        let text = inside.take_while(|line| *line != "```");
        let text = text.flat_map(|line| [line, "\n"]).collect();
        fences.push(Fence { info, text, line });
    }
    fences
}
