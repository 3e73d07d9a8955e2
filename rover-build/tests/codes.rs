//! Every code has a page, whose programs do as it says: the wrong one gives the code and no
//! other, the right one compiles without a warning. `ROVER_BLESS=1` writes the index anew.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use rover_build::{Code, Diagnostic, Features, Severity, compile_with};

/// What is wrong without a feature only.
const OF_FEATURES: [&str; 1] = ["R0904"];

/// What no program can show: a fault of the compiler, and of the build's environment.
const WITHOUT_EXAMPLES: [&str; 2] = ["R0110", "R1010"];

fn ids(diagnostics: &[Diagnostic]) -> BTreeSet<String> {
    let ids = diagnostics.iter().map(|one| one.code.id().to_owned());
    ids.collect()
}

fn docs() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/errors")
}

/// The files of an example, and the one that it begins with.
#[derive(Default)]
struct Example {
    files: Vec<(String, String)>,
    command: Option<String>,
}

impl Example {
    /// The fenced blocks below a heading. `lua` alone is the manifest, `lua file=lib/a.lua` another
    /// file, `sh` the command that is given.
    fn below(page: &str, heading: &str) -> Option<Self> {
        let section = page.split_once(&format!("\n## {heading}\n"))?.1;
        let section = section.split("\n## ").next()?;
        let mut example = Example::default();
        let mut rest = section;
        while let Some((_, block)) = rest.split_once("\n```") {
            let (info, block) = block.split_once('\n')?;
            let (text, after) = block.split_once("\n```")?;
            let name = info.split_once(" file=").map(|(_, name)| name);
            match (info, name) {
                (_, Some(name)) => example.files.push((name.to_owned(), format!("{text}\n"))),
                ("lua", None) => example
                    .files
                    .push(("routes.lua".to_owned(), format!("{text}\n"))),
                ("sh", None) => example.command = Some(text.to_owned()),
                _ => panic!("a block of another kind: {info}"),
            }
            rest = after;
        }
        Some(example)
    }

    /// What is told of it.
    fn told(&self, folder: &Path, features: Features) -> Result<Told, String> {
        for (name, text) in &self.files {
            let file = folder.join(name);
            let parent = file.parent().ok_or("a file's folder")?;
            fs::create_dir_all(parent).map_err(|e| e.to_string())?;
            fs::write(file, text).map_err(|e| e.to_string())?;
        }
        let named = self.command.as_deref().unwrap_or("rover check routes.lua");
        let manifest = named
            .strip_prefix("rover check ")
            .ok_or_else(|| format!("another command: {named}"))?;
        Ok(match compile_with(&folder.join(manifest), features) {
            Ok(compiled) => Told {
                compiles: true,
                codes: ids(&compiled.warnings.diagnostics),
            },
            Err(failure) => Told {
                compiles: false,
                codes: ids(&failure.diagnostics),
            },
        })
    }
}

/// What the compiler says of an example.
#[derive(Debug, PartialEq, Eq)]
struct Told {
    compiles: bool,
    codes: BTreeSet<String>,
}

/// Compiles an example in a folder of its own.
fn told_of(code: Code, heading: &str) -> Result<Told, String> {
    let example = Example::below(code.page(), heading).ok_or(format!("no `## {heading}`"))?;
    let name = format!("rover-codes-{}-{code}-{heading}", std::process::id());
    let folder = std::env::temp_dir().join(name);
    fs::create_dir_all(&folder).map_err(|e| e.to_string())?;
    let features = Features {
        client: heading != "Wrong" || !OF_FEATURES.contains(&code.id()),
        ..Features::ALL
    };
    let told = example.told(&folder, features);
    fs::remove_dir_all(&folder).map_err(|e| e.to_string())?;
    told
}

#[test]
fn pages_show_what_is_wrong_and_what_is_right() {
    let mut differences = Vec::new();
    for code in Code::all().filter(|code| !WITHOUT_EXAMPLES.contains(&code.id())) {
        let expected = Told {
            compiles: code.severity() == Severity::Warning,
            codes: BTreeSet::from([code.id().to_owned()]),
        };
        let wrong = told_of(code, "Wrong");
        if wrong != Ok(expected) {
            differences.push(format!("{code}: what is wrong gives {wrong:?}"));
        }
        let expected = Told {
            compiles: true,
            codes: BTreeSet::new(),
        };
        let right = told_of(code, "Right");
        if right != Ok(expected) {
            differences.push(format!("{code}: what is right gives {right:?}"));
        }
    }
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}

#[test]
fn codes_are_unique_and_in_order() {
    let ids: Vec<&str> = Code::all().map(Code::id).collect();
    let sorted: BTreeSet<&str> = ids.iter().copied().collect();
    assert_eq!(ids, sorted.into_iter().collect::<Vec<_>>());
    for id in &ids {
        let digits = id.strip_prefix('R').unwrap_or_default();
        assert!(
            digits.len() == 4 && digits.bytes().all(|b| b.is_ascii_digit()),
            "{id}"
        );
    }
    assert_eq!(Code::find("r0302").map(Code::id), Some("R0302"));
    assert_eq!(Code::find("R9999"), None);
}

#[test]
fn pages_have_the_title_and_an_explanation() {
    for code in Code::all() {
        let page = code.page();
        let title = format!("# {code}: {}\n\n", code.title());
        assert!(page.starts_with(&title), "{code}: begin with {title:?}");
        let text = page[title.len()..].split("\n## ").next();
        let text = text.unwrap_or_default();
        assert!(text.len() > 60, "{code}: explain it");
        let long = page.lines().find(|line| line.chars().count() > 105);
        assert_eq!(long, None, "{code}: a line is long");
    }
}

/// The files of the sources and of the pages are those of the codes.
#[test]
fn no_code_is_left_out() {
    let codes: BTreeSet<String> = Code::all().map(|code| format!("{code}.md")).collect();
    let pages = fs::read_dir(docs()).expect("the pages");
    let pages = pages.map(|entry| entry.expect("a page").file_name());
    let mut pages: BTreeSet<String> = pages
        .map(|name| name.to_string_lossy().into_owned())
        .collect();
    pages.remove("README.md");
    assert_eq!(pages, codes);
    let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/diagnostic/codes");
    let folders = fs::read_dir(sources).expect("the folders");
    let files = folders
        .map(|folder| folder.expect("a folder").path())
        .filter(|path| path.is_dir())
        .flat_map(|folder| fs::read_dir(folder).expect("the files"))
        .filter(|file| file.as_ref().is_ok_and(|file| file.file_name() != "mod.rs"));
    assert_eq!(files.count(), codes.len());
}

/// What the first two digits of a code say, as the folders of the sources.
const SECTIONS: [(&str, &str); 12] = [
    ("R00", "The text is not Lua"),
    ("R01", "The program cannot be loaded"),
    ("R02", "Routes"),
    ("R03", "Options of the server"),
    ("R04", "What handlers ask of a request"),
    ("R05", "What handlers answer with"),
    ("R06", "Schemas"),
    ("R07", "Templates"),
    ("R08", "Names"),
    ("R09", "Waiting"),
    ("R10", "Databases"),
    ("R11", "State that workers share"),
];

#[test]
fn the_index_names_every_code() {
    let mut index = "# Errors and warnings\n\n\
        Each kind of mistake that the compiler finds has a code. It stands in the message, \
        `error[R0302]`,\nand `rover check --explain R0302` shows its page. A code never comes to \
        mean something else.\n"
        .to_owned();
    let mut listed = 0;
    for (digits, title) in SECTIONS {
        write!(index, "\n## {title}\n\n").expect("a string takes it");
        for code in Code::all().filter(|code| code.id().starts_with(digits)) {
            let warning = match code.severity() {
                Severity::Error => "",
                Severity::Warning => " (a warning)",
            };
            let title = code.title();
            writeln!(index, "- [{code}]({code}.md): {title}{warning}").expect("a string takes it");
            listed += 1;
        }
    }
    assert_eq!(listed, Code::all().count());
    let file = docs().join("README.md");
    if std::env::var_os("ROVER_BLESS").is_some() {
        fs::write(&file, &index).expect("a writable index");
    }
    let kept = fs::read_to_string(&file).unwrap_or_default();
    assert!(kept == index, "{} is not the index", file.display());
}
