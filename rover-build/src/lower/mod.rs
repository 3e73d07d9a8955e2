//! Rewrites the program's text before it becomes bytecode: the specialised program. Lines
//! never move, so that errors at run time name the manifest's own lines.
//!
//! What is found is `analyse`'s work; here it becomes edits of the text. Nothing is reported:
//! what cannot be rewritten stays as it is written.

mod edit;
pub(crate) mod expect;
pub(crate) mod lists;
pub(crate) mod lowered;
pub(crate) mod method;
pub(crate) mod pages;
pub(crate) mod precheck;
pub(crate) mod result_uses;
pub(crate) mod rows;
pub(crate) mod tails;
pub(crate) mod text;

use std::collections::{BTreeSet, HashMap, HashSet};

use rover_model::plan::{Part, Template, Text};

use crate::analyse::constructors::Orders;
use crate::analyse::ctx_use::{Access, Member, Source, Table};
use crate::analyse::handlers::{Handler, Handlers};
use crate::analyse::list_tables::rows;
use crate::analyse::lists::{Lists, is_list, lists};
use crate::analyse::names::Names;
use crate::analyse::responses::{Response, answered, response, with_header};
use crate::analyse::schemas::Guards;
use crate::analyse::template::{Known, error_template, list_template, template};
use crate::analyse::walked_rows::CellRead;
use crate::form::Form;
use crate::front::budget::checks;
use crate::front::hir::{Expr, Kind, Span, Stmt};
use crate::front::ids::{ById, FileId, TextRange};
use crate::front::literal::quoted;
use crate::front::load::Sources;
use crate::html::Templates;
use crate::lower::edit::Edits;
use crate::lower::lowered::{Answer, ListStep, Lowered, WhyTable};
use crate::lower::tails::tails;
use crate::model::app::App;
use crate::model::facts::Facts;

/// Makes the program that becomes bytecode, from what is known of the written one.
pub(crate) fn lower(facts: &Facts<'_>, app: &App, orders: &Orders) -> Lowered {
    let Facts {
        sources,
        names,
        guards,
        handlers,
        html,
        form,
        ..
    } = *facts;
    let mut lowering = Lowering {
        sources,
        names,
        handlers,
        html,
        rendered: HashSet::new(),
        guards,
        orders,
        holders: HashMap::new(),
        known: HashMap::new(),
        edits: sources.files.iter().map(|_| Edits::default()).collect(),
        closed: HashSet::new(),
        written: HashSet::new(),
        dropped: Vec::new(),
        templates: Vec::new(),
        steps: Vec::new(),
        pages: BTreeSet::new(),
        answers: HashMap::new(),
        results: HashMap::new(),
        kept_pages: HashSet::new(),
        cells: HashMap::new(),
    };
    lowering.missing_bodies(app, form);
    lowering.budgets();
    if form == Form::Specialised {
        let (mut done, mut read) = (HashSet::new(), HashSet::new());
        for place in app.functions() {
            if let Some(handler) = handlers.specialised(sources, place)
                && done.insert(handler.place())
            {
                let lists = lists(sources, handlers, handler.file, handler.id);
                // The handler comes last: its templates write what was checked in place.
                for function in handlers.reached(sources, handler).into_iter().rev() {
                    if read.insert(function.place()) {
                        let own = function.place() == handler.place();
                        let slots = own.then(|| lowering.slots(handler, &lists));
                        lowering.check_in_place(function, &slots.unwrap_or_default());
                        lowering.reads(function);
                        if !own {
                            lowering.known_reads(function);
                        }
                    }
                }
                lowering.results(handler);
                lowering.lists(handler.file, &lists);
                lowering.returns(handler, &handler.function.body, &lists);
                lowering.known_reads(handler);
            }
        }
    }
    if form == Form::Specialised {
        lowering.read_cells();
        lowering.html_components();
        lowering.html_values();
    }
    lowering.html_objects();
    let prechecks = app.routes.iter().map(|route| match form {
        // A hook answers before anything is checked.
        Form::Specialised if !route.before.is_empty() => None,
        Form::Specialised => lowering.precheck(handlers.specialised(sources, &route.handler)?),
        Form::Reference => None,
    });
    let prechecks = prechecks.collect();
    lowering.expecting();
    lowering.rows();
    lowering.tails(app);
    for (file, marks) in orders.marks.numbered() {
        for mark in marks {
            let at = mark.span.start;
            if !lowering.is_dropped(file, at) && !lowering.written.contains(&file.at(at)) {
                let (open, close) = match mark.argument {
                    true => ("(", "))"),
                    false => (" ", ")"),
                };
                let open = format!("{open}__rover.order({}, ", mark.number);
                lowering.edits[file].wrap(mark.span, open, close.to_owned());
            }
        }
    }
    let files = sources.files.iter().zip(lowering.edits);
    Lowered {
        texts: files
            .map(|(file, edits)| edits.apply(file.whole_text()))
            .collect(),
        templates: lowering.templates,
        steps: lowering.steps.into_iter().map(Into::into).collect(),
        pages: lowering.pages,
        prechecks,
        answers: lowering.answers,
        results: lowering.results,
        held: lowering.holders.into_keys().collect(),
    }
}

pub(crate) struct Lowering<'a> {
    pub(crate) sources: &'a Sources,
    pub(crate) names: &'a Names<'a>,
    pub(crate) handlers: &'a Handlers,
    pub(crate) html: &'a Templates<'a>,
    /// Uses of templates that became calls of the functions that render them.
    pub(crate) rendered: HashSet<TextRange>,
    pub(crate) guards: &'a Guards,
    pub(crate) orders: &'a Orders,
    /// The numbers of values that are checked in place, by the expression that checks.
    pub(crate) holders: HashMap<TextRange, usize>,
    /// Reads of values that a template may write, by file and place, with the calls that
    /// make them where none does.
    pub(crate) known: HashMap<TextRange, (Known, String)>,
    /// By file.
    edits: ById<FileId, Edits>,
    /// Calls that were written in parentheses.
    pub(crate) closed: HashSet<TextRange>,
    /// Constructors that became templates, by file and start.
    written: HashSet<TextRange>,
    /// Expressions that are gone, with what is in them.
    dropped: Vec<TextRange>,
    templates: Vec<Template>,
    pub(crate) steps: Vec<ListStep>,
    pages: BTreeSet<usize>,
    /// How returned values are written.
    pub(crate) answers: HashMap<TextRange, Answer>,
    /// The results of databases in handlers.
    results: HashMap<TextRange, Option<WhyTable>>,
    /// Pages that are given results of databases as the driver has left them.
    pub(crate) kept_pages: HashSet<TextRange>,
    /// Reads of columns of rows that are kept so, which a list may write.
    cells: HashMap<TextRange, CellRead>,
}

impl Lowering<'_> {
    /// In both forms: lists that are tables after all are `[]` when they are empty.
    fn rows(&mut self) {
        let found = rows(self.names, self.handlers);
        for (file, found) in found.numbered() {
            for &span in found {
                if !self.edits[file].replaces(span) && !self.is_dropped(file, span.start) {
                    self.replace(file, span.start, span.end, "__rover.rows()".to_owned());
                }
            }
        }
    }

    /// In both forms: errors of the runtime's functions name the line that calls them.
    fn tails(&mut self, app: &App) {
        let handlers = app.functions().filter_map(|place| {
            let handler = self.handlers.specialised(self.sources, place)?;
            Some(handler.place())
        });
        let handlers = handlers.collect();
        let found = tails(self.names, &self.handlers.servers, &handlers);
        for (file, found) in found.numbered() {
            for &span in found {
                let edits = &self.edits[file];
                let is_replaced = edits.is_inside(span.start)
                    || edits.is_inside(span.end)
                    || self.closed.contains(&file.range(span));
                if !is_replaced && !self.is_dropped(file, span.start) {
                    self.edits[file].wrap(span, "(".to_owned(), ")".to_owned());
                }
            }
        }
    }

    /// Whether what stands at a place is gone.
    pub(crate) fn is_dropped(&self, file: FileId, at: usize) -> bool {
        let mut dropped = self.dropped.iter();
        dropped.any(|of| of.file == file && (of.span.start..of.span.end).contains(&at))
    }

    /// Replaces a range, and keeps its line breaks.
    pub(crate) fn replace(&mut self, file: FileId, start: usize, end: usize, mut text: String) {
        let breaks = self.sources.files[file].breaks(Span { start, end });
        text.extend(std::iter::repeat_n('\n', breaks));
        self.edits[file].replace(start, end, text);
    }

    /// In both forms: what stops a handler is no matter of its form.
    fn budgets(&mut self) {
        for (number, file) in self.sources.files.numbered() {
            let (places, text) = checks(&file.ast);
            for at in places {
                self.edits[number].replace(at, at, text.to_owned());
            }
        }
    }

    /// `ctx:body():json()` becomes `ctx:body_or_400():json()`, and `b:json()` of a local that
    /// holds the body `__rover.or_400(b):json()`: a missing body is then the client's
    /// mistake, not an index of nil. A function whose first parameter is named
    /// like a handler's, handler or helper, is taken to get a `ctx`.
    fn missing_bodies(&mut self, app: &App, form: Form) {
        let first = |file: FileId, function: &crate::front::hir::Function| {
            let var = function.params.first()?;
            Some(self.sources.files[file].hir.vars[*var].name.clone())
        };
        let mut names = HashSet::new();
        let mut direct = HashSet::new();
        for place in app.functions() {
            if let Some(handler) = self.handlers.at(self.sources, place) {
                names.extend(first(handler.file, handler.function));
            }
            if let (Form::Specialised, Some(handler)) =
                (form, self.handlers.specialised(self.sources, place))
            {
                for function in self.handlers.reached(self.sources, handler) {
                    let members = function.ctx.members.iter();
                    let lowered = members.filter(|m| function.ctx.is_direct(m));
                    direct.extend(lowered.map(|m| function.file.at(m.name_span.start)));
                }
            }
        }
        let mut places = HashSet::new();
        for file in self.sources.files.ids() {
            for (function, uses) in self.handlers.all(self.sources, file) {
                if first(file, function).is_some_and(|name| names.contains(&name)) {
                    let bodies = uses.members.iter().filter(|m| {
                        matches!(
                            m.access,
                            Access::Body(..) | Access::Expect(Source::Body, ..)
                        )
                    });
                    places.extend(bodies.map(|m| (file, m.name_span, m.by_local)));
                }
            }
        }
        for (file, span, by_local) in places {
            match direct.contains(&file.at(span.start)) {
                true => {}
                false if by_local => {
                    self.edits[file].wrap(span, "__rover.or_400(".to_owned(), ")".to_owned());
                }
                false => self.edits[file].append(span, "_or_400".to_owned()),
            }
        }
    }

    /// Reads that need no `ctx`.
    fn reads(&mut self, handler: Handler<'_>) {
        let direct = |m: &&Member| handler.ctx.is_direct(m);
        for member in handler.ctx.members.iter().filter(direct) {
            let (span, text, part) = match &member.access {
                Access::Field(span) => {
                    let name = &member.name;
                    (*span, format!("__rover.{name}()"), field(name))
                }
                Access::Read(table, name, span) => {
                    let (function, name, part) = named(*table, name);
                    let text = format!("__rover.{function}({})", quoted(&name));
                    (*span, text, Some(part(name.into())))
                }
                Access::Alias(_, span) => (*span, "nil".to_owned(), None),
                Access::Body(method, Some(span)) => {
                    (*span, format!("__rover.body_{method}()"), None)
                }
                Access::Expect(source, schema, span) => {
                    self.dropped.push(handler.file.range(*span));
                    let source = *source as u8;
                    let text = match self.holders.get(&handler.file.range(*span)) {
                        Some(holder) => {
                            format!("__rover.check_in_place({source}, {schema}, {holder})")
                        }
                        None => format!("__rover.expect({source}, {schema})"),
                    };
                    (*span, text, None)
                }
                Access::Body(_, None) | Access::Whole | Access::Own | Access::Set => continue,
            };
            match part {
                Some(part) => {
                    let read = (Known::Part(part), text);
                    self.known.insert(handler.file.range(span), read);
                }
                None => self.replace(handler.file, span.start, span.end, text),
            }
        }
    }

    /// A template's number, from 1.
    fn number(&mut self, template: Template) -> usize {
        let known = self.templates.iter().position(|t| *t == template);
        known.unwrap_or_else(|| {
            self.templates.push(template);
            self.templates.len() - 1
        }) + 1
    }

    /// Returned constructors and lists.
    fn returns(&mut self, handler: Handler<'_>, block: &[Stmt], lists: &Lists<'_>) {
        for stmt in block {
            if let Stmt::Return(start, values) = stmt
                && let [value] = values.as_slice()
            {
                self.returned(handler.file, (*start, value), lists);
            }
            stmt.parts(&mut |_| {}, &mut |inner| {
                self.returns(handler, inner, lists)
            });
        }
    }

    /// Whether a value is written, with where its `return` stands; if not, it is as it was.
    fn returned(
        &mut self,
        file: FileId,
        (start, value): (usize, &Expr),
        lists: &Lists<'_>,
    ) -> bool {
        let is_list = |e: &Expr| is_list(lists, e);
        let servers = &self.handlers.servers;
        if let Some((object, [name, header])) = with_header(value)
            && let Some(Response::Json(..) | Response::Template(..)) =
                answered(servers, file, object)
        {
            return self.returned(file, (start, object), lists) && {
                let open = "(__rover.with_header(".to_owned();
                self.edits[file].wrap(value.span, open, "))".to_owned());
                self.replace(file, object.span.end, name.span.start, ", ".to_owned());
                self.replace(file, header.span.end, value.span.end, String::new());
                self.closed.insert(file.range(value.span));
                true
            };
        }
        if self.page(file, value) {
            self.answers.insert(file.range(value.span), Answer::Page);
            return true;
        }
        let found = match response(&self.handlers.servers, file, value) {
            Some(Response::Json(status, json)) => match is_list(json) {
                true => Some((list_template(status), vec![json])),
                false => {
                    let known = |e: &Expr| Some(self.known.get(&file.range(e.span))?.0.clone());
                    let found = template(json, status, &is_list, &known);
                    if let Some((_, slots)) = &found {
                        self.forget_marks(file, json, slots);
                        self.forget_known(file, json, slots);
                    }
                    found
                }
            },
            Some(Response::Text(status, kind, text)) => {
                self.text(file, (start, value), (status, kind, text));
                return true;
            }
            Some(Response::Template(..)) => return false,
            Some(Response::Error(status, message)) => {
                error_template(message, status).map(|template| (template, Vec::new()))
            }
            None => is_list(value).then(|| (list_template(0), vec![value])),
        };
        let Some((template, slots)) = found else {
            return false;
        };
        let number = self.number(template);
        self.answers
            .insert(file.range(value.span), Answer::Template(number));
        // Not a tail call: the handler's frame names the line of an error.
        let mut text = format!("(__rover.reply({number}");
        let mut from = value.span.start;
        for (at, slot) in slots.iter().enumerate() {
            text.push_str(", ");
            if is_list(slot) {
                text += &self.list_name(file, slot);
                continue;
            }
            let many = at + 1 == slots.len()
                && matches!(slot.kind, Kind::Call(..) | Kind::Method(..) | Kind::Vararg);
            text.push_str(if many { "(" } else { "" });
            self.replace(file, from, slot.span.start, std::mem::take(&mut text));
            from = slot.span.end;
            text.push_str(if many { ")" } else { "" });
        }
        text.push_str("))");
        self.replace(file, from, value.span.end, text);
        self.closed.insert(file.range(value.span));
        true
    }

    /// Reads of known values that no template writes.
    fn known_reads(&mut self, function: Handler<'_>) {
        let all = self.known.extract_if(|at, _| at.file == function.file);
        let all: Vec<_> = all.map(|(at, (_, text))| (at.span, text)).collect();
        for (span, text) in all {
            self.replace(function.file, span.start, span.end, text);
        }
    }

    /// Reads of known values that are part of a template are written by it.
    fn forget_known(&mut self, file: FileId, expr: &Expr, slots: &[&Expr]) {
        if slots.iter().any(|slot| slot.span == expr.span) {
            return;
        }
        self.known.remove(&file.range(expr.span));
        expr.each_child(&mut |child| self.forget_known(file, child, slots));
    }

    /// Constructors that are part of a template need no mark of their order.
    pub(crate) fn forget_marks(&mut self, file: FileId, expr: &Expr, slots: &[&Expr]) {
        if slots.iter().any(|slot| slot.span == expr.span) {
            return;
        }
        if matches!(expr.kind, Kind::Table(_)) {
            self.written.insert(file.at(expr.span.start));
        }
        expr.each_child(&mut |child| self.forget_marks(file, child, slots));
    }
}

/// The part of the request that a field of `ctx` is.
fn field(name: &str) -> Option<Part> {
    Part::of_field(name).cloned()
}

/// The function that reads a value of a table by its name, the name as that takes it, and
/// the part of the request that it is.
fn named(table: Table, name: &str) -> (&'static str, String, fn(Text) -> Part) {
    match table {
        Table::Params => ("param", name.to_owned(), Part::Param),
        Table::Query => ("query", name.to_owned(), Part::Query),
        Table::Headers => ("header", name.to_ascii_lowercase(), Part::Header),
        Table::Cookies => ("cookie", name.to_owned(), Part::Cookie),
    }
}
