//! `rover routes`: the routes, in the order of definition.

use std::fmt::Write;
use std::process::ExitCode;

use rover_build::App;
use serde_json::{Value, json};

use crate::args::Routes;
use crate::error::Error;
use crate::manifest::Manifest;
use crate::output;

pub(crate) fn run(routes: &Routes) -> Result<ExitCode, Error> {
    let app = Manifest::find(&routes.manifest)?.compile()?.app;
    match routes.json {
        true => output::json(&as_json(&app)),
        false => output::print(&as_text(&app)),
    }
}

/// As the compiled program prints them for `--routes`.
fn as_text(app: &App) -> String {
    let patterns: Vec<String> = app.routes.iter().map(|route| route.pattern()).collect();
    let width = patterns.iter().map(|pattern| pattern.chars().count()).max();
    let width = width.unwrap_or_default();
    let mut text = String::new();
    for (route, pattern) in app.routes.iter().zip(&patterns) {
        let (method, at) = (route.method.as_str(), &route.position);
        let _ = writeln!(
            text,
            "{method:<7} {pattern:<width$}  {}:{}",
            at.file, at.line
        );
    }
    text
}

fn as_json(app: &App) -> Value {
    let routes = app.routes.iter().map(|route| {
        json!({
            "method": route.method.as_str(),
            "path": route.pattern(),
            "file": route.position.file,
            "line": route.position.line,
            "column": route.position.column,
            "summary": route.about.summary,
            "tags": route.about.tags,
            "deprecated": route.about.deprecated,
        })
    });
    routes.collect()
}
