//! Reads and parses the manifest and every module it requires.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use full_moon::ast::{
    Ast, Call, Expression, FunctionArgs, FunctionCall, Index, Prefix, Suffix, VarExpression,
};
use full_moon::node::Node;
use full_moon::tokenizer::TokenType;
use full_moon::visitors::Visitor;

use crate::diagnostic::{Diagnostic, Failure, Position};
use crate::hir::Chunk;
use crate::known_modules;
use crate::resolve::resolve;
use crate::syntax;
use crate::tree::Tree;

/// The program's files; the manifest is the first.
pub(crate) struct Sources {
    pub(crate) files: Vec<File>,
    /// The files that `rover.template` names, each once.
    pub(crate) templates: Vec<TemplateFile>,
    /// What the files name and what is not there.
    pub(crate) missing: Vec<Diagnostic>,
}

/// A template in a file of its own.
pub(crate) struct TemplateFile {
    /// As the program names it: relative to the manifest's folder.
    pub(crate) name: String,
    pub(crate) path: PathBuf,
    /// As `File::shown`.
    pub(crate) shown: String,
    pub(crate) text: String,
}

pub(crate) struct File {
    /// What `require` calls it; empty for the manifest.
    pub(crate) module: String,
    pub(crate) path: PathBuf,
    /// Relative to the manifest's folder, with `/`: the name in messages and bytecode.
    pub(crate) name: String,
    /// Relative to the crate, where it lies inside: the path in build errors.
    pub(crate) shown: String,
    pub(crate) text: String,
    /// The byte at which each line starts.
    starts: Vec<usize>,
    pub(crate) ast: Ast,
    pub(crate) tree: Tree,
    pub(crate) hir: Chunk,
}

impl File {
    /// Line and column of a byte.
    pub(crate) fn position(&self, byte: usize) -> Position {
        Position::of(&self.name, &self.text, byte)
    }

    /// The names of all locals.
    pub(crate) fn locals(&self) -> BTreeSet<&str> {
        self.hir.vars.iter().map(|var| var.name.as_str()).collect()
    }

    /// The lines above one that is counted from 1, the nearest first.
    pub(crate) fn lines_above(&self, line: usize) -> impl Iterator<Item = &str> {
        let end = self
            .starts
            .get(line.saturating_sub(1))
            .copied()
            .unwrap_or_default();
        self.text[..end].lines().rev()
    }
}

impl Sources {
    pub(crate) fn failure(&self, diagnostics: Vec<Diagnostic>) -> Failure {
        Failure::new(diagnostics, |name| {
            let files = self.files.iter().map(|f| (&f.name, &f.shown, &f.text));
            let templates = self.templates.iter().map(|f| (&f.name, &f.shown, &f.text));
            let (_, shown, text) = files.chain(templates).find(|(n, ..)| *n == name)?;
            Some((shown.as_str(), text.as_str()))
        })
    }

    /// The line of a position.
    pub(crate) fn line_text(&self, position: &Position) -> Option<&str> {
        let file = self.files.iter().find(|file| file.name == position.file)?;
        file.text.lines().nth(position.line.checked_sub(1)?)
    }

    /// A mistake on one line: `routes.lua:3:5: what is wrong (what would be right)`.
    pub(crate) fn line(&self, diagnostic: &Diagnostic) -> String {
        let place = diagnostic.labels.first().map(|(position, _)| {
            let file = self.files.iter().find(|file| file.name == position.file);
            let shown = file.map_or(position.file.as_str(), |file| &file.shown);
            format!("{shown}:{}:{}: ", position.line, position.column)
        });
        let help = diagnostic.help.as_ref().map(|help| format!(" ({help})"));
        [place, Some(diagnostic.message.clone()), help]
            .into_iter()
            .flatten()
            .collect()
    }

    /// Every file that was read.
    pub(crate) fn paths(&self) -> impl Iterator<Item = &PathBuf> {
        let files = self.files.iter().map(|f| &f.path);
        files.chain(self.templates.iter().map(|f| &f.path))
    }
}

struct Pending {
    module: String,
    path: PathBuf,
    name: String,
}

/// Reads a program.
///
/// # Errors
/// When a file cannot be read, or is no Lua.
pub(crate) fn load(manifest: &Path) -> Result<Sources, Failure> {
    let folder = manifest.parent().unwrap_or(Path::new("."));
    let mut texts: Vec<(String, String, String)> = Vec::new();
    let mut sources = Sources {
        files: Vec::new(),
        templates: Vec::new(),
        missing: Vec::new(),
    };
    let mut refused = Vec::new();
    let mut queue = vec![Pending {
        module: String::new(),
        path: manifest.to_owned(),
        name: file_name(manifest),
    }];
    while let Some(next) = queue.pop() {
        if sources.files.iter().any(|f| f.module == next.module) {
            continue;
        }
        let text = match fs::read_to_string(&next.path) {
            Ok(text) => text,
            Err(error) => {
                let message = format!("cannot read {}: {error}", next.path.display());
                refused.push(Diagnostic::new(message));
                continue;
            }
        };
        let shown = shown(&next.path);
        texts.push((next.name.clone(), shown.clone(), text.clone()));
        match syntax::parse(&text) {
            Ok(ast) => {
                queue.extend(requires(&ast, folder, &next.name, &mut sources.missing));
                let names = template_names(&ast, &next.name, &mut sources.missing);
                templates(names, folder, &mut sources.templates, &mut sources.missing);
                sources.files.push(File {
                    tree: Tree::new(&next.name, &ast),
                    hir: resolve(&ast),
                    module: next.module,
                    path: next.path,
                    name: next.name,
                    shown,
                    starts: line_starts(&text),
                    text,
                    ast,
                });
            }
            Err(error) => {
                // Its modules may have mistakes of their own.
                let modules = syntax::required(&text).into_iter();
                queue.extend(modules.filter_map(|module| module_file(folder, module).ok()));
                let found = syntax::mistakes(&text, &error).into_iter();
                refused
                    .extend(found.map(|mistake| Diagnostic::of_syntax(&next.name, &text, mistake)));
            }
        }
    }
    if refused.is_empty() {
        Ok(sources)
    } else {
        refused.append(&mut sources.missing);
        Err(Failure::new(refused, |name| {
            let (_, shown, text) = texts.iter().find(|(n, ..)| n == name)?;
            Some((shown.as_str(), text.as_str()))
        }))
    }
}

fn shown(path: &Path) -> String {
    let folder = std::env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default();
    let inside = path.strip_prefix(&folder).unwrap_or(path);
    inside.to_string_lossy().into_owned()
}

fn file_name(path: &Path) -> String {
    path.file_name()
        .map(|n| n.to_string_lossy().into_owned())
        .unwrap_or_default()
}

fn requires(
    ast: &Ast,
    folder: &Path,
    file: &str,
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<Pending> {
    let mut finder = Requires::default();
    finder.visit_ast(ast);
    let mut found = Vec::new();
    for (line, column, module) in finder.calls {
        let position = Position {
            file: file.to_owned(),
            line,
            column,
        };
        let Some(module) = module else {
            let message = "the argument of `require` is not a constant string";
            diagnostics.push(
                Diagnostic::new(message)
                    .at(position, "the compiler cannot tell which file this is")
                    .help("write the module's name in quotes: require \"a.b\""),
            );
            continue;
        };
        match module_file(folder, module) {
            Ok(pending) => found.push(pending),
            Err(module) => diagnostics.push(
                Diagnostic::new(format!("module `{module}` was not found"))
                    .at(position, "required here")
                    .help(match known_modules::instead(&module) {
                        Some(instead) => instead.to_owned(),
                        None => {
                            let [file, folder] = candidates(&module);
                            format!("modules stand beside the manifest: {file} or {folder}")
                        }
                    }),
            ),
        }
    }
    found
}

/// The files that a module may be in.
fn candidates(module: &str) -> [String; 2] {
    let base = module.replace('.', "/");
    [format!("{base}.lua"), format!("{base}/init.lua")]
}

/// The file of a module; its name again where there is none.
fn module_file(folder: &Path, module: String) -> Result<Pending, String> {
    let clean = module
        .split('.')
        .all(|part| !part.is_empty() && !part.contains(['/', '\\']));
    let mut candidates = candidates(&module).into_iter();
    match candidates.find(|c| clean && folder.join(c).is_file()) {
        Some(name) => Ok(Pending {
            module,
            path: folder.join(&name),
            name,
        }),
        None => Err(module),
    }
}

/// The names in calls of `rover.template`.
fn template_names(
    ast: &Ast,
    file: &str,
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<(Position, String)> {
    let mut finder = Requires {
        of_rover: true,
        ..Requires::default()
    };
    finder.visit_ast(ast);
    let mut found = Vec::new();
    for (line, column, name) in finder.calls {
        let position = Position {
            file: file.to_owned(),
            line,
            column,
        };
        match name {
            Some(name) => found.push((position, name)),
            None => diagnostics.push(
                Diagnostic::new("the argument of `rover.template` is not a constant string")
                    .at(position, "the compiler cannot tell which file this is")
                    .help("write the file's name in quotes: rover.template \"page.html\""),
            ),
        }
    }
    found
}

/// Reads template files that are not known yet.
fn templates(
    names: Vec<(Position, String)>,
    folder: &Path,
    known: &mut Vec<TemplateFile>,
    diagnostics: &mut Vec<Diagnostic>,
) {
    for (position, name) in names {
        if known.iter().any(|t| t.name == name) {
            continue;
        }
        let inside = Path::new(&name)
            .components()
            .all(|part| matches!(part, std::path::Component::Normal(_)));
        let path = folder.join(&name);
        let text = match inside {
            true => fs::read_to_string(&path).map_err(|error| error.to_string()),
            false => Err("it lies outside of the manifest's folder".to_owned()),
        };
        match text {
            Ok(text) => known.push(TemplateFile {
                shown: shown(&path),
                name,
                path,
                text,
            }),
            Err(error) => diagnostics.push(
                Diagnostic::new(format!("template `{name}` cannot be read"))
                    .at(position, error)
                    .help("template files stand beside the manifest"),
            ),
        }
    }
}

/// Calls of `require`, or of `rover.template`, with their constant argument.
#[derive(Default)]
struct Requires {
    of_rover: bool,
    calls: Vec<(usize, usize, Option<String>)>,
}

impl Requires {
    fn chain<'a>(&mut self, prefix: &Prefix, mut suffixes: impl Iterator<Item = &'a Suffix>) {
        let Prefix::Name(name) = prefix else {
            return;
        };
        let first = name.token().to_string();
        let wanted = match self.of_rover {
            true => first == "rover" && suffixes.next().is_some_and(is_template),
            false => first == "require",
        };
        let Some(Suffix::Call(Call::AnonymousCall(arguments))) = suffixes.next() else {
            return;
        };
        if !wanted {
            return;
        }
        let at = name.start_position();
        let (line, column) = at.map_or((1, 1), |p| (p.line(), p.character()));
        self.calls.push((line, column, constant(arguments)));
    }
}

impl Visitor for Requires {
    fn visit_function_call(&mut self, call: &FunctionCall) {
        self.chain(call.prefix(), call.suffixes());
    }

    /// `require("m").field`
    fn visit_var_expression(&mut self, var: &VarExpression) {
        self.chain(var.prefix(), var.suffixes());
    }
}

/// `.template`
fn is_template(suffix: &Suffix) -> bool {
    matches!(suffix, Suffix::Index(Index::Dot { name, .. })
        if name.token().to_string() == "template")
}

fn constant(arguments: &FunctionArgs) -> Option<String> {
    let token = match arguments {
        FunctionArgs::String(token) => token,
        FunctionArgs::Parentheses { arguments, .. } => {
            let mut expressions = arguments.iter();
            match (expressions.next(), expressions.next()) {
                (Some(Expression::String(token)), None) => token,
                _ => return None,
            }
        }
        _ => return None,
    };
    match token.token().token_type() {
        TokenType::StringLiteral { literal, .. } => Some(literal.to_string()),
        _ => None,
    }
}

fn line_starts(text: &str) -> Vec<usize> {
    let ends = text.match_indices('\n').map(|(at, _)| at + 1);
    std::iter::once(0).chain(ends).collect()
}
