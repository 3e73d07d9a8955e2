//! cargo, which builds the crate: how far it is, and what is told where it fails.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::{env, fs};

use indicatif::{ProgressBar, ProgressStyle};
use serde_json::Value;

use super::cache::Crate;
use super::units;
use crate::error::Error;

/// Builds the crate: the program's file.
pub(super) fn build(cached: &Crate, debug: bool) -> Result<PathBuf, Error> {
    let path = cached.folder.join("build.log");
    let log = File::create(&path).map_err(Error::io(path.display().to_string()))?;
    let bar = bar(units::count(&cached.folder, !debug));
    let built = run(cached, debug, &bar, &log);
    bar.finish_and_clear();
    match built {
        Ok(Some(program)) => Ok(program),
        Ok(None) => Err(Error::Tool(failed(&path))),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Err(Error::Tool(
            "there is no cargo, which `rover build` needs: https://rustup.rs has it. \
             `rover dev` serves a program without"
                .to_owned(),
        )),
        Err(error) => Err(Error::io("cargo")(error)),
    }
}

/// The Lua has no mistakes by now, so it is no mistake of the program's.
fn failed(log: &Path) -> String {
    let text = fs::read_to_string(log).unwrap_or_default();
    let mut lines = text.lines();
    let first = lines.find_map(|line| line.strip_prefix("error: "));
    let why = first.map_or(String::new(), |line| format!(" ({line})"));
    format!(
        "cargo could not build the program{why}. Your Lua files are right; what cargo says is in \
         {}",
        log.display()
    )
}

/// Runs cargo; nothing where it fails.
fn run(cached: &Crate, debug: bool, bar: &ProgressBar, log: &File) -> io::Result<Option<PathBuf>> {
    let mut command = cargo(&cached.folder);
    command.args(["build", "--message-format=json"]);
    if !debug {
        command.arg("--release");
    }
    if env::var_os("CARGO_TARGET_DIR").is_none() {
        command.arg("--target-dir").arg(&cached.target);
    }
    command.stdout(Stdio::piped()).stderr(log.try_clone()?);
    let mut child = command.spawn()?;
    let mut program = None;
    if let Some(out) = child.stdout.take() {
        for line in BufReader::new(out).lines() {
            let message = serde_json::from_str(&line?).unwrap_or(Value::Null);
            if let Some(found) = heard(&message, cached, bar, log)? {
                program = Some(found);
            }
        }
    }
    let ended = child.wait()?;
    Ok(program.filter(|_| ended.success()))
}

/// A message of cargo's: it moves the bar, goes to the log, or names the program.
fn heard(
    message: &Value,
    cached: &Crate,
    bar: &ProgressBar,
    mut log: &File,
) -> io::Result<Option<PathBuf>> {
    match message["reason"].as_str() {
        Some("compiler-artifact") => {
            let name = message["target"]["name"].as_str().unwrap_or_default();
            bar.inc(1);
            let is_program = name == cached.binary;
            let shown = if is_program { &cached.name } else { name };
            bar.set_message(shown.to_owned());
            let program = message["executable"].as_str();
            return Ok(program.filter(|_| is_program).map(PathBuf::from));
        }
        Some("build-script-executed") => bar.inc(1),
        Some("compiler-message") => {
            let rendered = message["message"]["rendered"].as_str();
            log.write_all(rendered.unwrap_or_default().as_bytes())?;
        }
        _ => {}
    }
    Ok(None)
}

/// The cargo that runs this program, if one does, else the one that is found.
pub(super) fn cargo(folder: &Path) -> Command {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    // Of an outer cargo: the crate is none of its.
    for name in ["CARGO_MANIFEST_DIR", "CARGO_PKG_NAME", "CARGO_PKG_VERSION"] {
        command.env_remove(name);
    }
    command.current_dir(folder);
    command
}

/// It is not drawn where nobody sees it.
fn bar(units: u64) -> ProgressBar {
    let style = ProgressStyle::with_template("{bar:30} {pos}/{len} {wide_msg}");
    let bar = ProgressBar::new(units);
    match style {
        Ok(style) => bar.with_style(style.progress_chars("=> ")),
        Err(_) => bar,
    }
}
