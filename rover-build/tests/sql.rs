//! What the build knows of SQL: nothing that is right is called wrong, what is told of statements,
//! and of the rows that routes answer with.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use rover_build::{Checking, Compiled, Form, Package, compile_file, explain_package};

fn manifest(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/sql");
    folder.join(name).join("routes.lua")
}

fn explained(name: &str) -> Compiled {
    let package = Package::from_environment();
    match explain_package(&manifest(name), Form::Specialised, package) {
        Ok(compiled) => compiled,
        Err(failure) => panic!("{failure}"),
    }
}

/// The calls of databases that each route comes to, and how much of them is checked.
fn told(compiled: &Compiled) -> String {
    let mut text = String::new();
    for (route, explained) in compiled.app.routes.iter().zip(&compiled.explained) {
        writeln!(text, "{} {}", route.method, route.pattern()).expect("a string takes it");
        for statement in &explained.statements {
            let at = &statement.position;
            let checked = match &statement.checked {
                Checking::Whole(with) => format!("whole: {with}"),
                Checking::Partly(what, why) => format!("{what}: {why}"),
                Checking::Nothing(why) => format!("nothing: {why}"),
            };
            writeln!(
                text,
                "  {}:{} {} `{}` {checked}",
                at.file, at.line, statement.method, statement.text
            )
            .expect("a string takes it");
        }
    }
    text
}

#[test]
fn what_is_right_is_not_called_wrong() {
    match compile_file(&manifest("legal")) {
        Ok(compiled) => {
            let warnings = compiled.warnings.lines();
            assert!(warnings.is_empty(), "{}", warnings.join("\n"));
        }
        Err(failure) => panic!("{failure}"),
    }
}

#[test]
fn what_is_checked_is_told() {
    insta::assert_snapshot!(told(&explained("legal")));
}

#[test]
fn what_is_left_to_run_time_is_told() {
    insta::assert_snapshot!(told(&explained("partly")));
}

/// The answers of every operation, a line for each.
#[test]
fn rows_are_described() {
    let docs = explained("rows").plan.docs.expect("a document");
    let document: serde_json::Value = serde_json::from_str(&docs.document).expect("JSON");
    let mut text = String::new();
    for (path, operations) in document["paths"].as_object().expect("paths") {
        for (method, operation) in operations.as_object().expect("operations") {
            let answers = operation["responses"].as_object().expect("answers");
            for (status, answer) in answers {
                let schema = &answer["content"]["application/json"]["schema"];
                writeln!(text, "{method} {path} {status}: {schema}").expect("a string takes it");
            }
        }
    }
    insta::assert_snapshot!(text);
}

#[test]
fn what_postgres_takes_is_not_called_wrong() {
    let compiled = explained("postgres");
    let warnings = compiled.warnings.lines();
    assert!(warnings.is_empty(), "{}", warnings.join("\n"));
    let books = &compiled.app.routes[0].returns[0];
    let row = "{id: integer, title: string, Year: integer | null, costs: string | null}";
    assert_eq!(books.to_string(), format!("[{row}]"));
    let told = |route: usize| {
        let returns = compiled.app.routes[route].returns.iter();
        let returns: Vec<String> = returns.map(ToString::to_string).collect();
        returns.join(", ")
    };
    let states = "[{condition: \"new\" | \"sold\", author: integer | null, wrote: integer | null}]";
    let counted = "[{author: integer | null, books: integer, most: string | null, much: boolean, \
                   at: string, some: boolean, next: integer | null}]";
    let added = "empty, {id: integer, condition: \"new\" | \"sold\", loud: any}";
    assert_eq!([told(1), told(2), told(3)], [states, counted, added]);
}
