//! Compiles every manifest of `contract/` into this one crate.

use std::path::Path;
use std::{env, fs};

fn main() {
    println!("cargo::rerun-if-changed=contract");
    let root = Path::new(&env::var_os("CARGO_MANIFEST_DIR").expect("cargo sets it")).join("contract");
    let mut names: Vec<String> = fs::read_dir(&root)
        .expect("contract/ is part of this crate")
        .map(|entry| entry.expect("a readable folder").file_name())
        .map(|name| name.into_string().expect("names of cases are ASCII"))
        .collect();
    names.sort();
    let mut list = String::new();
    for name in &names {
        rover_build::compile_to(format!("contract/{name}/routes.lua"), &format!("{name}.rs"));
        list += &format!(
            "#[allow(missing_docs)] pub mod {name} {{ include!(concat!(env!(\"OUT_DIR\"), \"/{name}.rs\")); }}\n"
        );
    }
    list += "/// Every case's name and program.\npub const PROGRAMS: &[(&str, fn() -> rover::App)] = &[\n";
    for name in &names {
        list += &format!("(\"{name}\", {name}::app),\n");
    }
    list += "];\n";
    let target = Path::new(&env::var_os("OUT_DIR").expect("cargo sets it")).join("programs.rs");
    fs::write(target, list).expect("OUT_DIR is writable");
}
