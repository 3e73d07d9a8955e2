//! Reads and parses the manifest and every module it requires.

use std::fs;
use std::path::{Path, PathBuf};

use crate::diagnostic::codes::program::{file_unreadable, module_missing};
use crate::diagnostic::{Diagnostic, Failure, Position, Warnings};
use crate::front::file::{File, Text};
use crate::front::hir::Span;
use crate::front::ids::{ById, FileId, TemplateId};
use crate::front::requires::requires;
use crate::front::resolve::resolve;
use crate::front::syntax;
use crate::front::template_files::{self, TemplateFile, shown};
use crate::front::tree::Tree;

/// The program's files; the manifest is the first.
pub(crate) struct Sources {
    folder: PathBuf,
    pub(crate) files: ById<FileId, File>,
    /// The files that `rover.template` names, each once.
    pub(crate) templates: ById<TemplateId, TemplateFile>,
    /// What the files name and what is not there.
    pub(crate) absent: Vec<Diagnostic>,
    /// Template files that are not there: a part of `absent`.
    absent_templates: Vec<Diagnostic>,
    /// Modules that cannot be read, which the program may do without.
    broken: Vec<Broken>,
    /// Files of another language that mistakes may be shown in.
    pub(crate) others: Vec<OtherFile>,
}

/// A file that is no Lua and no template.
pub(crate) struct OtherFile {
    /// Relative to the manifest's folder.
    pub(crate) name: String,
    /// As `File::shown`.
    pub(crate) shown: String,
    pub(crate) text: String,
}

/// A module whose file is there, but is no Lua.
struct Broken {
    module: String,
    name: String,
    shown: String,
    text: String,
    /// At least one.
    diagnostics: Vec<Diagnostic>,
}

impl Sources {
    pub(crate) fn failure(&self, diagnostics: Vec<Diagnostic>) -> Failure {
        Failure::new(diagnostics, |name| self.text(name))
    }

    pub(crate) fn warnings(&self, diagnostics: Vec<Diagnostic>) -> Warnings {
        Warnings::new(diagnostics, |name| self.text(name))
    }

    /// A file's path as shown, and its content.
    fn text(&self, name: &str) -> Option<(&str, &str)> {
        let files = self.files.iter();
        let files = files.map(|f| (&f.name, &f.shown, f.text.whole()));
        let templates = self.templates.iter();
        let templates = templates.map(|f| (&f.name, &f.shown, f.text.as_str()));
        let broken = self.broken.iter();
        let broken = broken.map(|f| (&f.name, &f.shown, f.text.as_str()));
        let others = self.others.iter();
        let others = others.map(|f| (&f.name, &f.shown, f.text.as_str()));
        let mut all = files.chain(templates).chain(broken).chain(others);
        let (_, shown, text) = all.find(|(n, ..)| *n == name)?;
        Some((shown.as_str(), text))
    }

    /// The line of a position.
    pub(crate) fn line_text(&self, position: &Position) -> Option<&str> {
        let file = self.files.iter().find(|file| file.name == position.file)?;
        file.text.line(position.line)
    }

    /// Whether a module is required on the line of a position.
    pub(crate) fn requires_at(&self, position: &Position) -> bool {
        let file = self.files.iter().find(|file| file.name == position.file);
        file.is_some_and(|file| {
            let mut spans = file.requires.iter().map(|required| required.span);
            spans.any(|span| file.position(span.start).line == position.line)
        })
    }

    /// The file of a module.
    pub(crate) fn module(&self, name: &str) -> Option<FileId> {
        self.files
            .find_id(|file| file.modules.iter().any(|module| module == name))
    }

    /// Looks for modules that are no files of the program.
    pub(crate) fn finder(&self) -> ModuleFinder {
        let broken = self.broken.iter().map(|broken| {
            let first = broken.diagnostics.first();
            let place = first.and_then(|wrong| {
                let (at, _) = wrong.labels.first()?;
                Some(format!("{}:{}: {}", at.file, at.line, wrong.message))
            });
            (broken.module.clone(), place.unwrap_or_default())
        });
        ModuleFinder {
            folder: self.folder.clone(),
            broken: broken.collect(),
        }
    }

    /// What is wrong with a module that cannot be read.
    pub(crate) fn broken(&self, module: &str) -> Option<&[Diagnostic]> {
        let mut all = self.broken.iter();
        all.find(|broken| broken.module == module)
            .map(|broken| broken.diagnostics.as_slice())
    }

    /// Every file that was read.
    pub(crate) fn paths(&self) -> impl Iterator<Item = &PathBuf> {
        let files = self.files.iter().map(|f| &f.path);
        files.chain(self.templates.iter().map(|f| &f.path))
    }
}

/// See [`Sources::finder`].
pub(crate) struct ModuleFinder {
    folder: PathBuf,
    broken: Vec<(String, String)>,
}

/// What is known of a module that is no file of the program.
pub(crate) enum Known {
    /// It can be one.
    New,
    /// What is wrong with it.
    Broken(String),
    Absent,
}

impl ModuleFinder {
    pub(crate) fn state(&self, module: &str) -> Known {
        let broken = self.broken.iter().find(|(name, _)| name == module);
        match (broken, find(&self.folder, module)) {
            (Some((_, wrong)), _) => Known::Broken(wrong.clone()),
            (None, Some(_)) => Known::New,
            (None, None) => Known::Absent,
        }
    }
}

struct Pending {
    module: String,
    path: PathBuf,
    name: String,
}

/// Reads the manifest and every module that it names.
///
/// # Errors
/// When a file cannot be read, or is no Lua.
pub(crate) fn load(manifest: &Path) -> Result<Sources, Failure> {
    let folder = manifest.parent().unwrap_or(Path::new("."));
    let sources = Sources {
        folder: folder.to_owned(),
        files: ById::default(),
        templates: ById::default(),
        absent: Vec::new(),
        absent_templates: Vec::new(),
        broken: Vec::new(),
        others: Vec::new(),
    };
    let manifest = Pending {
        module: String::new(),
        path: manifest.to_owned(),
        name: file_name(manifest),
    };
    read_all(sources, vec![manifest])
}

/// Adds modules that a program asks for when it runs, and what they name.
pub(crate) fn extend(sources: Sources, modules: &[String]) -> Result<Sources, Failure> {
    let found = modules.iter().filter_map(|m| find(&sources.folder, m));
    let queue = found.collect();
    read_all(sources, queue)
}

fn read_all(mut sources: Sources, mut queue: Vec<Pending>) -> Result<Sources, Failure> {
    let mut refused = Vec::new();
    while let Some(next) = queue.pop() {
        if sources.module(&next.module).is_some() || sources.broken(&next.module).is_some() {
            continue;
        }
        if let Some(known) = sources.files.iter_mut().find(|f| f.path == next.path) {
            known.modules.push(next.module);
            continue;
        }
        let (text, encoding) = match fs::read(&next.path) {
            Ok(bytes) => syntax::decode(bytes),
            Err(error) => {
                refused.push(file_unreadable::file(&next.path, &error));
                continue;
            }
        };
        let shown = shown(&next.path);
        match syntax::parse(&text) {
            Ok(ast) => {
                let folder = &sources.folder;
                let absent = &mut sources.absent_templates;
                let names = template_files::named(&ast, &next.name, &text, absent);
                template_files::read(names, folder, &mut sources.templates, absent);
                let hir = resolve(&text, encoding, &ast);
                let requires = requires(&text, &hir, &next.module);
                let named = requires.iter().filter_map(|r| r.module.as_deref());
                queue.extend(named.filter_map(|module| find(folder, module)));
                let folders = requires.iter().filter_map(|r| r.folder.as_deref());
                queue.extend(folders.flat_map(|prefix| modules_in(folder, prefix)));
                sources.files.push(File {
                    tree: Tree::new(&text, &ast),
                    hir,
                    requires,
                    modules: vec![next.module],
                    path: next.path,
                    name: next.name,
                    shown,
                    text: Text::new(text, encoding),
                    ast,
                });
            }
            Err(error) => {
                // Its modules may have mistakes of their own.
                let modules = syntax::required(&text).into_iter();
                queue.extend(modules.filter_map(|module| find(&sources.folder, &module)));
                let found = syntax::mistakes(&text, &error).into_iter();
                let place = |byte| Position::of(&next.name, &text, byte);
                let diagnostics = found.map(|mistake| mistake.told.placed(place));
                sources.broken.push(Broken {
                    diagnostics: diagnostics.collect(),
                    module: next.module,
                    name: next.name,
                    shown,
                    text,
                });
            }
        }
    }
    let Needed { broken, absent } = needed(&sources);
    sources.absent = sources.absent_templates.clone();
    sources.absent.extend(absent);
    refused.extend(broken);
    if refused.is_empty() {
        Ok(sources)
    } else {
        refused.extend(sources.absent.iter().cloned());
        Err(sources.failure(refused))
    }
}

/// What is wrong with modules that the program cannot be loaded without.
#[derive(Default)]
struct Needed {
    /// What is wrong with their texts.
    broken: Vec<Diagnostic>,
    /// Where they are required and not there.
    absent: Vec<Diagnostic>,
}

fn needed(sources: &Sources) -> Needed {
    let mut needed = Needed::default();
    let mut files: Vec<FileId> = sources.module("").into_iter().collect();
    if files.is_empty() {
        // A manifest that is no Lua may need any of the others.
        files = sources.files.ids().collect();
        let broken = sources.broken.iter().rev();
        needed.broken = broken.flat_map(|b| b.diagnostics.clone()).collect();
    }
    let mut at = 0;
    while let Some(&file) = files.get(at) {
        at += 1;
        let source = &sources.files[file];
        for required in source.requires.iter().filter(|r| r.certain) {
            let Some(module) = &required.module else {
                continue;
            };
            match (sources.module(module), sources.broken(module)) {
                (Some(next), _) if files.contains(&next) => {}
                (Some(next), _) => files.push(next),
                (None, Some(wrong)) => {
                    let new = wrong.iter().filter(|one| !needed.broken.contains(one));
                    let new: Vec<_> = new.cloned().collect();
                    needed.broken.extend(new);
                }
                (None, None) => {
                    let problem = sources.missing(file, required.span, module);
                    needed.absent.extend(problem);
                }
            }
        }
    }
    needed
}

/// Modules of LuaJIT's that programs have without a file.
const PROVIDED: [&str; 13] = [
    "_G",
    "string",
    "table",
    "math",
    "bit",
    "coroutine",
    "os",
    "io",
    "debug",
    "jit",
    "package",
    "table.new",
    "table.clear",
];

/// Modules of LuaJIT's that they do not have.
const WITHHELD: [&str; 5] = ["ffi", "string.buffer", "jit.opt", "jit.util", "jit.profile"];

impl Sources {
    /// What is wrong where a module is required that the program does not have.
    pub(crate) fn missing(&self, file: FileId, at: Span, module: &str) -> Option<Diagnostic> {
        // With `package`, a program makes modules of its own.
        let makes_modules = self
            .files
            .iter()
            .any(|file| file.text.whole().contains("package"));
        if PROVIDED.contains(&module) || makes_modules || self.module(module).is_some() {
            return None;
        }
        if let Some(wrong) = self.broken(module) {
            return wrong.first().cloned();
        }
        let position = self.files[file].position(at.start);
        let withheld = WITHHELD.contains(&module);
        Some(module_missing::module(position, module, withheld))
    }
}

/// The modules whose names are a prefix, `a.b.`, and one name more.
fn modules_in(folder: &Path, prefix: &str) -> Vec<Pending> {
    let inside = folder.join(prefix.replace('.', "/"));
    let entries = fs::read_dir(inside).into_iter().flatten().flatten();
    let names = entries.filter_map(|entry| {
        let name = entry.file_name().into_string().ok()?;
        Some(name.strip_suffix(".lua").unwrap_or(&name).to_owned())
    });
    let mut modules: Vec<Pending> = names
        .filter(|name| !name.contains('.') && name != "init")
        .filter_map(|name| find(folder, &format!("{prefix}{name}")))
        .collect();
    modules.sort_by(|a, b| a.module.cmp(&b.module));
    modules.dedup_by(|a, b| a.module == b.module);
    modules
}

/// The file of a module: `a.b` and `a/b` are `a/b.lua` or `a/b/init.lua`.
fn find(folder: &Path, module: &str) -> Option<Pending> {
    let inside = module
        .split(['.', '/'])
        .all(|part| !part.is_empty() && !part.contains('\\'));
    let base = module.replace('.', "/");
    let mut candidates = [format!("{base}.lua"), format!("{base}/init.lua")].into_iter();
    let name = candidates.find(|name| inside && folder.join(name).is_file())?;
    Some(Pending {
        module: module.to_owned(),
        path: folder.join(&name),
        name,
    })
}

fn file_name(path: &Path) -> String {
    path.file_name()
        .map(|n| n.to_string_lossy().into_owned())
        .unwrap_or_default()
}
