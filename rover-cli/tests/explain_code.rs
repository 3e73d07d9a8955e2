//! `rover check --explain`, as it is called.

use std::process::{Command, Output};

fn explain(code: &str) -> Output {
    Command::new(env!("CARGO_BIN_EXE_rover"))
        .args(["check", "--explain", code])
        .output()
        .expect("the program")
}

#[test]
fn a_code_has_its_page() {
    for code in ["R0302", "r0302"] {
        let told = explain(code);
        assert!(told.status.success());
        let page = String::from_utf8_lossy(&told.stdout);
        assert!(page.starts_with("# R0302: "), "{page}");
        assert!(page.contains("\n## Wrong\n"), "{page}");
    }
}

#[test]
fn an_unknown_code_is_told() {
    for code in ["R9999", "", "port"] {
        let told = explain(code);
        assert_eq!(told.status.code(), Some(2));
        assert!(told.stdout.is_empty());
        let error = String::from_utf8_lossy(&told.stderr);
        let begins = format!("error: there is no code `{code}`: codes are R0001 to R");
        assert!(error.starts_with(&begins), "{error}");
    }
}
