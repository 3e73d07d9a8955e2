//! Why the newest version is not served, for the terminal, the browser and programs.

use rover_build::{Diagnostic, Failure};
use serde_json::{Value, json};

/// What is wrong, in its three forms.
#[derive(Clone, Debug)]
pub(crate) struct Mistakes {
    /// Rendered, with places and carets.
    pub(crate) terminal: String,
    /// For a page: each with its text.
    pub(crate) shown: Vec<Shown>,
    /// `{"error": ..., "diagnostics": [...]}`
    pub(crate) json: Value,
}

/// One mistake as a page shows it.
#[derive(Clone, Debug)]
pub(crate) struct Shown {
    /// What is wrong, in one line.
    pub(crate) title: String,
    /// `routes.lua:12:5`
    pub(crate) place: Option<String>,
    /// The rendered text below the title.
    pub(crate) text: String,
}

impl Mistakes {
    /// The compiler refuses the program.
    pub(crate) fn of_build(failure: &Failure) -> Self {
        let rendered = failure.to_string();
        let texts = split(&rendered, failure.diagnostics.len());
        let shown = failure.diagnostics.iter().zip(texts);
        let diagnostics: Vec<Value> = failure.diagnostics.iter().map(json_of).collect();
        Mistakes {
            shown: shown
                .map(|(diagnostic, text)| Shown {
                    title: diagnostic.message.clone(),
                    place: diagnostic.labels.first().map(|(at, _)| place(at)),
                    text: text.to_owned(),
                })
                .collect(),
            json: json!({
                "error": "The program does not compile",
                "diagnostics": diagnostics,
            }),
            terminal: rendered,
        }
    }

    /// It compiles, and does not start.
    pub(crate) fn of_start(error: &rover_rt::Error) -> Self {
        let text = error.to_string();
        Mistakes {
            terminal: format!("error: {text}"),
            shown: vec![Shown {
                title: "the program does not start".to_owned(),
                place: None,
                text: text.clone(),
            }],
            json: json!({ "error": "The program does not start", "message": text }),
        }
    }
}

/// The rendered mistakes, one by one: each begins a paragraph.
fn split(rendered: &str, count: usize) -> Vec<&str> {
    let mut starts: Vec<usize> = rendered
        .match_indices("\n\nerror")
        .map(|(at, _)| at + 2)
        .collect();
    starts.insert(0, 0);
    starts.push(rendered.len());
    let texts = starts
        .windows(2)
        .map(|pair| rendered[pair[0]..pair[1]].trim_end());
    let texts: Vec<&str> = texts.take(count).collect();
    texts
}

fn place(at: &rover_build::Position) -> String {
    match at.column {
        0 => format!("{}:{}", at.file, at.line),
        column => format!("{}:{}:{column}", at.file, at.line),
    }
}

fn json_of(diagnostic: &Diagnostic) -> Value {
    let labels = diagnostic.labels.iter().map(
        |(at, text)| json!({ "file": at.file, "line": at.line, "column": at.column, "text": text }),
    );
    json!({
        "code": diagnostic.code.id(),
        "message": diagnostic.message,
        "labels": labels.collect::<Vec<_>>(),
        "help": diagnostic.help,
    })
}
