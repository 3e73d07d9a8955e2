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
    let mut compiled = rover_build::compile_file(&manifest()).unwrap();
    // Bytecode is not for reading.
    for chunk in compiled.plan.chunks.to_mut() {
        chunk.bytecode = b"...".as_slice().into();
    }
    let tokens = compiled.tokens();
    // Before it is formatted: where lines break depends on the length of paths.
    let tokens = tokens
        .to_string()
        .replace(env!("CARGO_MANIFEST_DIR"), "<crate>");
    let code = prettyplease::unparse(&syn::parse_str(&tokens).unwrap());
    insta::assert_snapshot!(code);
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
    let tokens = rover_build::compile_file(&manifest).unwrap().tokens();
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
