//! Lists the files of `templates/`, which `rover new` writes: one copy of each, that CI tests.
//! And tells the program for which machine it is built, which cargo's `metadata` is asked for.

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let target = env::var("TARGET").unwrap_or_default();
    println!("cargo::rustc-env=ROVER_TARGET={target}");
    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default());
    let templates = root.join("../templates").canonicalize()?;
    let mut text = String::from("pub(crate) const TEMPLATES: &[Template] = &[\n");
    for folder in entries(&templates)? {
        println!("cargo::rerun-if-changed={}", folder.display());
        let name = folder.file_name().unwrap_or_default().to_string_lossy();
        let _ = writeln!(text, "Template {{ name: {name:?}, files: &[");
        files(&folder, &folder, &mut text)?;
        text.push_str("] },\n");
    }
    text.push_str("];\n");
    let out = PathBuf::from(env::var_os("OUT_DIR").unwrap_or_default());
    fs::write(out.join("templates.rs"), text)
}

/// What a build leaves there is no part of a template.
const LEFT_OUT: [&str; 2] = ["target", "Cargo.lock"];

fn entries(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let entries = fs::read_dir(folder)?.map(|entry| Ok(entry?.path()));
    let mut entries = entries.collect::<io::Result<Vec<_>>>()?;
    entries.retain(|path| !LEFT_OUT.iter().any(|name| path.ends_with(name)));
    entries.sort();
    Ok(entries)
}

fn files(root: &Path, folder: &Path, text: &mut String) -> io::Result<()> {
    for path in entries(folder)? {
        if path.is_dir() {
            files(root, &path, text)?;
        } else if let Ok(name) = path.strip_prefix(root) {
            let name = name.to_string_lossy().replace('\\', "/");
            let path = path.to_string_lossy();
            let _ = writeln!(text, "({name:?}, include_str!({path:?})),");
        }
    }
    Ok(())
}
