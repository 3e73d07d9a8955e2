//! Which routes have changed from one version to the next.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anstyle::AnsiColor;
use rover_build::Compiled;

/// The routes of a version, and the text of each one's handler.
#[derive(Debug, Default)]
pub(crate) struct Routes(BTreeMap<String, String>);

/// A route that is another than before.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Change {
    Added(String),
    Removed(String),
    Changed(String),
}

impl Change {
    /// For the terminal.
    pub(crate) fn shown(&self) -> String {
        let (color, sign, name) = match self {
            Change::Added(name) => (AnsiColor::Green, '+', name),
            Change::Removed(name) => (AnsiColor::Red, '-', name),
            Change::Changed(name) => (AnsiColor::Yellow, '~', name),
        };
        let style = color.on_default();
        format!("{style}{sign} {name}{style:#}")
    }
}

impl Routes {
    /// Those of a program; the files are below `folder`.
    pub(crate) fn of(compiled: &Compiled, folder: &Path) -> Self {
        let mut files: BTreeMap<&str, String> = BTreeMap::new();
        let routes = compiled.app.routes.iter().map(|route| {
            let handler = &route.handler;
            let text = files.entry(&handler.file).or_insert_with(|| {
                fs::read_to_string(folder.join(&handler.file)).unwrap_or_default()
            });
            let first = handler.line.saturating_sub(1);
            let count = (handler.last_line + 1).saturating_sub(handler.line);
            let lines: Vec<&str> = text.lines().skip(first).take(count).collect();
            let name = format!("{} {}", route.method, route.pattern());
            (name, lines.join("\n"))
        });
        Routes(routes.collect())
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What has changed since another version, by name.
    pub(crate) fn since(&self, before: &Routes) -> Vec<Change> {
        let mut changes: Vec<Change> = Vec::new();
        for (name, text) in &self.0 {
            match before.0.get(name) {
                None => changes.push(Change::Added(name.clone())),
                Some(old) if old != text => changes.push(Change::Changed(name.clone())),
                Some(_) => {}
            }
        }
        let gone = before.0.keys().filter(|name| !self.0.contains_key(*name));
        changes.extend(gone.cloned().map(Change::Removed));
        changes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn routes(list: &[(&str, &str)]) -> Routes {
        let owned = list
            .iter()
            .map(|(name, text)| (name.to_string(), text.to_string()));
        Routes(owned.collect())
    }

    #[test]
    fn what_is_new_gone_or_another() {
        let before = routes(&[("GET /", "a"), ("GET /x", "b"), ("GET /y", "c")]);
        let after = routes(&[("GET /", "a"), ("GET /x", "B"), ("POST /z", "d")]);
        let changes = [
            Change::Changed("GET /x".to_owned()),
            Change::Added("POST /z".to_owned()),
            Change::Removed("GET /y".to_owned()),
        ];
        assert_eq!(after.since(&before), changes);
        assert_eq!(after.since(&after), []);
    }
}
