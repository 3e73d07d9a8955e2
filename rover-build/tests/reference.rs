//! `docs/reference.md` is what the vocabulary's rows say (`ROVER_BLESS=1` writes it), and editors find
//! the rows.

use std::path::Path;
use std::{env, fs};

use rover_build::vocabulary::{Kind, library_names, reference, words};
use serde_json::Value;

#[test]
fn the_reference_page_is_printed_from_the_rows() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/reference.md");
    let text = reference();
    if env::var_os("ROVER_BLESS").is_some() {
        fs::write(&page, &text).expect("docs/ is writable");
    }
    let written = fs::read_to_string(&page).unwrap_or_default();
    let difference = written.lines().zip(text.lines()).find(|(a, b)| a != b);
    assert!(
        written == text,
        "docs/reference.md is another (ROVER_BLESS=1 writes it): {difference:?}"
    );
}

/// The runtime has no rows: it has the names that are printed from them.
#[test]
fn the_names_of_the_library_are_printed_from_the_rows() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../rover-model/lua/library.txt");
    let text: String = library_names()
        .iter()
        .map(|name| format!("{name}\n"))
        .collect();
    if env::var_os("ROVER_BLESS").is_some() {
        fs::write(&file, &text).expect("the folder is writable");
    }
    let written = fs::read_to_string(&file).unwrap_or_default();
    assert_eq!(written, text, "ROVER_BLESS=1 writes it");
}

#[test]
fn templates_show_editors_the_words() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../templates");
    for template in ["minimal", "api"] {
        let folder = root.join(template);
        let text = fs::read_to_string(folder.join(".luarc.json")).expect("settings");
        let settings: Value = serde_json::from_str(&text).expect("JSON");
        let library = settings["workspace.library"][0].as_str().expect("a folder");
        assert!(folder.join(library).join("ctx.lua").exists(), "{library}");
        // The editor's own library would stand beside the rows.
        let tables = words().iter().filter(|word| word.kind == Kind::Table);
        for table in tables.filter(|table| table.owner == "_G" && table.name != "rover") {
            assert_eq!(settings["runtime.builtin"][table.name], "disable");
        }
    }
}
