//! The links of the documents lead to files and headings that are there.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The Markdown files of a folder.
fn documents(folder: &str) -> Vec<PathBuf> {
    let files = fs::read_dir(root().join(folder)).unwrap();
    files
        .map(|file| file.unwrap().path())
        .filter(|file| file.extension().is_some_and(|end| end == "md"))
        .collect()
}

/// The lines outside of fenced blocks.
fn prose(text: &str) -> impl Iterator<Item = &str> {
    let mut inside = false;
    text.lines().filter(move |line| {
        let fence = line.trim_start().starts_with("```");
        inside ^= fence;
        !inside && !fence
    })
}

/// What a heading is called in links, as GitHub makes it.
fn anchor(heading: &str) -> String {
    let kept = heading.chars().filter_map(|c| match c {
        ' ' => Some('-'),
        '-' | '_' => Some(c),
        c => c.is_alphanumeric().then_some(c),
    });
    kept.flat_map(char::to_lowercase).collect()
}

fn has_heading(text: &str, wanted: &str) -> bool {
    let titles = prose(text).filter(|line| line.starts_with('#'));
    titles
        .map(|line| anchor(line.trim_start_matches('#').trim()))
        .any(|title| title == wanted)
}

/// Where the links of a line lead.
fn targets(line: &str) -> impl Iterator<Item = &str> {
    let behind = line.split("](").skip(1);
    behind.filter_map(|rest| rest.split_once(')').map(|(target, _)| target))
}

/// What is wrong with a link of a document.
fn problem(document: &Path, target: &str) -> Option<&'static str> {
    let (file, heading) = target.split_once('#').unwrap_or((target, ""));
    let file = match file {
        "" => document.to_owned(),
        file => document.parent().unwrap().join(file),
    };
    if !file.exists() {
        return Some("no such file");
    }
    let missing = !heading.is_empty() && !has_heading(&fs::read_to_string(file).unwrap(), heading);
    missing.then_some("no such heading")
}

#[test]
fn links_lead_somewhere() {
    let (mut dead, mut count) = (Vec::new(), 0);
    for document in ["", "docs", "docs/errors"].into_iter().flat_map(documents) {
        let text = fs::read_to_string(&document).unwrap();
        let links = prose(&text).flat_map(targets);
        for target in links.filter(|target| !target.contains("://")) {
            count += 1;
            if let Some(why) = problem(&document, target) {
                dead.push(format!("{}: {target}: {why}", document.display()));
            }
        }
    }
    assert!(dead.is_empty(), "{}", dead.join("\n"));
    assert!(count > 100, "only {count} links were found");
}
