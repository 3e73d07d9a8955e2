//! The modules that a file names, as far as that can be seen without running it.
//!
//! What a file requires while it is loaded is seen when the compiler runs it. This finds what
//! it may require later, inside of functions, and what it certainly needs.

use std::collections::HashMap;

use mlua::{Lua, LuaOptions, StdLib, Value};

use crate::front::hir::{BinaryOp, Chunk, Expr, FunctionId, Kind, Span, Stmt, VarId};

/// A use of the global `require`, or of a local that holds it.
#[derive(Debug)]
pub(crate) struct Required {
    /// Where `require` stands.
    pub(crate) span: Span,
    pub(crate) function: FunctionId,
    /// The module; nothing where that is not constant.
    pub(crate) module: Option<String>,
    /// What the module's name begins with where only that is constant: `a.b.`, so that it may be
    /// any file of a folder.
    pub(crate) folder: Option<String>,
    /// The file cannot be loaded without it.
    pub(crate) certain: bool,
    /// An error of it is caught.
    pub(crate) caught: bool,
}

/// The uses in a file that is loaded as `module`.
pub(crate) fn requires(text: &str, chunk: &Chunk, module: &str) -> Vec<Required> {
    let mut finder = Finder {
        text,
        module,
        function: FunctionId::CHUNK,
        locals: HashMap::new(),
        found: Vec::new(),
    };
    for (id, function) in chunk.functions.numbered() {
        finder.function = id;
        finder.locals(chunk, &function.body);
    }
    for (id, function) in chunk.functions.numbered() {
        finder.function = id;
        finder.block(&function.body, id == FunctionId::CHUNK);
    }
    finder.found
}

struct Finder<'a> {
    text: &'a str,
    module: &'a str,
    function: FunctionId,
    /// What locals that are never assigned again begin with, and the function around that.
    locals: HashMap<VarId, (FunctionId, &'a Expr)>,
    found: Vec<Required>,
}

impl<'a> Finder<'a> {
    fn locals(&mut self, chunk: &Chunk, block: &'a [Stmt]) {
        for stmt in block {
            if let Stmt::Local(vars, values) = stmt {
                for (var, value) in vars.iter().zip(values) {
                    if chunk.vars[*var].writes == 0 {
                        self.locals.insert(*var, (self.function, value));
                    }
                }
            }
            stmt.parts(&mut |_| {}, &mut |inner| self.locals(chunk, inner));
        }
    }

    fn block(&mut self, block: &'a [Stmt], certain: bool) {
        for stmt in block {
            // A loop or a branch may not run; the values of these statements are needed.
            let plain = matches!(
                stmt,
                Stmt::Local(..) | Stmt::Assign(..) | Stmt::Call(_) | Stmt::Return(..)
            );
            let (mut exprs, mut blocks) = (Vec::new(), Vec::new());
            stmt.parts(&mut |e| exprs.push(e), &mut |b| blocks.push(b));
            for expr in exprs {
                self.expr(expr, certain && plain);
            }
            for inner in blocks {
                self.block(inner, false);
            }
        }
    }

    fn expr(&mut self, expr: &'a Expr, certain: bool) {
        if let Kind::Call(callee, args) = &expr.kind {
            let caught = match &callee.kind {
                Kind::Global(name) if name == "pcall" => args.split_first(),
                Kind::Global(name) if name == "xpcall" => match args.as_slice() {
                    [called, _, rest @ ..] => Some((called, rest)),
                    _ => None,
                },
                _ => None,
            };
            if self.is_require(callee) {
                self.add(callee, args.first(), certain, false);
            } else if let Some((called, rest)) = caught
                && self.is_require(called)
            {
                self.add(called, rest.first(), false, true);
            }
        }
        let certain = certain && !matches!(expr.kind, Kind::Binary(..));
        expr.each_child(&mut |child| self.expr(child, certain));
    }

    fn add(&mut self, require: &Expr, name: Option<&'a Expr>, certain: bool, caught: bool) {
        let module = name.and_then(|name| self.constant(self.function, name));
        let prefix = name.filter(|_| module.is_none());
        let prefix = prefix.map_or_else(String::new, |name| self.prefix(name));
        let folder = prefix.rfind(['.', '/']).map(|at| prefix[..=at].to_owned());
        self.found.push(Required {
            span: require.span,
            function: self.function,
            module,
            folder,
            certain,
            caught,
        });
    }

    /// What the text of an expression always begins with.
    fn prefix(&self, expr: &'a Expr) -> String {
        match (&expr.kind, self.constant(self.function, expr)) {
            (_, Some(text)) => text,
            (Kind::Concat(left, right), None) => match self.constant(self.function, left) {
                Some(text) => text + &self.prefix(right),
                None => self.prefix(left),
            },
            _ => String::new(),
        }
    }

    fn is_require(&self, expr: &Expr) -> bool {
        match &expr.kind {
            Kind::Global(name) => name == "require",
            Kind::Var(var) => match self.locals.get(var) {
                Some((_, value)) => matches!(&value.kind, Kind::Global(name) if name == "require"),
                None => false,
            },
            _ => false,
        }
    }

    /// The text that an expression in a function always is.
    fn constant(&self, function: FunctionId, expr: &'a Expr) -> Option<String> {
        match &expr.kind {
            Kind::Text(text) => text.clone(),
            Kind::Paren(inner) => self.constant(function, inner),
            // A file is given the name by which it is required.
            Kind::Vararg => {
                let named = function == FunctionId::CHUNK && !self.module.is_empty();
                named.then(|| self.module.to_owned())
            }
            Kind::Var(var) => {
                let (function, value) = self.locals.get(var)?;
                self.constant(*function, value)
            }
            Kind::Concat(left, right) => {
                Some(self.constant(function, left)? + &self.constant(function, right)?)
            }
            Kind::Binary(operator, left, right) => {
                match (self.constant(function, left), operator) {
                    (Some(text), BinaryOp::Or) => Some(text),
                    (Some(_), BinaryOp::And) => self.constant(function, right),
                    _ => None,
                }
            }
            Kind::Method(object, name, args) => {
                self.computed(name, &self.constant(function, object)?, args)
            }
            Kind::Call(callee, args) => {
                let Kind::Index(library, name) = &callee.kind else {
                    return None;
                };
                let of_string =
                    matches!(&library.kind, Kind::Global(library) if library == "string");
                let (text, rest) = args.split_first()?;
                match of_string {
                    true => self.computed(name.text()?, &self.constant(function, text)?, rest),
                    false => None,
                }
            }
            _ => None,
        }
    }

    /// The first value of a function of `string`, by which files find their folder's name.
    fn computed(&self, name: &str, text: &str, args: &[Expr]) -> Option<String> {
        if !matches!(name, "match" | "gsub" | "sub" | "lower" | "upper") {
            return None;
        }
        let lua = Lua::new_with(StdLib::STRING, LuaOptions::new()).ok()?;
        let mut values = vec![Value::String(lua.create_string(text).ok()?)];
        for arg in args {
            values.push(match &arg.kind {
                Kind::Text(Some(text)) => Value::String(lua.create_string(text).ok()?),
                _ => Value::Number(self.text.get(arg.span.start..arg.span.end)?.parse().ok()?),
            });
        }
        let library: mlua::Table = lua.globals().get("string").ok()?;
        let function: mlua::Function = library.get(name).ok()?;
        let result: mlua::MultiValue = function.call(mlua::MultiValue::from_vec(values)).ok()?;
        match result.front()? {
            Value::String(text) => Some(text.to_str().ok()?.to_owned()),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::requires;
    use crate::front::resolve::resolve;
    use crate::front::syntax::{Encoding, parse};

    /// A file's uses: what each names, `~` before what is not certain, `^` before what is caught.
    fn named(text: &str) -> Vec<String> {
        let tree = parse(text).ok().unwrap();
        let chunk = resolve(text, Encoding::Utf8, &tree);
        let found = requires(text, &chunk, "a.b");
        found
            .into_iter()
            .map(|r| {
                let mark = match (r.caught, r.certain) {
                    (true, _) => "^",
                    (false, true) => "",
                    (false, false) => "~",
                };
                let folder = r.folder.map(|folder| format!("{folder}*"));
                format!("{mark}{}", r.module.or(folder).unwrap_or_default())
            })
            .collect()
    }

    #[test]
    fn names_are_found() {
        for (text, expected) in [
            ("local x = require 'm'", &["m"][..]),
            ("require('m').f(require \"n\")", &["m", "n"]),
            ("if x then require 'm' end", &["~m"]),
            ("local x = y or require 'm'", &["~m"]),
            ("function f() return require 'm' end", &["~m"]),
            ("local ok, m = pcall(require, 'm')", &["^m"]),
            ("xpcall(require, print, 'm')", &["^m"]),
            ("local require = require require 'm'", &["m"]),
            ("local function f(require) require 'm' end", &[]),
            ("require(... .. '.c')", &["a.b.c"]),
            ("require((...):match('^(.-)[^%.]+$') .. 'c')", &["a.c"]),
            (
                "local P = (...):gsub('%.b$', '') local function f() require(P .. '.c') end",
                &["~a.c"],
            ),
            (
                "local P = ... or '' require(string.sub(P, 1, 2) .. 'd')",
                &["a.d"],
            ),
            ("local function f(...) require(...) end", &["~"]),
            ("local P = 'x.' P = 'y.' require(P .. 'c')", &[""]),
            ("function f(n) return require('x.y.' .. n) end", &["~x.y.*"]),
            (
                "function f(n) return require('x.' .. 'y_' .. n .. '.z') end",
                &["~x.*"],
            ),
            ("function f(n) return require(n .. '.z') end", &["~"]),
        ] {
            assert_eq!(named(text), expected, "{text}");
        }
    }
}
