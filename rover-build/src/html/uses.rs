//! Where a program uses templates.

use std::collections::HashSet;

use super::source::Origin;
use crate::analyse::names::Names;
use crate::analyse::responses::applied;
use crate::analyse::servers::ServerVars;
use crate::diagnostic::Diagnostic;
use crate::diagnostic::codes::templates::{missing, not_constant};
use crate::front::hir::{Expr, FunctionId, Kind, Span, Stmt, VarId};
use crate::front::ids::{FileId, TemplateId, TextRange};
use crate::front::load::Sources;

/// A template with its data: `api.html(data) [[...]]`, `rover.html(data) [[...]]`,
/// `page(data)` of a template file.
#[derive(Debug)]
pub(crate) struct Use<'a> {
    pub(crate) file: FileId,
    /// The whole expression.
    pub(crate) span: Span,
    pub(crate) origin: Origin,
    pub(crate) data: &'a Expr,
    pub(crate) argument: Argument,
    /// It gives a value, not a response.
    pub(crate) value: bool,
    /// Its data was given before: `local page = rover.html(data)`.
    pub(crate) later: bool,
    /// A statement begins with it: there, no expression in parentheses can stand.
    pub(crate) begins_statement: bool,
}

impl Use<'_> {
    pub(crate) fn range(&self) -> TextRange {
        self.file.range(self.span)
    }
}

/// The definition of a component that is seen: `function rover.html.card(props)`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Component<'a> {
    pub(crate) file: FileId,
    /// What it is assigned to: `rover.html.card`.
    pub(crate) target: Span,
    /// The last name of that.
    pub(crate) name: &'a str,
    pub(crate) function: FunctionId,
}

/// What stands where the template is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Argument {
    /// The template, or a variable that holds it; whether it stands in parentheses.
    Text(Span, bool),
    /// Something that is a template when the program runs.
    Template(Span),
}

pub(super) struct Found<'a> {
    pub(super) uses: Vec<Use<'a>>,
    pub(super) calls: Vec<(TextRange, Origin)>,
    /// Template files of which not every use is seen.
    pub(super) open: HashSet<TemplateId>,
    pub(super) components: Vec<Component<'a>>,
}

pub(super) fn find<'a>(
    names: &Names<'a>,
    servers: &ServerVars,
    diagnostics: &mut Vec<Diagnostic>,
) -> Found<'a> {
    let sources = names.sources;
    let mut finder = Finder {
        sources,
        names,
        servers,
        diagnostics,
        file: FileId::MANIFEST,
        statement: None,
        unapplied: Vec::new(),
        found: Found {
            uses: Vec::new(),
            calls: Vec::new(),
            open: HashSet::new(),
            components: Vec::new(),
        },
    };
    for (file, source) in sources.files.numbered() {
        finder.file = file;
        for function in &source.hir.functions {
            finder.block(&function.body);
        }
        let never = std::mem::take(&mut finder.unapplied).into_iter();
        finder.diagnostics.extend(never.map(|(_, problem)| problem));
    }
    finder.found
}

struct Finder<'a, 's> {
    sources: &'a Sources,
    names: &'s Names<'a>,
    servers: &'s ServerVars,
    diagnostics: &'s mut Vec<Diagnostic>,
    file: FileId,
    /// Where the statement begins that begins with an expression.
    statement: Option<usize>,
    /// Locals that take `api.html { ... }`, which a template must follow.
    unapplied: Vec<(VarId, Diagnostic)>,
    found: Found<'a>,
}

impl<'a> Finder<'a, '_> {
    /// A variable's value, where that is known.
    fn value(&self, expr: &'a Expr) -> &'a Expr {
        let value = expr.var().and_then(|var| self.names.value(self.file, var));
        value.unwrap_or(expr)
    }

    fn is_rover(&self, expr: &Expr, name: &str) -> bool {
        self.names.of_rover(self.file, expr) == Some(name)
    }

    /// The file of `rover.template "page.html"`.
    fn template_file(&self, expr: &'a Expr) -> Option<TemplateId> {
        let Kind::Call(callee, args) = &expr.kind else {
            return None;
        };
        let [name] = args.as_slice() else { return None };
        let name = name.text().filter(|_| self.is_rover(callee, "template"))?;
        self.sources.templates.find_id(|t| t.name == name)
    }

    fn block(&mut self, block: &'a [Stmt]) {
        for stmt in block {
            if let Stmt::Function(target, function) = stmt {
                self.component(target, *function);
            }
            let (mut exprs, mut blocks) = (Vec::new(), Vec::new());
            stmt.parts(&mut |e| exprs.push(e), &mut |b| blocks.push(b));
            let local = matches!(stmt, Stmt::Local(..));
            self.statement = match stmt {
                Stmt::Call(first) => Some(first.span.start),
                Stmt::Assign(targets, _) => targets.first().map(|first| first.span.start),
                _ => None,
            };
            if let Stmt::Local(vars, values) = stmt {
                self.unapplied_locals(vars, values);
            }
            for expr in exprs {
                match self.template_file(expr).filter(|_| local) {
                    Some(file) => self
                        .found
                        .calls
                        .push((self.file.range(expr.span), Origin::File(file))),
                    None => self.expr(expr),
                }
            }
            blocks.into_iter().for_each(|inner| self.block(inner));
        }
    }

    fn component(&mut self, target: &'a Expr, function: FunctionId) {
        let written = &self.sources.files[self.file].hir.functions[function];
        if let Kind::Index(object, key) = &target.kind
            && self.is_rover(object, "html")
            && let Some(name) = key.text()
            && !written.is_method
        {
            self.found.components.push(Component {
                file: self.file,
                target: target.span,
                name,
                function,
            });
        }
    }

    fn expr(&mut self, expr: &'a Expr) {
        if let Some(file) = self.template_file(expr) {
            self.found
                .calls
                .push((self.file.range(expr.span), Origin::File(file)));
            self.found.open.insert(file);
            return;
        }
        if let Kind::Var(_) = expr.kind
            && let Some(file) = self.template_file(self.value(expr))
        {
            self.found.open.insert(file);
        }
        if let Kind::Call(callee, args) = &expr.kind {
            if let (Some(file), [data]) = (
                self.template_file(self.value(callee))
                    .filter(|_| callee.var().is_some()),
                args.as_slice(),
            ) {
                self.push(
                    expr,
                    Origin::File(file),
                    data,
                    Argument::Template(callee.span),
                    true,
                );
                return self.expr(data);
            }
            if let [argument] = args.as_slice()
                && let Some((data, value)) = self.opened(callee)
            {
                self.applied(expr, data, argument, value);
                return self.expr_inside(callee);
            }
            if let ([argument], Some(var)) = (args.as_slice(), callee.var())
                && let Some((data, value)) = self.opened(self.value(callee))
                && let Kind::Text(Some(_)) = self.value(argument).kind
            {
                self.unapplied.retain(|(unapplied, _)| *unapplied != var);
                let from = self.found.uses.len();
                self.applied(expr, data, argument, value);
                self.found.uses[from..]
                    .iter_mut()
                    .for_each(|u| u.later = true);
                return;
            }
        }
        self.unapplied(expr);
        expr.each_child(&mut |child| self.expr(child));
    }

    fn expr_inside(&mut self, callee: &'a Expr) {
        callee.each_child(&mut |child| self.expr(child));
    }

    /// `api.html(data)`, `rover.html(data)`: the data, and whether it gives a value.
    fn opened(&self, expr: &'a Expr) -> Option<(&'a Expr, bool)> {
        if let Some((_, data)) = applied(self.servers, self.file, expr) {
            return Some((data, false));
        }
        match &expr.kind {
            Kind::Call(callee, args) if self.is_rover(callee, "html") => match args.as_slice() {
                [data] => Some((data, true)),
                _ => None,
            },
            _ => None,
        }
    }

    fn applied(&mut self, whole: &'a Expr, data: &'a Expr, argument: &'a Expr, value: bool) {
        let known = self.value(argument);
        let file = self.file;
        if let Kind::Text(Some(_)) = known.kind {
            let place = Argument::Text(argument.span, whole.has_brackets());
            return self.push(
                whole,
                Origin::Literal(file.range(known.span)),
                data,
                place,
                value,
            );
        }
        if let Some(number) = self.template_file(known) {
            if argument.var().is_none() {
                self.found
                    .calls
                    .push((file.range(argument.span), Origin::File(number)));
            }
            let place = Argument::Template(argument.span);
            return self.push(whole, Origin::File(number), data, place, value);
        }
        match &argument.kind {
            Kind::Var(_) | Kind::Call(..) | Kind::Method(..) | Kind::Index(..) => {
                self.expr(argument);
            }
            _ => {
                let position = self.sources.files[file].position(argument.span.start);
                self.diagnostics.push(not_constant::template(position));
                self.expr(argument);
            }
        }
    }

    fn push(
        &mut self,
        whole: &'a Expr,
        origin: Origin,
        data: &'a Expr,
        argument: Argument,
        value: bool,
    ) {
        self.found.uses.push(Use {
            file: self.file,
            span: whole.span,
            origin,
            data,
            argument,
            value,
            later: false,
            begins_statement: self.statement == Some(whole.span.start),
        });
    }

    /// `api.html { ... }` without its template; one that a local takes may still get it.
    fn unapplied(&mut self, expr: &'a Expr) {
        let in_local = |(var, _): &(VarId, Diagnostic)| {
            let value = self.names.value(self.file, *var);
            value.is_some_and(|value| value.span == expr.span)
        };
        if !self.unapplied.iter().any(in_local) {
            self.diagnostics.extend(self.without_template(expr));
        }
    }

    fn unapplied_locals(&mut self, vars: &'a [VarId], values: &'a [Expr]) {
        for (var, value) in vars.iter().zip(values) {
            let known = self.names.value(self.file, *var).is_some();
            let problem = self.without_template(value).filter(|_| known);
            self.unapplied
                .extend(problem.map(|problem| (*var, problem)));
        }
    }

    fn without_template(&self, expr: &'a Expr) -> Option<Diagnostic> {
        let (_, data) = applied(self.servers, self.file, expr)?;
        let position = self.sources.files[self.file].position(data.span.start);
        matches!(data.kind, Kind::Table(_)).then(|| missing::after_data(position))
    }
}
