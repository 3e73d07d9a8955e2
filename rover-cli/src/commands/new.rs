//! `rover new`: a crate with a program, from one of the repository's templates.

mod name;

use std::fs;
use std::io::ErrorKind;
use std::path::Path;
use std::process::ExitCode;

use clap::ValueEnum;
use rover_build::Features;
use rover_model::VOCABULARY;

use crate::args::{self, New};
use crate::error::Error;
use crate::output;
use crate::source::Source;

/// A folder of `templates/`.
pub(crate) struct Template {
    name: &'static str,
    /// Paths and texts.
    files: &'static [(&'static str, &'static str)],
}

include!(concat!(env!("OUT_DIR"), "/templates.rs"));

/// The container file, for a binary that is called `app`.
const CONTAINER: &str = include_str!("../../../deploy/Containerfile");

/// What the container's build need not see.
const DOCKERIGNORE: &str = "/target\n/.git\n";

/// Where `.luarc.json` finds what Lua programs may say.
const STUBS: &str = ".rover/vocabulary";

pub(crate) fn run(new: &New) -> Result<ExitCode, Error> {
    let name = name::of(&new.name)?;
    let folder = new.name.as_path();
    let source = Source::find(&new.rover)?;
    must_be_empty(folder)?;
    let template = template(new.template)?;
    let mut files = template.written(name, &source, is_in_crate(folder));
    files.push(("Containerfile".to_owned(), container(name, &source)));
    files.push((".dockerignore".to_owned(), DOCKERIGNORE.to_owned()));
    let stubs = VOCABULARY.iter();
    files.extend(stubs.map(|(file, text)| (format!("{STUBS}/{file}"), (*text).to_owned())));
    for (path, text) in files {
        write(&folder.join(path), &text)?;
    }
    output::print(&format!(
        "`{name}` is there. Go on with\n\n  cd {}\n  rover dev\n",
        folder.display()
    ))
}

fn must_be_empty(folder: &Path) -> Result<(), Error> {
    let refuse = |why: &str| Err(Error::Usage(format!("`{}` {why}", folder.display())));
    match fs::read_dir(folder) {
        Ok(mut entries) => match entries.next() {
            None => Ok(()),
            Some(_) => refuse("is there already, and not empty: choose another name"),
        },
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        Err(error) if error.kind() == ErrorKind::NotADirectory => refuse("is a file"),
        Err(error) => Err(Error::Io {
            what: folder.display().to_string(),
            error,
        }),
    }
}

/// Whether a folder above has a crate or a workspace, to which cargo would count the new one.
fn is_in_crate(folder: &Path) -> bool {
    let whole = std::path::absolute(folder).unwrap_or_default();
    let mut above = whole.ancestors().skip(1);
    above.any(|folder| folder.join("Cargo.toml").is_file())
}

fn template(wanted: args::Template) -> Result<&'static Template, Error> {
    let wanted = wanted.to_possible_value();
    let found = wanted.and_then(|wanted| {
        let mut all = TEMPLATES.iter();
        all.find(|template| template.name == wanted.get_name())
    });
    found.ok_or_else(|| Error::Usage("there is no such template".to_owned()))
}

impl Template {
    /// Its files, as a crate of that name has them.
    fn written(&self, name: &str, source: &Source, in_crate: bool) -> Vec<(String, String)> {
        let files = self.files.iter();
        let written = files.map(|(path, text)| {
            let text = match *path {
                "Cargo.toml" => self.manifest(text, name, source, in_crate),
                ".luarc.json" => text.replace("../../rover-model/vocabulary", STUBS),
                // What its library is called.
                path if path.ends_with(".rs") => {
                    let (old, new) = (format!("{}::", self.name), name.replace('-', "_"));
                    text.replace(&old, &format!("{new}::"))
                }
                _ => (*text).to_owned(),
            };
            ((*path).to_owned(), text)
        });
        written.collect()
    }

    fn manifest(&self, text: &str, name: &str, source: &Source, in_crate: bool) -> String {
        let text = text
            .replace(
                &format!("name = \"{}\"", self.name),
                &format!("name = \"{name}\""),
            )
            .replace(
                "rover = { path = \"../..\" }",
                &source.dependency(Features::NONE),
            );
        match in_crate {
            true => text,
            false => text.replace(WORKSPACE, ""),
        }
    }
}

/// What keeps a crate out of a workspace around it.
const WORKSPACE: &str = "\
# A crate of its own, not part of the workspace above it.
[workspace]

";

/// The container file of a crate. A checkout is outside of what its build sees, so it is given
/// by itself.
fn container(name: &str, source: &Source) -> String {
    let (context, copy) = match source {
        Source::Version(_) => (String::new(), String::new()),
        Source::Folder(folder) => (
            format!("--build-context rover={} ", folder.display()),
            format!(
                "# Where Cargo.toml says that Rover is.\nCOPY --from=rover . {}\n",
                folder.display()
            ),
        ),
    };
    let (usage, steps) = CONTAINER.split_once("\n\n").unwrap_or(("", CONTAINER));
    debug_assert!(usage.starts_with('#'));
    let steps = steps
        .replace("target/release/app ", &format!("target/release/{name} "))
        .replace("COPY . .\n", &format!("{copy}COPY . .\n"));
    format!(
        "# A container with the program and what it needs:\n\
         # docker build {context}-f Containerfile -t {name} .\n\n{steps}"
    )
}

fn write(path: &Path, text: &str) -> Result<(), Error> {
    let shown = path.display().to_string();
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(Error::io(shown.clone()))?;
    }
    fs::write(path, text).map_err(Error::io(shown))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is replaced in a template is found there.
    #[test]
    fn nothing_of_the_repository_is_left() {
        let source = Source::Version("9.9.9");
        for template in TEMPLATES {
            let files = template.written("my-shop", &source, false);
            for (path, text) in files {
                for old in ["../..", "[workspace]", &format!("{}::", template.name)] {
                    assert!(!text.contains(old), "{}: {path} has {old}", template.name);
                }
                if path == "Cargo.toml" {
                    assert!(text.contains("name = \"my-shop\""), "{text}");
                    assert!(text.contains("rover = \"9.9.9\""), "{text}");
                }
            }
        }
        let container = container("my-shop", &source);
        assert!(
            container.contains("cp target/release/my-shop /app"),
            "{container}"
        );
        assert!(!container.contains("deploy/"), "{container}");
    }
}
