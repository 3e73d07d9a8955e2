//! `.env` beside the manifest: variables of the environment for `rover dev`, and the database that
//! the build asks. Compiled programs do not read it.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// Variables, in the file's order.
pub type Variables = Vec<(String, String)>;

/// The file of a manifest's folder.
pub fn path(folder: &Path) -> PathBuf {
    folder.join(".env")
}

/// Reads it; there are no variables where it is not there.
///
/// # Errors
/// With what is wrong with it, and never with what stands in it.
pub fn read(folder: &Path) -> Result<Variables, String> {
    let text = match fs::read_to_string(path(folder)) {
        Ok(text) => text,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Variables::new()),
        Err(error) => return Err(format!(".env: {error}")),
    };
    parse(&text)
}

/// One variable of it, where it has that. What else is wrong with the file is nobody's matter then.
///
/// # Errors
/// As [`read`], where the name is in the file.
pub(crate) fn variable(folder: &Path, name: &str) -> Result<Option<String>, String> {
    let text = fs::read_to_string(path(folder)).unwrap_or_default();
    if !text.contains(name) {
        return Ok(None);
    }
    let mut variables = parse(&text)?.into_iter();
    Ok(variables
        .find(|(known, _)| known == name)
        .map(|(_, value)| value))
}

fn parse(text: &str) -> Result<Variables, String> {
    let variables = dotenvy::from_read_iter(text.as_bytes());
    variables
        .collect::<Result<_, _>>()
        .map_err(|error| match error {
            dotenvy::Error::LineParse(wrong, _) => {
                let place = text.find(wrong.trim_end());
                let line = place.map_or(1, |at| text[..at].matches('\n').count() + 1);
                format!(
                    ".env, line {line}: this is no `NAME=value`, with quotes around a value that \
                     has spaces or quotes in it"
                )
            }
            other => format!(".env: {other}"),
        })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn the_usual_forms() {
        let text =
            "# a comment\nA=1\nexport B = two # behind\nC=\"three words\\n\"\nD='$A #'\n\nE=\n";
        let read = parse(text).unwrap();
        let read: Vec<(&str, &str)> = read.iter().map(|(n, v)| (&**n, &**v)).collect();
        let wanted = [
            ("A", "1"),
            ("B", "two"),
            ("C", "three words\n"),
            ("D", "$A #"),
            ("E", ""),
        ];
        assert_eq!(read, wanted);
    }

    #[test]
    fn a_wrong_line_is_named_and_not_shown() {
        let wrong = parse("A=1\nSECRET = hunter 2 'x\n").unwrap_err();
        assert!(
            wrong.contains("line 2") && !wrong.contains("hunter"),
            "{wrong}"
        );
    }
}
