//! The crate that is built of a lone Lua file: its folder in the user's cache.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::{env, fs};

use rover_build::Features;

use crate::error::Error;
use crate::manifest::Manifest;
use crate::source::{Source, toml};

/// A crate of one program.
pub(super) struct Crate {
    /// What its package and the program are called.
    pub(super) name: String,
    /// The binary: no two programs of the cache have one name.
    pub(super) binary: String,
    pub(super) folder: PathBuf,
    /// Where all programs are built, unless `CARGO_TARGET_DIR` says otherwise.
    pub(super) target: PathBuf,
}

impl Crate {
    /// Writes what is not there, or not like that: what did not change is not built again.
    pub(super) fn write(
        manifest: &Manifest,
        features: Features,
        source: &Source,
    ) -> Result<Self, Error> {
        let path = &manifest.path;
        let path = path
            .canonicalize()
            .map_err(Error::io(path.display().to_string()))?;
        let root = cache_folder()?;
        let name = crate_name(manifest);
        let mut hasher = DefaultHasher::new();
        path.hash(&mut hasher);
        let binary = format!("{name}-{:016x}", hasher.finish());
        let folder = root.join("programs").join(&binary);
        write(
            &folder.join("Cargo.toml"),
            &cargo_toml(&name, &binary, &source.dependency(features)),
        )?;
        write(
            &folder.join("src/main.rs"),
            &format!("rover::app!({:?});\n", path),
        )?;
        if let Source::Folder(checkout) = source
            && let Ok(lock) = fs::read_to_string(checkout.join("Cargo.lock"))
            && !folder.join("Cargo.lock").exists()
        {
            // The versions that Rover is tested with; cargo leaves out what is not needed.
            write(&folder.join("Cargo.lock"), &lock)?;
        }
        Ok(Crate {
            name,
            binary,
            folder,
            target: root.join("target"),
        })
    }
}

/// `ROVER_CACHE`, else the folder that the system has for that.
fn cache_folder() -> Result<PathBuf, Error> {
    let given = env::var_os("ROVER_CACHE").filter(|folder| !folder.is_empty());
    let given = given
        .map(PathBuf::from)
        .or_else(|| Some(dirs::cache_dir()?.join("rover")));
    let folder = given.ok_or_else(|| {
        Error::Usage("there is no folder for caches: name one with ROVER_CACHE".to_owned())
    })?;
    std::path::absolute(&folder).map_err(Error::io(folder.display().to_string()))
}

/// What the program is called, in letters that a package's name may have.
fn crate_name(manifest: &Manifest) -> String {
    let name = manifest.package().name;
    let letters = name
        .chars()
        .map(|c| match c.is_ascii_alphanumeric() || c == '_' {
            true => c,
            false => '-',
        });
    let name: String = letters.collect();
    // It begins with a letter, and is none of the crate that it depends on.
    match name.starts_with(|c: char| c.is_ascii_alphabetic()) && name != "rover" {
        true => name,
        false => format!("app-{name}"),
    }
}

fn cargo_toml(name: &str, binary: &str, dependency: &str) -> String {
    let manifest = Path::new("src/main.rs");
    format!(
        "[package]\nname = \"{name}\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n\
         [[bin]]\nname = \"{binary}\"\npath = {}\n\n\
         [dependencies]\n{dependency}\n\n\
         [workspace]\n\n\
         [profile.release]\nlto = \"thin\"\ncodegen-units = 1\nstrip = \"symbols\"\n",
        toml(manifest)
    )
}

fn write(path: &Path, text: &str) -> Result<(), Error> {
    if fs::read_to_string(path).is_ok_and(|old| old == text) {
        return Ok(());
    }
    let shown = path.display().to_string();
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(Error::io(shown.clone()))?;
    }
    fs::write(path, text).map_err(Error::io(shown))
}
