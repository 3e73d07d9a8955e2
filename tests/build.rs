//! Compiles every manifest of `contract/`, and some random sets of routes, into this
//! one crate.

use std::path::{Path, PathBuf};
use std::{env, fs};

use rover_build::Form;

#[path = "generate.rs"]
mod generate;
use generate::Random;

fn main() {
    println!("cargo::rerun-if-changed=contract");
    println!("cargo::rerun-if-changed=build.rs");
    let root = folder("CARGO_MANIFEST_DIR").join("contract");
    let mut names: Vec<String> = fs::read_dir(&root)
        .expect("contract/ is part of this crate")
        .map(|entry| entry.expect("a readable folder").file_name())
        .map(|name| name.into_string().expect("names of cases are ASCII"))
        .collect();
    names.sort();
    let mut list = String::new();
    for name in &names {
        list += &module(name, &PathBuf::from(format!("contract/{name}/routes.lua")));
    }
    list += "/// Every case's name and program, specialised and as written.\n\
             pub const PROGRAMS: &[(&str, super::Program, super::Program)] = &[\n";
    for name in &names {
        list += &format!("(\"{name}\", {name}::app, {name}::reference::app),\n");
    }
    list += "];\n";
    list += "/// Every example's name and program, specialised and as written.\n\
             pub const EXAMPLES: &[(&str, super::Program, super::Program)] = &[\n";
    let mut modules = String::new();
    for name in EXAMPLES {
        let manifest = format!("../examples/{name}/routes.lua");
        modules += &module(name, Path::new(&manifest));
        list += &format!("(\"{name}\", {name}::app, {name}::reference::app),\n");
    }
    list += "];\n";
    list += &modules;
    list += &random_routes();
    list += &random_handlers();
    fs::write(folder("OUT_DIR").join("programs.rs"), list).expect("OUT_DIR is writable");
}

fn folder(variable: &str) -> PathBuf {
    PathBuf::from(env::var_os(variable).expect("cargo sets it"))
}

/// Compiles a manifest in both forms, into `name` and `name::reference`.
fn module(name: &str, manifest: &Path) -> String {
    let include = |file: &str| format!("include!(concat!(env!(\"OUT_DIR\"), \"/{file}\"));");
    let (specialised, reference) = (format!("{name}.rs"), format!("{name}_reference.rs"));
    rover_build::compile_form_to(manifest, &specialised, Form::Specialised);
    rover_build::compile_form_to(manifest, &reference, Form::Reference);
    format!(
        "#[allow(missing_docs)] pub mod {name} {{ {} pub mod reference {{ {} }} }}\n",
        include(&specialised),
        include(&reference),
    )
}

const EXAMPLES: [&str; 6] = [
    "hello",
    "echo",
    "bookshop",
    "guestbook",
    "gateway",
    "benchmark",
];
const SETS: usize = 6;
const KEYS: [&str; 6] = ["a", "b", "c", "p_x", "p_x", "rest_y"];
const METHODS: [&str; 3] = ["get", "post", "put"];

/// Sets of routes whose handlers return their own path, for the property test of the
/// router.
fn random_routes() -> String {
    let mut random = Random::new(7);
    let mut modules = String::new();
    let mut list = "/// Random programs, and their routes as the manifest writes them.\n\
                    pub const RANDOM: &[(super::Program, &[&str])] = &[\n"
        .to_owned();
    for set in 0..SETS {
        let mut routes: Vec<String> = Vec::new();
        for _ in 0..(10 + set * 20) {
            let mut keys: Vec<&str> = Vec::new();
            for depth in 0..random.below(5) {
                let key = KEYS[random.below(KEYS.len())];
                // One name at each level, no name twice in a path.
                keys.push(match key {
                    "p_x" => ["p_0", "p_1", "p_2", "p_3"][depth],
                    other => other,
                });
                if key == "rest_y" {
                    break;
                }
            }
            keys.push(METHODS[random.below(METHODS.len())]);
            let route = keys.join(".");
            if !routes.contains(&route) {
                routes.push(route);
            }
        }
        let definitions = routes
            .iter()
            .map(|route| format!("api.{route} = function() return '{route}' end\n"));
        let text = format!(
            "local api = rover.server {{}}\n{}return api\n",
            definitions.collect::<String>()
        );
        let manifest = folder("OUT_DIR").join(format!("random_{set}.lua"));
        fs::write(&manifest, text).expect("OUT_DIR is writable");
        modules += &module(&format!("random_{set}"), &manifest);
        list += &format!("(random_{set}::app, &{routes:?}),\n");
    }
    format!("{modules}{list}];\n")
}

/// Programs for the differential test. `ROVER_DIFFERENTIAL_PROGRAMS` asks for more.
fn random_handlers() -> String {
    const VARIABLE: &str = "ROVER_DIFFERENTIAL_PROGRAMS";
    println!("cargo::rerun-if-env-changed={VARIABLE}");
    println!("cargo::rerun-if-changed=generate.rs");
    println!("cargo::rerun-if-changed=generate");
    let count = env::var(VARIABLE)
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(10);
    let mut modules = String::new();
    let mut list = "/// Programs of random handlers, specialised and as written.\n\
                    pub const HANDLERS: &[(&str, super::Program, super::Program)] = &[\n"
        .to_owned();
    let folder = folder("OUT_DIR");
    let write = |file: &str, text: String| {
        let file = folder.join(file);
        fs::write(&file, text).expect("OUT_DIR is writable");
        file
    };
    let mut add = |name: &str, text: String| {
        let manifest = write(&format!("{name}.lua"), text);
        modules += &module(name, &manifest);
        list += &format!(
            "(\"{}\", {name}::app, {name}::reference::app),\n",
            manifest.display()
        );
    };
    for number in 0..count {
        add(&format!("handlers_{number}"), generate::program(number));
    }
    for number in 0..count.div_ceil(3) {
        add(&format!("rows_{number}"), generate::rows_program(number));
    }
    for number in 0..count.div_ceil(2) {
        let beside = format!("beside_{number}.html");
        let (manifest, template) = generate::pages::program(number, &beside);
        write(&beside, template);
        add(&format!("pages_{number}"), manifest);
    }
    format!("{modules}{list}];\n")
}
