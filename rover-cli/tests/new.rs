//! `rover new`. That cargo builds and tests what it writes is CI's, see `.ci/templates`.

mod common;

use std::fs;

use common::Folder;
use serde_json::Value;

const TEMPLATES: [&str; 3] = ["api", "site", "minimal"];

#[test]
fn a_new_crate_has_no_mistakes() {
    let folder = Folder::new("new_each");
    for template in TEMPLATES {
        let name = format!("my-{template}");
        let said = folder.rover(&["new", &name, "--template", template]).done();
        assert!(
            said.ends_with(&format!("\n  cd {name}\n  rover dev\n")),
            "{said}"
        );
        let checked = folder.rover(&["check", &name]).done();
        assert!(checked.ends_with("no mistakes\n"), "{checked}");
        let manifest = folder.read(&format!("{name}/Cargo.toml"));
        assert!(
            manifest.contains(&format!("name = \"{name}\"\n")),
            "{manifest}"
        );
        assert!(manifest.contains("\nrover = { path = \"/"), "{manifest}");
        let container = folder.read(&format!("{name}/Containerfile"));
        assert!(
            container.contains(&format!("target/release/{name} /app")),
            "{container}"
        );
        assert_eq!(
            folder.read(&format!("{name}/.gitignore")),
            "/target\n/.env\n"
        );
    }
}

#[test]
fn an_editor_finds_the_words() {
    let folder = Folder::new("new_stubs");
    folder.rover(&["new", "shop"]).done();
    let settings: Value = serde_json::from_str(&folder.read("shop/.luarc.json")).unwrap();
    let library = settings["workspace.library"][0].as_str().unwrap();
    for (name, text) in rover_model::VOCABULARY {
        assert_eq!(folder.read(&format!("shop/{library}/{name}")), text);
    }
}

#[test]
fn a_name_may_end_a_path() {
    let folder = Folder::new("new_path");
    folder.rover(&["new", "work/shop"]).done();
    assert!(
        folder
            .read("work/shop/Cargo.toml")
            .contains("name = \"shop\"")
    );
}

/// An empty folder is taken, any other is left alone.
#[test]
fn what_is_there_is_left_alone() {
    let folder = Folder::new("new_there");
    fs::create_dir(folder.0.join("empty")).unwrap();
    folder.rover(&["new", "empty"]).done();
    folder.write("full/notes.txt", "mine");
    folder.write("file", "mine");
    for name in ["full", "file", "empty"] {
        let said = folder.rover(&["new", name]);
        assert_eq!(said.code, 2, "{name}: {}", said.out);
        assert!(said.err.contains(&format!("`{name}` is ")), "{}", said.err);
    }
    assert_eq!(fs::read_dir(folder.0.join("full")).unwrap().count(), 1);
    assert_eq!(folder.read("file"), "mine");
}

#[test]
fn a_name_that_no_crate_has_is_refused() {
    let folder = Folder::new("new_names");
    for (name, why) in [
        ("2shop", "it begins with `2`"),
        ("my shop", "` ` is no letter"),
        ("fn", "a word of Rust's"),
        ("rover", "a word of Rust's"),
    ] {
        let said = folder.rover(&["new", name]);
        assert_eq!(said.code, 2, "{name}");
        assert!(said.err.contains(why), "{}", said.err);
        assert!(!folder.0.join(name).exists(), "{name}");
    }
    assert_eq!(folder.rover(&["new", "a", "--template", "none"]).code, 2);
}

/// A crate inside of another folder with a `Cargo.toml` says that it is none of its.
#[test]
fn a_crate_in_a_workspace_is_one_of_its_own() {
    let folder = Folder::new("new_inside");
    folder.write("Cargo.toml", "[workspace]\nmembers = []\n");
    folder.rover(&["new", "inside"]).done();
    assert!(folder.read("inside/Cargo.toml").contains("\n[workspace]\n"));
}

#[test]
fn rover_may_be_elsewhere() {
    let folder = Folder::new("new_elsewhere");
    folder.write("checkout/Cargo.toml", "[package]\nname = \"rover\"\n");
    folder.rover(&["new", "shop", "--rover", "checkout"]).done();
    let whole = folder.0.join("checkout").canonicalize().unwrap();
    let line = format!("rover = {{ path = \"{}\" }}", whole.display());
    assert!(folder.read("shop/Cargo.toml").contains(&line));
    let said = folder.rover(&["new", "other", "--rover", "shop"]);
    assert_eq!(said.code, 2);
    assert!(said.err.contains("is no checkout of Rover"), "{}", said.err);
}
