//! Which function of the text a function of the collecting run is.
//!
//! A function is known by where it begins in the text. LuaJIT knows of it only the lines where
//! it begins and ends, which several may share. So in the text of that run each function begins
//! with a mark that says where that is. It is the first constant of the function, which `jit.util.funck` gives (LuaJIT's `lib_jit.c`, `lj_parse.c`).

use mlua::{Function, Lua, Value};

use crate::front::file::File;
use crate::front::function_place::FunctionPlace;
use crate::front::ids::{FileId, FunctionRef, Id};
use crate::front::load::Sources;

/// A file's text with marks; no line moves.
pub(crate) fn marked(id: FileId, file: &File) -> String {
    let number = id.index();
    let functions = file.hir.functions.iter().skip(1);
    let mut marks: Vec<(usize, usize)> = functions.map(|f| (f.block, f.start)).collect();
    marks.sort_unstable();
    let written = file.whole_text();
    let mut text = String::with_capacity(written.len() + 32 * marks.len());
    let mut at = 0;
    for (block, start) in marks {
        text.push_str(&written[at..block]);
        text.push_str(&format!(" do local _ = '{number}:{start}' end "));
        at = block;
    }
    text.push_str(&written[at..]);
    text
}

/// Reads marks.
pub(crate) struct Marks<'a> {
    pub(crate) sources: &'a Sources,
    constant: Function,
}

impl<'a> Marks<'a> {
    /// Before the program's libraries are taken away.
    pub(crate) fn new(sources: &'a Sources, lua: &Lua) -> mlua::Result<Self> {
        let constant = lua.load("return require('jit.util').funck").eval()?;
        Ok(Marks { sources, constant })
    }

    pub(crate) fn place(&self, function: &Function) -> FunctionPlace {
        let info = function.info();
        let source = info.source.unwrap_or_default();
        let file = source.trim_start_matches('@').to_owned();
        FunctionPlace {
            line: info.line_defined.unwrap_or(0),
            last_line: info.last_line_defined.unwrap_or(0),
            written: self.written(function, &file),
            file,
        }
    }

    /// A function of C, and one that `load` made of another text, have no mark: of these no more
    /// than file and line are known.
    fn written(&self, function: &Function, file: &str) -> Option<FunctionRef> {
        let Ok(Value::String(mark)) = self.constant.call((function, -1)) else {
            return None;
        };
        let mark = mark.to_string_lossy();
        let (number, start) = mark.split_once(':')?;
        let (number, start): (usize, usize) = (number.parse().ok()?, start.parse().ok()?);
        let id = self.sources.files.ids().nth(number)?;
        let source = &self.sources.files[id];
        let function = source.hir.function_at(start)?;
        (source.name == file).then(|| id.function(function))
    }
}
