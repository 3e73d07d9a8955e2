//! Rover as a user's crate sees it: build errors through the macro and through a build
//! script, and what makes the program rebuild.

#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A crate of its own, outside the workspace, with the workspace's dependencies.
struct Crate {
    folder: PathBuf,
}

impl Crate {
    fn new(name: &str, build_dependencies: &str, files: &[(&str, &str)]) -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let root = root.canonicalize().unwrap();
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        // What an earlier run left.
        let _ = fs::remove_dir_all(&folder);
        let root_path = root.display();
        let manifest = format!(
            "[package]\nname = \"{name}\"\nversion = \"3.2.1\"\nedition = \"2024\"\n\n\
             [dependencies]\nrover = {{ path = \"{root_path}\" }}\n\n\
             [build-dependencies]\n{build_dependencies}\n[workspace]\n\n\
             [profile.dev]\ndebug = \"line-tables-only\"\n"
        )
        .replace("{root}", &root_path.to_string());
        let user = Crate { folder };
        user.write("Cargo.toml", &manifest);
        let lock = fs::read_to_string(root.join("Cargo.lock")).unwrap();
        user.write("Cargo.lock", &lock);
        for (path, text) in files {
            user.write(path, text);
        }
        user
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.folder.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// Whether it builds, and what cargo says.
    fn cargo(&self, command: &str) -> (bool, String) {
        // Beside the workspace's own artifacts, which are the same.
        let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap();
        let output = Command::new(env!("CARGO"))
            .args([command, "--offline", "--color", "never", "--target-dir"])
            .arg(target)
            .current_dir(&self.folder)
            .output()
            .unwrap();
        let mut text = String::from_utf8_lossy(&output.stderr).into_owned();
        text += &String::from_utf8_lossy(&output.stdout);
        (output.status.success(), text)
    }

    /// Builds it; whether it had to be compiled.
    fn build(&self) -> bool {
        let (built, text) = self.cargo("build");
        assert!(built, "{text}");
        let name = self.folder.file_name().unwrap().to_string_lossy();
        text.contains(&format!("Compiling {name} "))
    }
}

const GOOD: &str = "local api = rover.server { port = 0 }\nlocal greet = require 'lib.greet'\n\
                    function api.hello.get() return greet() end\nreturn api\n";
const GREET: &str = "return function() return 'hi' end\n";
const BAD: &str = "local api = rover.server { prot = 1 }\n\
                   function api.hello.gett(ctx) return ctx:quary() end\n\
                   function api.there.get(ctx) return ctx:quary() end\nreturn api\n";

fn shows_both_errors(text: &str) {
    // What prints the text says `error: ` itself.
    assert!(!text.contains("error: error"), "{text}");
    for part in [
        "[R0302]",
        "unknown option `prot`",
        " --> routes.lua:1:28",
        "1 | local api = rover.server { prot = 1 }",
        "did you mean `port`?",
        " --> routes.lua:2:20",
        "did you mean `get`?",
        " --> routes.lua:3:40",
        "did you mean `query`?",
    ] {
        assert!(text.contains(part), "{part} is not in:\n{text}");
    }
}

#[test]
fn the_macro() {
    let user = Crate::new(
        "by-macro",
        "",
        &[
            ("src/main.rs", "rover::app!(\"routes.lua\");\n"),
            ("routes.lua", BAD),
            ("lib/greet.lua", GREET),
        ],
    );
    let (built, text) = user.cargo("build");
    assert!(!built);
    shows_both_errors(&text);
    assert!(text.contains("--> src/main.rs:1:13"), "{text}");
    assert_eq!(text.matches("could not compile").count(), 1, "{text}");

    user.write("routes.lua", GOOD);
    assert!(user.build());
    assert!(!user.build(), "nothing changed");
    user.write("lib/other.lua", "return 1\n");
    user.write("notes.txt", "a note\n");
    assert!(!user.build(), "nothing of the program changed");
    user.write("lib/greet.lua", "return function() return 'hello' end\n");
    assert!(user.build(), "a module changed");
    user.write("routes.lua", &GOOD.replace("hello", "there"));
    assert!(user.build(), "the manifest changed");
}

/// A word of a feature that is off is told with its line; with the feature it is right.
#[test]
fn a_feature_that_is_off() {
    let user = Crate::new(
        "feature-off",
        "",
        &[
            ("src/main.rs", "rover::app!(\"routes.lua\");\n"),
            (
                "routes.lua",
                "local api = rover.server {}\n\
                 function api.get() return rover.http.get('http://127.0.0.1:1/').text end\n\
                 return api\n",
            ),
        ],
    );
    let (built, text) = user.cargo("check");
    assert!(!built);
    for part in [
        "[R0904]",
        "`rover.http` needs the feature `client` of the crate `rover`",
        " --> routes.lua:2:27",
        "features = [\"client\"]",
    ] {
        assert!(text.contains(part), "{part} is not in:\n{text}");
    }
    let manifest = fs::read_to_string(user.folder.join("Cargo.toml")).unwrap();
    let (before, after) = manifest.split_once("\" }").unwrap();
    user.write(
        "Cargo.toml",
        &format!("{before}\", features = [\"client\"] }}{after}"),
    );
    let (built, text) = user.cargo("check");
    assert!(built, "{text}");
}

#[test]
fn the_build_script() {
    let user = Crate::new(
        "by-script",
        "rover-build = { path = \"{root}/rover-build\" }\n",
        &[
            (
                "build.rs",
                "fn main() { rover_build::compile(\"routes.lua\"); }\n",
            ),
            (
                "src/main.rs",
                "mod api { rover::include_app!(); }\nfn main() -> std::process::ExitCode { rover::main(api::app()) }\n",
            ),
            ("routes.lua", BAD),
            ("lib/greet.lua", GREET),
        ],
    );
    let (built, text) = user.cargo("build");
    assert!(!built);
    // Cargo indents what a build script prints.
    let text: Vec<&str> = text
        .lines()
        .map(|line| line.strip_prefix("  ").unwrap_or(line))
        .collect();
    shows_both_errors(&text.join("\n"));

    user.write("routes.lua", GOOD);
    assert!(user.build());
    assert!(!user.build(), "nothing changed");
    user.write("lib/other.lua", "return 1\n");
    assert!(!user.build(), "nothing of the program changed");
    user.write("lib/greet.lua", "return function() return 'hello' end\n");
    assert!(user.build(), "a module changed");
}

#[test]
fn mistakes_in_the_macro_itself() {
    let user = Crate::new(
        "mistakes",
        "",
        &[("src/main.rs", "rover::app!(\"missing.lua\");\n")],
    );
    for (source, message) in [
        ("rover::app!(\"missing.lua\");\n", "missing.lua"),
        ("rover::app!();\nfn main() {}\n", "expected the manifest"),
        (
            "rover::app!(pub api = \"routes.lua\");\nfn main() {}\n",
            "expected `mod`",
        ),
    ] {
        user.write("src/main.rs", source);
        let (built, text) = user.cargo("check");
        assert!(!built);
        assert!(text.contains(message), "{message} is not in:\n{text}");
    }
}
