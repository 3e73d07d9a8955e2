//! The OpenAPI documents of the examples and of a program that has everything.
#![allow(clippy::unwrap_used)]

use std::path::Path;

fn document(manifest: &str) -> String {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join(manifest);
    let docs = rover_build::compile_file(&manifest).unwrap().docs.unwrap();
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

#[test]
fn without() {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/small/routes.lua");
    assert_eq!(rover_build::compile_file(&manifest).unwrap().docs, None);
}
