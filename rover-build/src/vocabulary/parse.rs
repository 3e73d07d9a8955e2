//! Reads the definition files of `rover-model/vocabulary/`: a subset of LuaCATS, line by line.
//!
//! A word is a block: one sentence, tags, and a declaration (`function string.upper(s) end`,
//! `string = {}`). A class is followed by its fields, each with its own sentence and tags above it.
//! A block whose tag names missing words (`@absent`, `@refused`, `@planned`, `@elsewhere`) has no
//! declaration, so that an editor does not offer them. A tag that is not LuaCATS's own stands for an
//! editor as one more line of the comment.

use std::collections::{HashMap, HashSet};
use std::fmt;

use super::signature::{overload, parameter, result, typed};
use super::word::{GLOBALS, Kind, Missing, Parameter, Typed, Word};

/// The name of what stands for all names of a class.
pub(super) const ANY_NAME: &str = "[string]";

/// A line that cannot be read.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    pub(crate) file: &'static str,
    pub(crate) line: usize,
    pub(crate) message: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.file, self.line, self.message)
    }
}

/// The tags that LuaCATS does not have, and what they may say: nothing, one of some words, or
/// anything.
const TAGS: &[(&str, Option<&[&str]>)] = &[
    // Names that people use who come from elsewhere.
    ("also", None),
    // The statuses that a hook of the runtime's answers with.
    ("answers", None),
    // What holds where a program gives no value.
    ("default", None),
    // A function that the program defines, and the server calls.
    ("hook", Some(&[""])),
    // What is said in a module in place of the sentence.
    ("in_module", None),
    // Functions and coroutines that it is given do not run while it does.
    ("keeps", Some(&[""])),
    // The capability of the process that it needs.
    ("needs", Some(&["net", "files", "env", "process", "sql"])),
    // Libraries ask whether it is there.
    ("probed", Some(&[""])),
    // The part of the request that it reads.
    (
        "reads",
        Some(&["head", "params", "query", "headers", "cookies", "body"]),
    ),
    // A name that no program may take.
    ("reserved", Some(&[""])),
    // A value that the program gives to a node, and no part of a path.
    ("setting", Some(&[""])),
    // The word without which a program cannot use it, and what is said then.
    ("unless", None),
    // It lets other requests run until it has what it gives: always, or where sessions are in a database.
    ("waits", Some(&["", "sessions"])),
];

/// The words of some files, and what is wrong with these. A file may add words to a library of an
/// earlier one.
pub(crate) fn parse(files: &[(&'static str, &'static str)]) -> (Vec<Word>, Vec<Fault>) {
    let (mut words, mut faults, mut tables) = (Vec::new(), Vec::new(), HashSet::new());
    for (file, text) in files {
        let mut reader = Reader {
            file,
            line: 0,
            words: Vec::new(),
            faults: Vec::new(),
            locals: HashMap::new(),
            tables,
            block: Block::default(),
        };
        for (at, line) in text.lines().enumerate() {
            reader.line = at + 1;
            reader.line(line);
        }
        reader.end();
        words.extend(reader.words);
        faults.extend(reader.faults);
        tables = reader.tables;
    }
    (words, faults)
}

/// What stands above a declaration.
#[derive(Default)]
struct Block {
    doc: &'static str,
    tags: Vec<(&'static str, &'static str)>,
    parameters: Vec<Parameter>,
    results: Vec<Typed>,
    of_type: &'static str,
    /// A class, and what it has: fields and calls.
    class: Option<(Word, Vec<Word>)>,
    /// Missing words: why, the owner, the names.
    named: Vec<(Missing, &'static str, &'static str)>,
}

struct Reader {
    file: &'static str,
    line: usize,
    words: Vec<Word>,
    faults: Vec<Fault>,
    /// The classes that the file's locals stand for.
    locals: HashMap<&'static str, &'static str>,
    /// The libraries that were declared.
    tables: HashSet<&'static str>,
    block: Block,
}

impl Reader {
    fn fault(&mut self, message: impl Into<String>) {
        self.faults.push(Fault {
            file: self.file,
            line: self.line,
            message: message.into(),
        });
    }

    fn line(&mut self, line: &'static str) {
        if let Some(tag) = line.strip_prefix("---@") {
            let (name, rest) = tag.split_once(' ').unwrap_or((tag, ""));
            return self.tag(name, rest.trim());
        }
        if let Some(doc) = line.strip_prefix("---") {
            if !self.block.named.is_empty() {
                self.end();
            }
            if !self.block.doc.is_empty() {
                self.fault("a word has one sentence, on one line");
            }
            self.block.doc = doc.trim();
            return;
        }
        match line.is_empty() || line.starts_with("--") {
            true => self.end(),
            false => self.declaration(line),
        }
    }

    fn tag(&mut self, name: &'static str, rest: &'static str) {
        let missing = match name {
            "absent" => Some(Missing::Absent),
            "refused" => Some(Missing::Refused),
            "planned" => Some(Missing::Planned),
            "elsewhere" => Some(Missing::Elsewhere),
            _ => None,
        };
        match (name, missing) {
            ("meta", _) => {
                if self.line != 1 {
                    self.fault("`@meta` stands in the first line");
                }
            }
            (_, Some(missing)) => match rest.split_once(' ') {
                Some((owner, names)) => self.block.named.push((missing, owner, names)),
                None => self.fault(format!("`@{name}` takes an owner and names")),
            },
            ("param", _) => match parameter(rest) {
                Some(parameter) => self.block.parameters.push(parameter),
                None => self.fault("write `@param name type`"),
            },
            ("return", _) => match result(rest) {
                Some(result) => self.block.results.push(result),
                None => self.fault("write `@return type`"),
            },
            ("type", _) => self.block.of_type = rest,
            ("class", _) => self.class(rest),
            ("field", _) => self.field(rest),
            ("overload", _) => self.overload(rest),
            _ => {
                match TAGS.iter().find(|(known, _)| *known == name) {
                    None => self.fault(format!("there is no tag `@{name}`")),
                    Some((_, Some(values))) if !values.contains(&rest) => {
                        self.fault(format!("`@{name}` does not take `{rest}`"));
                    }
                    Some((_, None)) if rest.is_empty() => {
                        self.fault(format!("`@{name}` takes a text"));
                    }
                    Some(_) => {}
                }
                self.block.tags.push((name, rest));
            }
        }
    }

    /// The word of what was read so far.
    fn take(&mut self, owner: &'static str, name: &'static str, kind: Kind) -> Word {
        let block = &mut self.block;
        let word = Word {
            owner,
            name,
            kind,
            parameters: std::mem::take(&mut block.parameters),
            results: std::mem::take(&mut block.results),
            of_type: std::mem::take(&mut block.of_type),
            doc: std::mem::take(&mut block.doc),
            tags: std::mem::take(&mut block.tags),
        };
        if word.doc.is_empty() && !matches!(kind, Kind::Call | Kind::AnyField) {
            self.fault(format!("`{name}` has no sentence"));
        }
        word
    }

    fn class(&mut self, rest: &'static str) {
        let (name, parent) = rest.split_once(':').unwrap_or((rest, ""));
        self.block.of_type = parent.trim();
        let class = self.take("", name.trim(), Kind::Class);
        if self.block.class.replace((class, Vec::new())).is_some() {
            self.fault("a class begins after an empty line");
        }
    }

    /// `name type` or `[type] type`, with the sentence behind it or above.
    fn field(&mut self, rest: &'static str) {
        if let Some(of_type) = rest.strip_prefix("[string] ") {
            self.block.of_type = of_type;
            let field = self.take("", ANY_NAME, Kind::AnyField);
            return self.of_class(field);
        }
        let Some((name, rest)) = rest.split_once(' ') else {
            return self.fault("write `@field name type`");
        };
        let (of_type, doc) = typed(rest);
        self.block.of_type = of_type;
        if self.block.doc.is_empty() {
            self.block.doc = doc;
        }
        let field = self.take("", name.trim_end_matches('?'), Kind::Value);
        self.of_class(field);
    }

    fn overload(&mut self, rest: &'static str) {
        let Some((parameters, results)) = overload(rest) else {
            return self.fault("write `@overload fun(name: type): type`");
        };
        if self.block.class.is_none() {
            // Another way to call a function: the declared one counts.
            return;
        }
        let mut call = self.take("", "", Kind::Call);
        (call.parameters, call.results) = (parameters, results);
        self.of_class(call);
    }

    fn of_class(&mut self, word: Word) {
        match &mut self.block.class {
            Some((_, members)) => members.push(word),
            None => self.fault("it stands below no `@class`"),
        }
    }

    fn declaration(&mut self, line: &'static str) {
        if let Some(rest) = line.strip_prefix("function ") {
            self.function(rest);
        } else if let Some((target, value)) = line.split_once(" = ") {
            match (target.strip_prefix("local "), value) {
                (Some(local), "{}") => self.local(local),
                (None, "{}" | "nil") => self.table(target),
                _ => self.fault("this is no declaration"),
            }
        } else {
            self.fault("this is no declaration");
        }
        self.end();
    }

    /// `local Ctx = {}` below a class.
    fn local(&mut self, name: &'static str) {
        match &self.block.class {
            Some((class, _)) => {
                self.locals.insert(name, class.name);
            }
            None => self.fault(format!("`{name}` stands below no `@class`")),
        }
    }

    /// `string = {}` below a class, `_VERSION = nil` below a type.
    fn table(&mut self, path: &'static str) {
        let (owner, name) = path.rsplit_once('.').unwrap_or((GLOBALS, path));
        match self.block.class.take() {
            Some((class, members)) => {
                let kind = Kind::Table;
                self.tables.insert(path);
                self.words.push(Word {
                    owner,
                    name,
                    kind,
                    ..class
                });
                let members = members.into_iter();
                let members = members.map(|member| Word {
                    owner: path,
                    ..member
                });
                self.words.extend(members);
            }
            None if !self.block.of_type.is_empty() => {
                let word = self.take(owner, name, Kind::Value);
                self.words.push(word);
            }
            None => self.fault(format!("`{path}` has neither `@class` nor `@type`")),
        }
    }

    /// `string.upper(s) end`, `Ctx:params() end`, `print(...) end`
    fn function(&mut self, rest: &'static str) {
        let parts = rest.strip_suffix(") end").and_then(|r| r.split_once('('));
        let Some((path, names)) = parts else {
            return self.fault("write `function name(parameters) end`");
        };
        let (target, name, kind) = match (path.split_once(':'), path.rsplit_once('.')) {
            (Some((owner, name)), _) => (owner, name, Kind::Method),
            (_, Some((owner, name))) => (owner, name, Kind::Function),
            _ => (GLOBALS, path, Kind::Function),
        };
        let owner = self.locals.get(target).copied().unwrap_or(target);
        let known =
            owner == GLOBALS || self.locals.contains_key(target) || self.tables.contains(owner);
        if !known {
            self.fault(format!("nothing declares `{target}`"));
        }
        let names = names.split(", ").filter(|name| !name.is_empty());
        let word = self.take(owner, name, kind);
        if !names.eq(word.parameters.iter().map(|parameter| parameter.name)) {
            self.fault(format!(
                "the parameters of `{name}` are others than its `@param`s"
            ));
        }
        self.words.push(word);
    }

    /// Ends a block: a class and missing words have no declaration.
    fn end(&mut self) {
        let named = std::mem::take(&mut self.block.named);
        if let Some((class, members)) = self.block.class.take() {
            let owner = class.name;
            self.words.push(class);
            let members = members.into_iter().map(|member| Word { owner, ..member });
            self.words.extend(members);
        }
        if !named.is_empty() {
            let model = self.take("", named[0].2, Kind::Missing(Missing::Absent));
            for (missing, owner, names) in named {
                let words = names.split_whitespace().map(|name| Word {
                    owner,
                    name,
                    kind: Kind::Missing(missing),
                    ..model.clone()
                });
                self.words.extend(words);
            }
        }
        let left = std::mem::take(&mut self.block);
        if !left.doc.is_empty() || !left.tags.is_empty() || !left.parameters.is_empty() {
            self.fault("this declares nothing");
        }
    }
}

#[cfg(test)]
#[path = "parse_tests.rs"]
mod tests;
