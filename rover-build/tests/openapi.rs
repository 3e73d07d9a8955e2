//! The OpenAPI documents of the examples and of a program that has everything.
#![allow(clippy::unwrap_used)]

use std::path::Path;

fn document(manifest: &str) -> String {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join(manifest);
    let docs = rover_build::compile_file(&manifest)
        .unwrap()
        .plan
        .docs
        .unwrap();
    let document: serde_json::Value = serde_json::from_str(&docs.document).unwrap();
    serde_json::to_string_pretty(&document).unwrap()
}

#[test]
fn everything() {
    insta::assert_snapshot!(document("tests/openapi/routes.lua"));
}

#[test]
fn echo() {
    insta::assert_snapshot!(document("../examples/echo/routes.lua"));
}

#[test]
fn bookshop() {
    insta::assert_snapshot!(document("../examples/bookshop/routes.lua"));
}

/// The answers of every operation, a line for each status.
fn answers(manifest: &str) -> String {
    let document: serde_json::Value = serde_json::from_str(&document(manifest)).unwrap();
    let mut text = String::new();
    for (path, operations) in document["paths"].as_object().unwrap() {
        for (method, operation) in operations.as_object().unwrap() {
            text += &format!("{} {path}\n", method.to_uppercase());
            for (status, answer) in operation["responses"].as_object().unwrap() {
                text += &format!("  {status}: {answer}\n");
            }
        }
    }
    text
}

#[test]
fn what_routes_answer() {
    insta::assert_snapshot!(answers("tests/openapi_answers/routes.lua"));
}

#[test]
fn what_routes_throw() {
    insta::assert_snapshot!(answers("tests/openapi_answers/thrown.lua"));
}

#[test]
fn what_words_answer() {
    insta::assert_snapshot!(answers("tests/openapi_answers/tokens.lua"));
}

#[test]
fn what_hooks_answer() {
    insta::assert_snapshot!(answers("tests/openapi_answers/hooks.lua"));
}

#[test]
fn headers_that_hooks_give() {
    insta::assert_snapshot!(answers("tests/openapi_answers/headers.lua"));
}

#[test]
fn fields_that_hooks_set() {
    insta::assert_snapshot!(answers("tests/openapi_answers/fields.lua"));
}

/// Who must show who they are, and how: a line for each operation, and the schemes.
fn tokens(manifest: &str) -> String {
    let document = document(manifest);
    let document: serde_json::Value = serde_json::from_str(&document).unwrap();
    let mut text = String::new();
    for (path, operations) in document["paths"].as_object().unwrap() {
        for (method, operation) in operations.as_object().unwrap() {
            text += &format!(
                "{} {path}: {}\n",
                method.to_uppercase(),
                operation["security"]
            );
        }
    }
    text + &document["components"]["securitySchemes"].to_string()
}

#[test]
fn tokens_that_hooks_read() {
    insta::assert_snapshot!(tokens("tests/openapi_answers/hooks.lua"));
}

#[test]
fn a_session_is_shown_by_its_cookie() {
    insta::assert_snapshot!(tokens("tests/openapi_answers/headers.lua"));
}

#[test]
fn without() {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/small/routes.lua");
    assert_eq!(
        rover_build::compile_file(&manifest).unwrap().plan.docs,
        None
    );
}

/// Values that stand for themselves twice at every step: what cannot be looked at in
/// time is left open.
#[test]
fn shapes_that_double() {
    let folder = std::env::temp_dir().join(format!("rover-doubling-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let manifest = folder.join("routes.lua");
    let mut text = "local api = rover.server {}\nlocal function f0() return { 1 } end\n".to_owned();
    for step in 1..40 {
        let before = step - 1;
        text += &format!("local function f{step}(a) return {{ f{before}(a), f{before}(a) }} end\n");
    }
    text += "function api.get(ctx)\n  local v0 = { a = ctx.path }\n";
    for step in 1..40 {
        text += &format!("  local v{step} = {{ a = v{0}, b = v{0} }}\n", step - 1);
    }
    text += "  return { v = v39, f = f39(1) }\nend\nreturn api\n";
    std::fs::write(&manifest, text).unwrap();
    let compiled = rover_build::compile_file(&manifest).unwrap();
    assert!(compiled.plan.docs.unwrap().document.len() < 1 << 20);
    std::fs::remove_dir_all(&folder).unwrap();
}
