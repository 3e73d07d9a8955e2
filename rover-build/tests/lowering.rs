//! Every rewrite of the program. A case is a folder in `lowering/`, named by the rewrite: a
//! manifest that says when it fires and what looks alike and must stay, and beside it what
//! becomes of it. `ROVER_BLESS=1` writes that anew.
//!
//! | file | |
//! |---|---|
//! | `routes.lua` | the manifest; other `.lua` files are its modules |
//! | `lowered.lua`, `MODULE.lowered.lua` | the specialised form, line by line |
//! | `reference.lua` | the reference form, for rewrites that are made in both |
//! | `pages.lua` | templates in the specialised form |
//! | `routes.txt` | what is decided for a route and not seen in its text |
//!
//! The last three are compared where a case has them; an empty one is filled in.
//! A case of `tests/contract` that has a `lowered.lua` is one, too: its answers are known.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use rover_build::{Compiled, Form, compile_form};
use rover_model::BUDGET_CHECK;

/// What a case's files hold, by name.
type Files = BTreeMap<String, String>;

/// Files that are compared where a case has them.
const ASKED_FOR: [&str; 3] = ["reference.lua", "pages.lua", "routes.txt"];

fn folders(under: &str) -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join(under);
    let entries = fs::read_dir(root).unwrap().map(|e| e.unwrap().path());
    let mut folders: Vec<PathBuf> = entries.filter(|path| path.is_dir()).collect();
    folders.sort();
    folders
}

/// The text without what every function and loop has, which only says where it stands.
fn readable(text: &str) -> String {
    text.replace(BUDGET_CHECK, " --[[budget]] ")
}

/// The files that the case's manifest and modules become in the specialised form.
fn lowered(compiled: &Compiled) -> Files {
    let files = compiled.dependencies.iter().zip(&compiled.lowered);
    let files = files.map(|(path, text)| {
        let written = fs::read_to_string(path).unwrap();
        let lines = |text: &str| text.matches('\n').count();
        assert_eq!(lines(&written), lines(text), "lines moved in {path:?}");
        let name = match path.file_stem().unwrap().to_str().unwrap() {
            "routes" => "lowered.lua".to_owned(),
            module => format!("{module}.lowered.lua"),
        };
        (name, readable(text))
    });
    files.collect()
}

/// Templates, each with its number and the line where it begins.
fn pages(compiled: &Compiled) -> String {
    let pages = compiled.pages.iter().enumerate();
    let texts = pages.filter(|(_, page)| !page.is_empty());
    let texts = texts.map(|(index, page)| {
        let code = page.trim_start_matches('\n');
        let line = page.len() - code.len() + 1;
        format!("-- {}, line {line}\n{}\n", index + 1, readable(code))
    });
    texts.collect()
}

/// A line for each route of which something is decided that its text does not show.
fn decided(compiled: &Compiled) -> String {
    let mut text = String::new();
    for route in compiled.plan.routes.iter() {
        let name = format!("{} {}", route.method, route.pattern);
        if route.needs.constant {
            text += &format!("{name}: the same always\n");
        }
        if let Some(first) = &route.precheck {
            let part = ["body", "query", "params"][usize::from(first.source)];
            let held = first.kept;
            let held = held.map_or(String::new(), |held| format!(", held as {held}"));
            let schema = first.schema;
            text += &format!("{name}: begins with a check of {part} by schema {schema}{held}\n");
        }
    }
    text
}

/// A line for each route with hooks: which, and whether a `ctx` is made for the first call.
fn hooks(compiled: &Compiled) -> String {
    let hooks = &compiled.plan.path_hooks;
    let names = |numbers: &[u16]| {
        let names = numbers
            .iter()
            .map(|number| format!("`{}`", hooks[usize::from(*number)].name));
        names.collect::<Vec<_>>().join(", ")
    };
    let routes = compiled.plan.routes.iter();
    let hooked = routes.filter(|route| !(route.before.is_empty() && route.after.is_empty()));
    let lines = hooked.map(|route| {
        let mut line = format!("{} {}:", route.method, route.pattern);
        for (which, numbers) in [("first", &route.before), ("then", &route.after)] {
            if !numbers.is_empty() {
                line += &format!(" {which} {};", names(numbers));
            }
        }
        let ctx = if route.needs.ctx { "a" } else { "no" };
        format!("{line} {ctx} ctx\n")
    });
    lines.collect()
}

/// The case's files as the compiler makes them.
fn made(folder: &Path) -> Files {
    let manifest = folder.join("routes.lua");
    let compiled = |form| compile_form(&manifest, form).unwrap_or_else(|why| panic!("{why}"));
    let (specialised, reference) = (compiled(Form::Specialised), compiled(Form::Reference));
    let no_reply = |text: &String| !text.contains("__rover.reply");
    assert!(reference.lowered.iter().all(no_reply), "{manifest:?}");
    assert_eq!(decided(&reference), "", "{manifest:?}");
    let mut files = lowered(&specialised);
    let texts = [
        readable(&reference.lowered[0]),
        pages(&specialised),
        decided(&specialised) + &hooks(&specialised),
    ];
    let asked_for = ASKED_FOR.iter().zip(texts);
    let asked_for = asked_for.filter(|(name, _)| folder.join(name).exists());
    files.extend(asked_for.map(|(name, text)| ((*name).to_owned(), text)));
    files
}

/// The files of a case that are not what is made of its manifest.
fn differences(folder: &Path) -> Vec<String> {
    let mut differences = Vec::new();
    for (name, made) in made(folder) {
        let file = folder.join(name);
        if std::env::var_os("ROVER_BLESS").is_some() {
            fs::write(&file, &made).unwrap();
        }
        let expected = fs::read_to_string(&file).unwrap_or_default();
        if made != expected {
            let name = file.display();
            differences.push(format!("{name}\n--- expected\n{expected}--- made\n{made}"));
        }
    }
    differences
}

#[test]
fn rewrites_are_made_where_they_may_be() {
    let own = folders("tests/lowering");
    for folder in &own {
        let manifest = fs::read_to_string(folder.join("routes.lua")).unwrap();
        let both = manifest.contains("fires") && manifest.contains("stays");
        assert!(both, "{folder:?} does not say what fires and what stays");
    }
    let mut contract = folders("../tests/contract");
    contract.retain(|folder| folder.join("lowered.lua").exists());
    assert!(own.len() > 10 && contract.len() > 3);
    let cases = own.iter().chain(&contract);
    let differences: Vec<String> = cases.flat_map(|folder| differences(folder)).collect();
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}
