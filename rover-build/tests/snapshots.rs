//! The route model and the generated code of a small manifest.

#![allow(clippy::unwrap_used)]

use std::path::Path;

fn manifest() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/small/routes.lua")
}

#[test]
fn model() {
    let compiled = rover_build::compile_file(&manifest()).unwrap();
    insta::assert_debug_snapshot!(compiled.app);
}

#[test]
fn generated_code() {
    let tokens = rover_build::compile_file(&manifest()).unwrap().tokens;
    // Before it is formatted: where lines break depends on the length of paths.
    let tokens = tokens
        .to_string()
        .replace(env!("CARGO_MANIFEST_DIR"), "<crate>");
    let code = prettyplease::unparse(&syn::parse_str(&tokens).unwrap());
    // Bytecode is not for reading.
    let lines: Vec<&str> = code
        .lines()
        .map(|line| match line.trim_start().starts_with("bytecode:") {
            true => "            bytecode: b\"...\",",
            false => line,
        })
        .collect();
    insta::assert_snapshot!(lines.join("\n"));
}

#[test]
fn dependencies_are_the_manifest_and_its_modules() {
    let compiled = rover_build::compile_file(&manifest()).unwrap();
    let names = compiled
        .dependencies
        .iter()
        .filter_map(|path| path.file_name());
    let names: Vec<_> = names
        .map(|name| name.to_string_lossy().into_owned())
        .collect();
    assert_eq!(names, ["routes.lua", "greet.lua"]);
}

#[test]
fn text_of_the_manifest_stays_text() {
    let folder = std::env::temp_dir().join(format!("rover-injection-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let manifest = folder.join("routes.lua");
    let hostile = r###"local api = rover.server { title = '"); compile_error!("a', version = '"#', host = 'a"b' }
api['"; compile_error!("b"); "'].get = function() end
api['"#\\'].p_x['*]]-- compile_error!("c")'].get = function() return { ['"'] = 1, "#", x = '\\"' } end
return api
"###;
    std::fs::write(&manifest, hostile).unwrap();
    let tokens = rover_build::compile_file(&manifest).unwrap().tokens;
    std::fs::remove_dir_all(&folder).unwrap();
    let file: syn::File = syn::parse2(tokens.clone()).unwrap();
    let invocations = file
        .items
        .iter()
        .filter(|i| matches!(i, syn::Item::Macro(_)));
    assert_eq!(invocations.count(), 0, "{tokens}");
    let functions = file.items.iter().filter(|i| matches!(i, syn::Item::Fn(_)));
    assert_eq!(functions.count(), 2, "{tokens}");
}

/// The specialised program's text: every rewrite that should be made, and beside it what
/// looks alike and must stay.
#[test]
fn specialised_text() {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/lowering/routes.lua");
    let compiled = rover_build::compile_form(&manifest, rover_build::Form::Specialised).unwrap();
    insta::assert_snapshot!(compiled.lowered.join("\n-- next file\n"));
    let lines = |text: &str| text.matches('\n').count();
    for (path, text) in compiled.dependencies.iter().zip(&compiled.lowered) {
        let written = std::fs::read_to_string(path).unwrap();
        assert_eq!(lines(&written), lines(text), "lines moved in {path:?}");
    }
}

/// Tail calls, of which the reference form keeps the lines, too.
#[test]
fn tail_calls() {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/tails/routes.lua");
    let compiled = rover_build::compile_form(&manifest, rover_build::Form::Reference).unwrap();
    insta::assert_snapshot!(compiled.lowered.join("\n-- next file\n"));
}

/// Templates: where the program renders them, and their own Lua, whose lines are those of
/// the file.
#[test]
fn templates() {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/templates/routes.lua");
    let compiled = rover_build::compile_form(&manifest, rover_build::Form::Specialised).unwrap();
    let pages = compiled.pages.iter().map(|page| {
        let lead = page.len() - page.trim_start_matches('\n').len();
        format!("-- line {}\n{}", lead + 1, &page[lead..])
    });
    let texts: Vec<String> = compiled.lowered.iter().cloned().chain(pages).collect();
    insta::assert_snapshot!(texts.join("\n-- next file\n"));
}

#[test]
fn the_reference_form_is_the_program_as_written() {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/lowering/routes.lua");
    let compiled = rover_build::compile_form(&manifest, rover_build::Form::Reference).unwrap();
    assert!(
        compiled
            .lowered
            .iter()
            .all(|text| !text.contains("__rover.reply"))
    );
    assert!(
        compiled
            .app
            .routes
            .iter()
            .all(|route| !route.needs.constant)
    );
}

/// The lowered text of a program in `tests/contract`.
fn lowered_case(name: &str) -> String {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../tests/contract")
        .join(name)
        .join("routes.lua");
    let compiled = rover_build::compile_form(&manifest, rover_build::Form::Specialised).unwrap();
    compiled.lowered[0].replace("__budget = __budget - 1 ", "")
}

/// Which checked values are held, and what is read of them.
#[test]
fn held_values() {
    insta::assert_snapshot!("held_values", lowered_case("guard_held"));
}

/// What is checked through locals.
#[test]
fn checked_locals() {
    insta::assert_snapshot!("checked_locals", lowered_case("guard_locals"));
}

/// Lists and records in them that are walked through.
#[test]
fn held_items() {
    insta::assert_snapshot!("held_items", lowered_case("guard_items"));
}

/// Which handlers begin with a check.
#[test]
fn first_checks() {
    let manifest =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/contract/guard_first/routes.lua");
    let tokens = rover_build::compile_file(&manifest).unwrap().tokens;
    let code = prettyplease::unparse(&syn::parse_str(&tokens.to_string()).unwrap());
    let words = code.split_whitespace().collect::<Vec<_>>().join(" ");
    let routes = words.split("rt::Route { ").skip(1).map(|route| {
        let (_, pattern) = route.split_once("pattern: ").unwrap();
        let (_, first) = route.split_once("first: ").unwrap();
        let first = first.strip_prefix("::core::option::Option::").unwrap();
        let end = if first.starts_with("None") { "," } else { "})" };
        let (pattern, first) = (pattern.split(',').next(), first.split(end).next());
        let first = first.unwrap().replace("::core::option::Option::", "");
        format!("{} {first}", pattern.unwrap())
    });
    insta::assert_snapshot!(routes.collect::<Vec<_>>().join("\n"));
}
