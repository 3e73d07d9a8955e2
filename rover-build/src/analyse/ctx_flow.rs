//! Functions that handlers pass their `ctx` to, in their own file or in a module: where all
//! uses of such a function are calls with a request's `ctx`, it is as if its text stood in
//! the handler.

use std::collections::{HashMap, HashSet};

use crate::analyse::servers::required;
use crate::front::hir::{Chunk, Expr, FunctionId, Kind, Place, Stmt, VarId};
use crate::front::load::Sources;

/// What names of a program are functions that nothing assigns again.
pub(crate) struct Helpers {
    /// Local functions by file and variable.
    locals: HashMap<(usize, VarId), FunctionId>,
    /// The functions of modules: `function M.name` in a file that returns `M`.
    exports: HashMap<(usize, String), FunctionId>,
    /// The same, those included that another file may replace.
    written: HashMap<(usize, String), FunctionId>,
    /// Locals that hold a module's table, in its own file or by `require`.
    tables: HashMap<(usize, VarId), usize>,
    /// Locals that hold the table that a module's function gives: `require "m" (api)`. Each
    /// call makes another, so this is for what is shown to people.
    made: HashMap<(usize, VarId), usize>,
    /// The files of modules, by name.
    files: HashMap<String, usize>,
    /// Parameters that are always a request's `ctx`.
    ctx: HashSet<(usize, VarId)>,
}

/// The table that a body makes, fills and returns.
fn returned_table(chunk: &Chunk, body: &[Stmt]) -> Option<VarId> {
    let Some(Stmt::Return(_, values)) = body.last() else {
        return None;
    };
    let [value] = values.as_slice() else {
        return None;
    };
    let table = value.var()?;
    let empty = body.iter().any(|stmt| {
        matches!(stmt, Stmt::Local(vars, values)
        if vars.as_slice() == [table]
            && matches!(values.as_slice(), [Expr { kind: Kind::Table(fields), .. }] if fields.is_empty()))
    });
    (empty && chunk.vars[table.0].writes == 0).then_some(table)
}

/// The functions that a block puts into a table, each once and not in a block inside.
fn exported(file: usize, body: &[Stmt], table: VarId) -> HashMap<(usize, String), FunctionId> {
    let mut exports = HashMap::new();
    let mut seen = HashSet::new();
    for stmt in body {
        let (targets, function) = match stmt {
            Stmt::Function(target, function) => (std::slice::from_ref(target), Some(*function)),
            Stmt::Assign(targets, values) => match (targets.as_slice(), values.as_slice()) {
                (
                    [_],
                    [
                        Expr {
                            kind: Kind::Function(function),
                            ..
                        },
                    ],
                ) => (targets.as_slice(), Some(*function)),
                _ => (targets.as_slice(), None),
            },
            _ => continue,
        };
        for target in targets {
            if let Kind::Index(object, key) = &target.kind
                && object.var() == Some(table)
                && let Some(name) = key.text()
            {
                let name = (file, name.to_owned());
                match (seen.insert(name.clone()), function) {
                    (true, Some(function)) => exports.insert(name, function),
                    _ => exports.remove(&name),
                };
            }
        }
    }
    exports
}

/// A call of a known function.
struct Call {
    callee: Place,
    /// The function around it.
    caller: Place,
    args: Vec<Option<VarId>>,
}

impl Helpers {
    /// `handlers` are functions that only the runtime calls.
    pub(crate) fn find(sources: &Sources, handlers: &HashSet<Place>) -> Self {
        let mut helpers = Helpers {
            locals: HashMap::new(),
            exports: HashMap::new(),
            written: HashMap::new(),
            tables: HashMap::new(),
            made: HashMap::new(),
            files: HashMap::new(),
            ctx: HashSet::new(),
        };
        let files = sources.files.iter().enumerate();
        helpers.files = files
            .flat_map(|(at, file)| file.modules.iter().map(move |module| (module.clone(), at)))
            .collect();
        helpers.modules(sources);
        for (file, source) in sources.files.iter().enumerate() {
            for function in &source.hir.functions {
                helpers.local_functions(file, &source.hir, &function.body);
            }
        }
        let mut scan = Scan {
            helpers: &helpers,
            calls: Vec::new(),
            kept: HashSet::new(),
            open: HashSet::new(),
            inner: 0,
        };
        for (file, source) in sources.files.iter().enumerate() {
            for (id, function) in source.hir.functions.iter().enumerate() {
                scan.block((file, FunctionId(id)), &function.body);
            }
        }
        let Scan {
            calls,
            mut kept,
            open,
            ..
        } = scan;
        let open_exports = helpers
            .exports
            .iter()
            .filter(|((file, _), _)| open.contains(file));
        kept.extend(open_exports.map(|((file, _), function)| (*file, *function)));
        helpers.written = helpers.exports.clone();
        helpers.made(sources);
        helpers.exports.retain(|(file, _), _| !open.contains(file));
        helpers.prove(sources, handlers, &calls, &kept);
        helpers
    }

    /// The function that a call's callee is.
    pub(crate) fn target(&self, file: usize, callee: &Expr) -> Option<Place> {
        self.among(&self.exports, file, callee)
    }

    /// The function that a callee is as the text has it: for what is shown to people.
    pub(crate) fn written(&self, file: usize, callee: &Expr) -> Option<Place> {
        if let Kind::Index(object, key) = &callee.kind
            && let Some(name) = key.text()
        {
            return self.written_in(file, object, name);
        }
        self.among(&self.written, file, callee)
    }

    /// The function that `object:method` calls, where the object is a module, as the text
    /// has it.
    pub(crate) fn written_in(&self, file: usize, object: &Expr, method: &str) -> Option<Place> {
        let name = (file, object.var()?);
        let module = *self.tables.get(&name).or_else(|| self.made.get(&name))?;
        let function = self.written.get(&(module, method.to_owned()))?;
        Some((module, *function))
    }

    fn among(
        &self,
        exports: &HashMap<(usize, String), FunctionId>,
        file: usize,
        callee: &Expr,
    ) -> Option<Place> {
        match &callee.kind {
            Kind::Var(var) => Some((file, *self.locals.get(&(file, *var))?)),
            Kind::Index(object, key) => {
                let module = *self.tables.get(&(file, object.var()?))?;
                let name = (module, key.text()?.to_owned());
                Some((module, *exports.get(&name)?))
            }
            _ => None,
        }
    }

    /// The parameter of a function that is always a request's `ctx`.
    pub(crate) fn ctx_of(&self, sources: &Sources, (file, function): Place) -> Option<VarId> {
        let params = &sources.files[file].hir.functions[function.0].params;
        let mut params = params.iter().copied();
        params.find(|param| self.ctx.contains(&(file, *param)))
    }

    /// Where a call gives a `ctx` to a function that takes it as one, the function.
    pub(crate) fn passed(
        &self,
        sources: &Sources,
        file: usize,
        callee: &Expr,
        argument: usize,
    ) -> Option<Place> {
        let target = self.target(file, callee)?;
        let params = &sources.files[target.0].hir.functions[target.1.0].params;
        let param = *params.get(argument)?;
        (self.ctx_of(sources, target) == Some(param)).then_some(target)
    }

    /// `local M = {}`, `function M.name() end`, `return M`; `local m = require "m"`.
    fn modules(&mut self, sources: &Sources) {
        for (file, source) in sources.files.iter().enumerate() {
            let body = &source.hir.functions[0].body;
            if let Some(table) = returned_table(&source.hir, body) {
                self.tables.insert((file, table), file);
                self.exports.extend(exported(file, body, table));
            }
        }
        for (file, source) in sources.files.iter().enumerate() {
            for function in &source.hir.functions {
                self.requires(file, &source.hir, &function.body);
            }
        }
    }

    /// `return function(api) local M = {} ... return M end`, and `local m = require "m" (api)`.
    fn made(&mut self, sources: &Sources) {
        for (file, source) in sources.files.iter().enumerate() {
            let Some(function) = source.hir.returned_function() else {
                continue;
            };
            let body = &source.hir.functions[function.0].body;
            if let Some(table) = returned_table(&source.hir, body) {
                self.made.insert((file, table), file);
                let exports = exported(file, body, table);
                self.written.extend(exports);
            }
        }
        for (file, source) in sources.files.iter().enumerate() {
            for function in &source.hir.functions {
                self.made_by(file, &source.hir, &function.body);
            }
        }
    }

    fn made_by(&mut self, file: usize, chunk: &Chunk, block: &[Stmt]) {
        for stmt in block {
            if let Stmt::Local(vars, values) = stmt {
                for (var, value) in vars.iter().zip(values) {
                    if let Kind::Call(module, _) = &value.kind
                        && let Some(module) = required(module)
                        && let (Some(module), 0) =
                            (self.files.get(module), chunk.vars[var.0].writes)
                    {
                        self.made.insert((file, *var), *module);
                    }
                }
            }
            stmt.parts(&mut |_| {}, &mut |inner| {
                self.made_by(file, chunk, inner);
            });
        }
    }

    fn requires(&mut self, file: usize, chunk: &Chunk, block: &[Stmt]) {
        for stmt in block {
            if let Stmt::Local(vars, values) = stmt {
                for (var, value) in vars.iter().zip(values) {
                    let module = required(value).and_then(|name| self.files.get(name).copied());
                    if let (Some(module), 0) = (module, chunk.vars[var.0].writes) {
                        self.tables.insert((file, *var), module);
                    }
                }
            }
            stmt.parts(&mut |_| {}, &mut |inner| {
                self.requires(file, chunk, inner);
            });
        }
    }

    /// `local function f() end`, `local f = function() end`
    fn local_functions(&mut self, file: usize, chunk: &Chunk, block: &[Stmt]) {
        for stmt in block {
            match stmt {
                Stmt::LocalFunction(var, function) if chunk.vars[var.0].writes == 0 => {
                    self.locals.insert((file, *var), *function);
                }
                Stmt::Local(vars, values) => {
                    for (var, value) in vars.iter().zip(values) {
                        if let (Kind::Function(function), 0) =
                            (&value.kind, chunk.vars[var.0].writes)
                        {
                            self.locals.insert((file, *var), *function);
                        }
                    }
                }
                _ => {}
            }
            stmt.parts(&mut |_| {}, &mut |inner| {
                self.local_functions(file, chunk, inner)
            });
        }
    }

    /// Takes every parameter that some call gives a `ctx` for one, then leaves out those
    /// that some call gives something else.
    fn prove(
        &mut self,
        sources: &Sources,
        handlers: &HashSet<Place>,
        calls: &[Call],
        kept: &HashSet<Place>,
    ) {
        let function = |(file, id): Place| &sources.files[file].hir.functions[id.0];
        let steady = |(file, var): (usize, VarId)| sources.files[file].hir.vars[var.0].writes == 0;
        for place in handlers {
            let first = function(*place).params.first().map(|var| (place.0, *var));
            self.ctx.extend(first.filter(|var| steady(*var)));
        }
        let own = self.ctx.clone();
        // Whether an argument is the `ctx` of the function that makes the call.
        let is_ctx = |ctx: &HashSet<(usize, VarId)>, call: &Call, argument: Option<VarId>| {
            argument.is_some_and(|var| {
                ctx.contains(&(call.caller.0, var)) && function(call.caller).params.contains(&var)
            })
        };
        loop {
            let before = self.ctx.len();
            for call in calls.iter().filter(|call| !kept.contains(&call.callee)) {
                let params = &function(call.callee).params;
                for (param, argument) in params.iter().zip(&call.args) {
                    let param = (call.callee.0, *param);
                    if steady(param) && is_ctx(&self.ctx, call, *argument) {
                        self.ctx.insert(param);
                    }
                }
            }
            if self.ctx.len() == before {
                break;
            }
        }
        loop {
            let refuted: Vec<(usize, VarId)> = calls
                .iter()
                .flat_map(|call| {
                    let params = function(call.callee).params.iter().enumerate();
                    params.filter_map(|(at, param)| {
                        let argument = call.args.get(at).copied().flatten();
                        let param = (call.callee.0, *param);
                        (self.ctx.contains(&param) && !is_ctx(&self.ctx, call, argument))
                            .then_some(param)
                    })
                })
                .filter(|param| !own.contains(param))
                .collect();
            if refuted.is_empty() {
                return;
            }
            self.ctx.retain(|param| !refuted.contains(param));
        }
    }
}

/// Looks at every use of functions and of modules.
struct Scan<'h> {
    helpers: &'h Helpers,
    calls: Vec<Call>,
    /// Functions that are used other than by calling them.
    kept: HashSet<Place>,
    /// Modules whose table is used other than by calling what is in it.
    open: HashSet<usize>,
    /// How many blocks of the function are around.
    inner: usize,
}

impl Scan<'_> {
    fn block(&mut self, place: Place, block: &[Stmt]) {
        let top = place.1 == FunctionId(0) && self.inner == 0;
        for (at, stmt) in block.iter().enumerate() {
            match stmt {
                // What a module returns, and what it puts into its table.
                Stmt::Return(_, values) if top && at + 1 == block.len() => {
                    for value in values {
                        if !self.is_table(place.0, value) {
                            self.expr(place, value);
                        }
                    }
                    continue;
                }
                Stmt::Function(target, _) => {
                    self.target(place, target);
                    continue;
                }
                Stmt::Assign(targets, values) => {
                    targets.iter().for_each(|target| self.target(place, target));
                    values.iter().for_each(|value| self.expr(place, value));
                    continue;
                }
                Stmt::Local(vars, values) => {
                    for (at, value) in values.iter().enumerate() {
                        let table = |var| self.helpers.tables.contains_key(&(place.0, var));
                        let known = vars.get(at).copied().is_some_and(table);
                        if !known || required(value).is_none() {
                            self.expr(place, value);
                        }
                    }
                    continue;
                }
                _ => {}
            }
            let (mut exprs, mut blocks) = (Vec::new(), Vec::new());
            stmt.parts(&mut |e| exprs.push(e), &mut |b| blocks.push(b));
            exprs.into_iter().for_each(|e| self.expr(place, e));
            self.inner += 1;
            blocks.into_iter().for_each(|b| self.block(place, b));
            self.inner -= 1;
        }
    }

    fn is_table(&self, file: usize, expr: &Expr) -> bool {
        let table = expr
            .var()
            .and_then(|var| self.helpers.tables.get(&(file, var)));
        table.is_some()
    }

    /// What is assigned to. A module's own file fills its table at its top; elsewhere
    /// anything may become of it.
    fn target(&mut self, place: Place, target: &Expr) {
        match &target.kind {
            Kind::Index(object, key) if self.is_table(place.0, object) => {
                let table = object
                    .var()
                    .and_then(|var| self.helpers.tables.get(&(place.0, var)));
                let top = place.1 == FunctionId(0) && self.inner == 0;
                let fills = table == Some(&place.0) && top;
                if !fills || key.text().is_none() {
                    self.open.extend(table);
                }
                self.expr(place, key);
            }
            Kind::Index(object, key) => {
                self.expr(place, object);
                self.expr(place, key);
            }
            _ => {}
        }
    }

    fn expr(&mut self, place: Place, expr: &Expr) {
        let file = place.0;
        match &expr.kind {
            Kind::Call(callee, args) => {
                if let Some(target) = self.helpers.target(file, callee) {
                    self.calls.push(Call {
                        callee: target,
                        caller: place,
                        args: args.iter().map(Expr::var).collect(),
                    });
                } else if let Kind::Global(name) = &callee.kind
                    && name == "require"
                {
                    self.unknown_require(expr);
                } else {
                    self.expr(place, callee);
                }
                args.iter().for_each(|arg| self.expr(place, arg));
            }
            Kind::Index(object, key) if self.is_table(file, object) && key.text().is_some() => {
                self.kept.extend(self.helpers.target(file, expr));
            }
            Kind::Var(var) => {
                self.kept.extend(self.helpers.target(file, expr));
                self.open.extend(self.helpers.tables.get(&(file, *var)));
            }
            // A global `require` that is passed on could give any module.
            Kind::Global(name) if matches!(name.as_str(), "require" | "_G" | "package") => {
                self.open_all()
            }
            _ => expr.each_child(&mut |child| self.expr(place, child)),
        }
    }

    /// A module that is no local's: what is done with it is not followed.
    fn unknown_require(&mut self, expr: &Expr) {
        match required(expr) {
            Some(name) => self.open.extend(self.helpers.files.get(name)),
            None => self.open_all(),
        }
    }

    fn open_all(&mut self) {
        let tables = self.helpers.tables.values();
        self.open.extend(tables);
    }
}
