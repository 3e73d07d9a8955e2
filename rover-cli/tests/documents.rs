//! The programs of the documents do what is said beside them. How a document is written so
//! that it is tested stands in CONTRIBUTING.md. `ROVER_BLESS=1` writes what is said anew.
#![allow(clippy::unwrap_used)]

#[path = "documents/commands.rs"]
mod commands;
#[path = "documents/fences.rs"]
mod fences;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use rover_rt::{App, LogLevel, TestClient};

use commands::{Curl, Remembered, Step};
use fences::{Fence, fences};

const MANIFEST: &str = "routes.lua";

/// A reader who types what a document shows, in a folder of its own.
struct Reader {
    document: &'static str,
    folder: PathBuf,
    /// The last one that the document shows.
    manifest: String,
    /// Where the last file begins, from 1.
    line: usize,
    /// Files were written since a command was given.
    changed: bool,
    /// `rover check` was shown for the manifest, which may be wrong on purpose.
    checked: bool,
    served: Option<TestClient>,
    remembered: Remembered,
    programs: usize,
    answers: usize,
    differences: Vec<Difference>,
    failures: Vec<String>,
}

/// What a document tells and what is said instead.
struct Difference {
    /// The command's last line, from 1.
    line: usize,
    told: String,
    said: String,
}

impl Reader {
    fn new(document: &'static str) -> Self {
        let name = document.replace('/', "-");
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).unwrap();
        Reader {
            document,
            folder,
            manifest: String::new(),
            line: 0,
            changed: false,
            checked: false,
            served: None,
            remembered: Remembered::default(),
            programs: 0,
            answers: 0,
            differences: Vec::new(),
            failures: Vec::new(),
        }
    }

    fn read(mut self) -> Self {
        let text = document(self.document);
        for fence in fences(&text) {
            if let Some(file) = fence.file() {
                self.write(file, &fence.text);
                self.line = fence.line;
            } else if fence.info == "lua" {
                self.try_within(&fence);
            } else if fence.info == "console" {
                self.do_all(&fence);
            }
        }
        self.must_compile();
        self
    }

    fn write(&mut self, file: &str, text: &str) {
        // A new manifest ends the program before it, which nobody may have asked anything.
        if file == MANIFEST {
            self.must_compile();
            self.checked = false;
            text.clone_into(&mut self.manifest);
        }
        let path = self.folder.join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
        self.changed = true;
        self.served = None;
        // The manifest of another server.
        if file != MANIFEST && text.contains("rover.server") {
            self.judge(file);
        }
    }

    /// A part of a program is right where it stands in the manifest before it.
    fn try_within(&mut self, fence: &Fence<'_>) {
        let whole = self.manifest.clone();
        let line = fence.line;
        let Some((start, end)) = whole.rsplit_once("\nreturn api") else {
            let failure = format!("line {line}: no manifest stands before this part of one");
            return self.failures.push(failure);
        };
        let text = &fence.text;
        self.write(MANIFEST, &format!("{start}\n{text}\nreturn api{end}"));
        self.line = line;
        self.must_compile();
        self.write(MANIFEST, &whole);
    }

    fn do_all(&mut self, fence: &Fence<'_>) {
        for step in commands::steps(fence) {
            match step {
                Step::Write { file, text } => self.write(&file, &text),
                Step::MakeFolder(folder) => fs::create_dir(self.folder.join(folder)).unwrap(),
                Step::Check { line, told } => {
                    let output = self.check(MANIFEST);
                    let mut said = String::from_utf8(output.stdout).unwrap();
                    said += &String::from_utf8(output.stderr).unwrap();
                    self.changed = false;
                    self.checked = true;
                    self.compare(line, &told, &said);
                }
                Step::Ask { line, curl, told } => {
                    let answer = self.ask(&curl);
                    self.answers += 1;
                    self.compare(line, &told, &answer);
                }
                Step::Remember { name, curl, field } => {
                    let answer = self.ask(&curl);
                    self.remembered.keep(&name, &answer, &field);
                }
                Step::Other => {}
            }
        }
    }

    fn ask(&mut self, curl: &Curl) -> String {
        let mut remembered = std::mem::take(&mut self.remembered);
        let answer = match self.program() {
            Some(program) => curl.answer(program, &mut remembered),
            None => "(the program does not compile)".to_owned(),
        };
        self.remembered = remembered;
        answer
    }

    fn check(&self, manifest: &str) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_rover"));
        command
            .args(["check", manifest])
            .current_dir(&self.folder)
            .env_remove("CLICOLOR_FORCE");
        command.output().unwrap()
    }

    /// Nothing is said of a program that is right.
    fn must_compile(&mut self) {
        if self.changed && !self.checked {
            self.changed = false;
            self.judge(MANIFEST);
        }
    }

    fn judge(&mut self, manifest: &str) {
        self.programs += 1;
        let output = self.check(manifest);
        if !output.status.success() || !output.stderr.is_empty() {
            let said = String::from_utf8_lossy(&output.stderr);
            let line = self.line;
            let failure = format!("the program of line {line}: `rover check` says\n{said}");
            self.failures.push(failure);
        }
    }

    /// The program as it stands in the folder, if it compiles.
    fn program(&mut self) -> Option<&TestClient> {
        self.must_compile();
        if self.served.is_none() {
            // Where the folders of the option `files` are looked for, as for who types this.
            std::env::set_current_dir(&self.folder).unwrap();
            let plan = rover_build::compile_file(&self.folder.join(MANIFEST))
                .ok()?
                .plan;
            self.served = Some(App::from(plan).log_level(LogLevel::Off).client().unwrap());
        }
        self.served.as_ref()
    }

    fn compare(&mut self, line: usize, told: &str, said: &str) {
        if !is_told(told, said) {
            self.differences.push(Difference {
                line,
                told: told.to_owned(),
                said: said.to_owned(),
            });
        }
    }

    /// Writes into the document what was said.
    fn bless(&mut self) {
        let text = document(self.document);
        let mut lines: Vec<&str> = text.lines().collect();
        // From the end, so that the lines of those before stay.
        for Difference { line, told, said } in self.differences.iter().rev() {
            let old = *line..line + told.trim_end().lines().count();
            lines.splice(old, said.trim().lines());
        }
        fs::write(path(self.document), lines.join("\n") + "\n").unwrap();
    }

    fn report(&self) -> String {
        let differences = self.differences.iter().map(|difference| {
            let Difference { line, told, said } = difference;
            format!("line {line}: told is\n{told}\nand said was\n{said}\n")
        });
        let all = self.failures.iter().cloned().chain(differences);
        all.collect::<Vec<_>>().join("\n")
    }
}

/// Whether a document tells what was said. Its line `...` stands for any lines.
fn is_told(told: &str, said: &str) -> bool {
    let lines = |text: &str| -> Vec<String> {
        let lines = text.trim().lines();
        lines.map(|line| line.trim_end().to_owned()).collect()
    };
    fits(&lines(told), &lines(said))
}

fn fits(told: &[String], said: &[String]) -> bool {
    match told.split_first() {
        None => said.is_empty(),
        Some((first, rest)) if first == "..." => {
            (0..=said.len()).any(|skipped| fits(rest, &said[skipped..]))
        }
        Some((first, rest)) => said.first() == Some(first) && fits(rest, &said[1..]),
    }
}

fn path(document: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("..")
        .join(document)
}

fn document(name: &str) -> String {
    fs::read_to_string(path(name)).unwrap_or_else(|why| panic!("{name}: {why}"))
}

fn do_as_told(name: &'static str, programs: usize, answers: usize) {
    let mut reader = Reader::new(name).read();
    if std::env::var_os("ROVER_BLESS").is_some() {
        reader.bless();
        reader.differences.clear();
    }
    let report = reader.report();
    assert!(report.is_empty(), "{name}: {report}");
    let Reader {
        programs: compiled,
        answers: asked,
        ..
    } = reader;
    assert!(compiled >= programs, "{name}: only {compiled} programs");
    assert!(asked >= answers, "{name}: only {asked} answers");
}

#[test]
fn the_guide() {
    do_as_told("docs/guide.md", 14, 30);
}

/// All of its programs are whole: a reader can type them.
#[test]
fn the_guide_has_whole_programs() {
    let text = document("docs/guide.md");
    for fence in fences(&text)
        .iter()
        .filter(|fence| ["lua", "html", "sql"].contains(&fence.info))
    {
        let line = fence.line;
        assert!(fence.file().is_some(), "line {line}: name the file first");
    }
}

/// The first program and the Rust around it are what `rover new` writes, which is built and
/// tested by itself.
#[test]
fn the_guide_shows_the_template() {
    let text = document("docs/guide.md");
    for (info, first_line, file) in [
        ("lua", "-- routes.lua\n", MANIFEST),
        ("rust", "", "src/main.rs"),
    ] {
        let template = document(&format!("templates/minimal/{file}"));
        let fences = fences(&text);
        let shown = fences.iter().find(|fence| fence.info == info).unwrap();
        assert_eq!(shown.text, format!("{first_line}{template}"));
    }
}

#[test]
fn the_readme() {
    do_as_told("README.md", 1, 1);
}

#[test]
fn the_rules() {
    do_as_told("docs/lua.md", 10, 0);
}
