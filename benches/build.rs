//! Programs of 10, 100 and 1000 routes, for the router's bench.

use std::path::{Path, PathBuf};
use std::{env, fs};

#[allow(unreachable_pub)]
#[path = "src/routes.rs"]
mod routes;

fn main() {
    println!("cargo::rerun-if-changed=src/routes.rs");
    // `--bin json` loads lua-cjson, which takes Lua's functions from the program.
    println!("cargo::rustc-link-arg-bin=json=-rdynamic");
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets it"));
    for count in [10, 100, 1000] {
        let manifest = out.join(format!("routes_{count}.lua"));
        write(&manifest, &routes::manifest(count));
        rover_build::compile_to(&manifest, &format!("routes_{count}.rs"));
    }
}

fn write(path: &Path, text: &str) {
    // An unchanged file keeps its time, and cargo its build.
    if fs::read_to_string(path).is_ok_and(|old| old == text) {
        return;
    }
    fs::write(path, text).expect("OUT_DIR is writable");
}
