//! Why the newest version is not served, for the terminal, the browser and programs.

use rover_build::{Failure, Position, Severity, Style};
use serde_json::{Value, json};

use crate::output::mistake;

/// What is wrong, in its three forms.
#[derive(Clone, Debug)]
pub(crate) struct Mistakes {
    /// Rendered, with places, carets and colours.
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
        let texts = &failure.texts;
        let shown = failure.diagnostics.iter().map(|diagnostic| Shown {
            title: diagnostic.message.clone(),
            place: diagnostic.labels.first().map(|(at, _)| place(at)),
            text: texts.render(diagnostic, Severity::Error, Style::Plain),
        });
        let json = failure.diagnostics.iter();
        let json: Vec<Value> = json.map(|d| mistake(d, texts, Severity::Error)).collect();
        Mistakes {
            terminal: failure.coloured(),
            shown: shown.collect(),
            json: json!({
                "error": "The program does not compile",
                "diagnostics": json,
            }),
        }
    }

    /// It compiles, and does not start.
    pub(crate) fn of_start(why: &str) -> Self {
        let text = why.to_owned();
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

fn place(at: &Position) -> String {
    match at.column {
        0 => format!("{}:{}", at.file, at.line),
        column => format!("{}:{}:{column}", at.file, at.line),
    }
}
