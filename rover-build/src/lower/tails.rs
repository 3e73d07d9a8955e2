//! Tail calls of the runtime's functions, which are written as calls that return. LuaJIT drops
//! the frame of a function that ends with a tail call, and with it the line that an error of
//! what is called would name: `return api.text(x):header(name, value)`. In both forms.
//!
//! Where more than one value may come, or where what is called may be the program's own, the call
//! stays as it is: parentheses cut off all values but the first, and a recursion by tail calls
//! has no end that the stack would set.

use std::collections::HashSet;

use crate::analyse::names::Names;
use crate::analyse::responses::builder;
use crate::analyse::servers::ServerVars;
use crate::front::hir::{Expr, Kind, Span, Stmt, VarId};
use crate::front::ids::{ById, FileId, FunctionRef};
use crate::model::check::Written;
use crate::vocabulary::{BODY, is_builder, is_checked, is_of_response, word};

/// Functions of the runtime that give one value always.
const OF_ROVER: [&str; 6] = [
    "rover.array",
    "rover.db",
    "rover.guard",
    "rover.html",
    "rover.json.decode",
    "rover.json.encode",
];

/// The same of the library. `error` gives none, as it never returns.
const OF_THE_LIBRARY: [&str; 39] = [
    "error",
    "getmetatable",
    "ipairs",
    "rawget",
    "rawlen",
    "require",
    "setmetatable",
    "tonumber",
    "tostring",
    "math.abs",
    "math.ceil",
    "math.floor",
    "math.fmod",
    "math.log",
    "math.max",
    "math.min",
    "math.pow",
    "math.random",
    "math.sqrt",
    "bit.band",
    "bit.bnot",
    "bit.bor",
    "bit.bxor",
    "bit.lshift",
    "bit.rshift",
    "bit.tobit",
    "bit.tohex",
    "os.date",
    "os.time",
    "string.char",
    "string.format",
    "string.len",
    "string.lower",
    "string.rep",
    "string.reverse",
    "string.sub",
    "string.upper",
    "table.concat",
    "table.move",
];

/// What gives another number of values: a handler's first one counts.
const IN_HANDLERS: [&str; 11] = [
    "assert",
    "next",
    "select",
    "unpack",
    "string.byte",
    "string.find",
    "string.gmatch",
    "string.gsub",
    "string.match",
    "table.remove",
    "table.sort",
];

/// Methods of a database that give one value.
const OF_A_DATABASE: [&str; 8] = [
    "all", "delete", "exec", "insert", "one", "update", "upsert", "value",
];

/// The tables of these.
const LIBRARIES: [&str; 7] = [
    "bit",
    "math",
    "os",
    "rover",
    "rover.json",
    "string",
    "table",
];

/// What only reads a table that it is given.
const READERS: [&str; 5] = ["ipairs", "next", "pairs", "rawget", "type"];

struct Tails<'a> {
    names: &'a Names<'a>,
    servers: &'a ServerVars,
    written: Written<'a>,
    /// Members of the libraries that the program assigns: `string.upper`.
    replaced: HashSet<String>,
    /// Libraries that the program gives away, or writes into by a computed key.
    open: HashSet<String>,
    /// Functions that only the runtime calls: it takes one value of them.
    handlers: &'a HashSet<FunctionRef>,
}

/// The places of the calls, by file.
pub(crate) fn tails(
    names: &Names<'_>,
    servers: &ServerVars,
    handlers: &HashSet<FunctionRef>,
) -> ById<FileId, Vec<Span>> {
    let sources = names.sources;
    let mut tails = Tails {
        names,
        servers,
        written: Written::find(sources),
        replaced: HashSet::new(),
        open: HashSet::new(),
        handlers,
    };
    for (file, source) in sources.files.numbered() {
        for function in &source.hir.functions {
            statements(&function.body, &mut |stmt| tails.uses(file, stmt));
        }
    }
    let files = sources.files.numbered();
    files
        .map(|(file, source)| {
            let mut found = Vec::new();
            for (id, function) in source.hir.functions.numbered() {
                let place = file.function(id);
                let ctx = tails
                    .handlers
                    .contains(&place)
                    .then(|| function.params.first());
                statements(&function.body, &mut |stmt| {
                    if let Stmt::Return(_, values) = stmt
                        && let [value] = values.as_slice()
                        && tails.is_one(file, value, ctx.map(|ctx| ctx.copied()))
                    {
                        found.push(value.span);
                    }
                });
            }
            found
        })
        .collect()
}

fn statements<'a>(block: &'a [Stmt], f: &mut dyn FnMut(&'a Stmt)) {
    for stmt in block {
        f(stmt);
        stmt.parts(&mut |_| {}, &mut |inner| statements(inner, f));
    }
}

impl<'a> Tails<'a> {
    /// Whether an expression is a call that may be cut to one value. In a handler there is a
    /// variable of its `ctx`, if it takes one.
    fn is_one(&self, file: FileId, expr: &'a Expr, handler: Option<Option<VarId>>) -> bool {
        if !matches!(expr.kind, Kind::Call(..) | Kind::Method(..)) {
            return false;
        }
        if self.is_response(file, expr) || self.is_schema(file, expr) || self.is_html(file, expr) {
            return true;
        }
        match &expr.kind {
            Kind::Call(callee, _) => self.name(file, callee).is_some_and(|name| {
                let name = name.as_str();
                OF_ROVER.contains(&name)
                    || OF_THE_LIBRARY.contains(&name)
                    || handler.is_some() && IN_HANDLERS.contains(&name)
            }),
            Kind::Method(object, method, _)
                if OF_A_DATABASE.contains(&method.as_str()) && self.is_database(file, object) =>
            {
                true
            }
            Kind::Method(object, method, _) => handler
                .flatten()
                .is_some_and(|ctx| word(BODY, method).is_some() && self.is_part(file, object, ctx)),
            _ => false,
        }
    }

    /// The name of what the library or `rover` has: `string.upper`, also through a local.
    fn path(&self, file: FileId, expr: &'a Expr) -> Option<String> {
        match &self.names.followed(file, expr).kind {
            Kind::Global(name) => Some(name.clone()),
            Kind::Index(object, key) => {
                Some(format!("{}.{}", self.path(file, object)?, key.text()?))
            }
            _ => None,
        }
    }

    /// The same where the program leaves it as it is.
    fn name(&self, file: FileId, expr: &'a Expr) -> Option<String> {
        let path = self.path(file, expr)?;
        let parts = path.match_indices('.').map(|(at, _)| &path[..at]);
        let kept = !self.written.any_global
            && !self.written.globals.contains(path.split('.').next()?)
            && !parts.clone().any(|part| self.open.contains(part))
            && !parts
                .chain([path.as_str()])
                .any(|part| self.replaced.contains(part));
        kept.then_some(path)
    }

    fn library(&self, file: FileId, expr: &'a Expr) -> Option<String> {
        let path = self.path(file, expr)?;
        LIBRARIES.contains(&path.as_str()).then_some(path)
    }

    /// Notes what a statement does to libraries.
    fn uses(&mut self, file: FileId, stmt: &'a Stmt) {
        let (targets, values): (&'a [Expr], &'a [Expr]) = match stmt {
            Stmt::Local(vars, values) => {
                for (at, value) in values.iter().enumerate() {
                    let followed = vars.get(at).is_some_and(|var| {
                        let given = self.names.value(file, *var);
                        given.is_some_and(|given| std::ptr::eq(given, value))
                    });
                    if !followed || self.library(file, value).is_none() {
                        self.used(file, value);
                    }
                }
                return;
            }
            Stmt::Assign(targets, values) => (targets, values),
            Stmt::Function(target, _) => (std::slice::from_ref(target), &[]),
            _ => return stmt.parts(&mut |expr| self.used(file, expr), &mut |_| {}),
        };
        for target in targets {
            if let Kind::Index(object, key) = &target.kind
                && let Some(library) = self.library(file, object)
            {
                match key.text() {
                    Some(name) => self.replaced.insert(format!("{library}.{name}")),
                    None => self.open.insert(library),
                };
            }
            target.each_child(&mut |child| self.member_of(file, child));
        }
        values.iter().for_each(|value| self.used(file, value));
    }

    /// Notes where a library is more than the table of which a member is named.
    fn used(&mut self, file: FileId, expr: &'a Expr) {
        if let Some(library) = self.library(file, expr) {
            self.open.insert(library);
            return;
        }
        match &expr.kind {
            Kind::Index(object, key) => {
                self.member_of(file, object);
                self.used(file, key);
            }
            Kind::Call(callee, args) if matches!(&callee.kind, Kind::Global(name) if READERS.contains(&name.as_str())) =>
            {
                args.iter().for_each(|arg| self.member_of(file, arg));
            }
            Kind::Method(object, _, args) => {
                self.member_of(file, object);
                args.iter().for_each(|arg| self.used(file, arg));
            }
            _ => expr.each_child(&mut |child| self.used(file, child)),
        }
    }

    fn member_of(&mut self, file: FileId, object: &'a Expr) {
        if self.library(file, object).is_none() {
            self.used(file, object);
        }
    }

    /// `api.json(...)`, `api.text(...):header(...)`, `api.html(data) [[...]]`.
    fn is_response(&self, file: FileId, expr: &'a Expr) -> bool {
        match &self.names.followed(file, expr).kind {
            Kind::Call(callee, _) => {
                builder(self.servers, file, callee).is_some() || self.is_response(file, callee)
            }
            Kind::Method(object, name, _) => {
                self.servers.is_server(file, object) && is_builder(name)
                    || builder(self.servers, file, object).is_some()
                    || is_of_response(name) && self.is_response(file, object)
            }
            _ => false,
        }
    }

    /// `g:string()`, `g.string():len(1)`.
    fn is_schema(&self, file: FileId, expr: &'a Expr) -> bool {
        let is_guard = |e| self.name(file, e).as_deref() == Some("rover.guard");
        match &self.names.followed(file, expr).kind {
            Kind::Call(callee, _) => {
                let Kind::Index(object, _) = &callee.kind else {
                    return false;
                };
                is_guard(object)
            }
            Kind::Method(object, _, _) => is_guard(object) || self.is_schema(file, object),
            _ => false,
        }
    }

    /// What `rover.db` gives, where the program leaves that as it is.
    fn is_database(&self, file: FileId, expr: &'a Expr) -> bool {
        let opens = self.names.database(file, expr);
        opens.is_some_and(|opens| self.name(file, opens).as_deref() == Some("rover.db"))
    }

    /// `rover.html(data) [[...]]`, `page(data)` of a template file.
    fn is_html(&self, file: FileId, expr: &'a Expr) -> bool {
        let Kind::Call(callee, _) = &expr.kind else {
            return false;
        };
        let Kind::Call(maker, _) = &self.names.followed(file, callee).kind else {
            return false;
        };
        let maker = self.name(file, maker);
        matches!(maker.as_deref(), Some("rover.html" | "rover.template"))
    }

    /// `ctx:body()`, `ctx:query()`, `ctx:params()`.
    fn is_part(&self, file: FileId, expr: &'a Expr, ctx: VarId) -> bool {
        match &self.names.followed(file, expr).kind {
            Kind::Method(object, name, _) => object.var() == Some(ctx) && is_checked(name),
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vocabulary::GLOBALS;

    #[test]
    fn what_is_cut_to_one_value_is_a_word() {
        let all = [&OF_ROVER[..], &OF_THE_LIBRARY, &IN_HANDLERS];
        for path in all.into_iter().flatten() {
            let (owner, name) = path.rsplit_once('.').unwrap_or((GLOBALS, path));
            assert!(word(owner, name).is_some(), "{path}");
        }
    }
}
