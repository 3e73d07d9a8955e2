//! What became of the text of each route's handler, and why the rest stayed as it is written:
//! told for people, from what the phases before have found.

use crate::analyse::ctx_use::{Access, Member};
use crate::analyse::handlers::Handler;
use crate::analyse::lists::{candidates, lists};
use crate::analyse::responses::{Response, builder, response, with_header};
use crate::analyse::template::why_not;
use crate::analyse::waits::Target;
use crate::diagnostic::Position;
use crate::form::Form;
use crate::front::hir::{Expr, Kind, Span, Stmt};
use crate::front::ids::{FileId, FunctionRef, TextRange};
use crate::front::walk::expressions;
use crate::lower::expect::declared;
use crate::lower::lowered::{Answer, Lowered};
use crate::model::app::{App, Route};
use crate::model::facts::Facts;
use crate::sql::Checking;

/// A route's handler, and the functions that it passes its `ctx` to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Explained {
    /// Why all of it stays as it is written.
    pub kept: Option<&'static str>,
    /// Why it is called for each request.
    pub varies: Option<&'static str>,
    /// The calls that lead from it to a word that waits, the shortest way; empty where it does not
    /// wait, or the text does not show it.
    pub waits: Vec<Called>,
    /// The statements that it and the functions on its way give to databases.
    pub statements: Vec<ExplainedStatement>,
    /// Its parts, in the order of the text.
    pub parts: Vec<Explanation>,
}

/// A call of a database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExplainedStatement {
    /// Where the method's name stands.
    pub position: Position,
    /// The method.
    pub method: &'static str,
    /// The first line of the statement, or the table's name; empty where that is not seen.
    pub text: String,
    /// How much of it is checked in the build, and why not more.
    pub checked: Checking,
}

/// A call on the way to a word that waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Called {
    /// Where it stands.
    pub position: Position,
    /// What is called: a name, the word at the end.
    pub name: String,
}

/// A part of the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// Where it stands.
    pub position: Position,
    /// Its first line.
    pub text: String,
    /// What became of it.
    pub became: Became,
}

/// What became of a part of the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Became {
    /// It is read from the request, without a `ctx`.
    Read,
    /// It is checked by the schema that the compiler has evaluated.
    Checked {
        /// No table is made of what was checked; else why one is.
        table: Option<&'static str>,
    },
    /// A list that is written as JSON while it is filled.
    WrittenList,
    /// What a database gives: no tables are made of it; else why, and where that is seen.
    Rows(Option<(&'static str, Option<Position>)>),
    /// An answer that is written as JSON by the plan's template of that number, less one.
    Template(usize),
    /// An answer that is written part by part.
    Text,
    /// An answer that is written as a page.
    Page,
    /// It stays as it is written: why, and where that is seen.
    Kept(&'static str, Option<Position>),
}

/// Explains every route, in their order.
pub(crate) fn explain(facts: &Facts<'_>, app: &App, lowered: &Lowered) -> Vec<Explained> {
    let routes = app.routes.iter();
    routes
        .map(|route| route_of(facts, app, route, lowered))
        .collect()
}

fn route_of(facts: &Facts<'_>, app: &App, route: &Route, lowered: &Lowered) -> Explained {
    let Facts {
        sources, handlers, ..
    } = *facts;
    let Some(handler) = handlers.at(sources, &route.handler) else {
        return Explained {
            kept: Some("the program's text does not show the function"),
            ..Explained::default()
        };
    };
    let kept = match facts.form {
        Form::Reference => Some("the reference form is asked for"),
        Form::Specialised if handler.function.variadic => Some("it takes `...`"),
        Form::Specialised if !handler.only_handler => {
            Some("others may call it: it is in a variable, or the program reads the route")
        }
        Form::Specialised => None,
    };
    let hooked = !(route.before.is_empty() && route.after.is_empty());
    let varies = match handler.function.body.as_slice() {
        _ if route.needs.constant => None,
        _ if hooked => Some("its hooks run for each request"),
        [Stmt::Return(..)] => Some("what it returns is made of what may change"),
        _ => Some("it does more than return a value"),
    };
    let mut parts = Parts {
        facts,
        lowered,
        found: Vec::new(),
    };
    if kept.is_none() {
        parts.function(handler);
    }
    let hooks = route.before.iter().chain(&route.after);
    let hooks = hooks.map(|number| &app.path_hooks[*number].function);
    let hooks: Vec<Handler<'_>> = hooks
        .flat_map(|place| handlers.at(sources, place))
        .collect();
    if facts.form == Form::Specialised {
        let specialised = hooks
            .iter()
            .filter(|hook| hook.only_handler && !hook.function.variadic);
        specialised.for_each(|hook| parts.function(*hook));
    }
    let mut parts = parts.found;
    parts.sort_by(|a, b| a.position.cmp(&b.position));
    Explained {
        kept,
        varies,
        waits: [handler]
            .into_iter()
            .chain(hooks)
            .map(|function| way(facts, function.place()))
            .find(|way| !way.is_empty())
            .unwrap_or_default(),
        statements: statements(facts, handler.place()),
        parts,
    }
}

/// The calls of databases that a function comes to.
fn statements(facts: &Facts<'_>, function: FunctionRef) -> Vec<ExplainedStatement> {
    let reached = facts.statements.reached(function).into_iter();
    let told = reached.map(|(number, call)| {
        let text = match call.given.as_slice() {
            [] => "",
            [first, ..] => first.text.text.trim().lines().next().unwrap_or_default(),
        };
        ExplainedStatement {
            position: facts.sources.files[call.at.file].position(call.at.span.start),
            method: call.method,
            text: text.trim_end().to_owned(),
            checked: facts.checked_sql[number].clone(),
        }
    });
    told.collect()
}

/// The calls from a function to a word that waits.
pub(crate) fn way(facts: &Facts<'_>, function: FunctionRef) -> Vec<Called> {
    let steps = facts.waits.way(function).into_iter();
    let calls = steps.map(|step| {
        let TextRange { file, span } = step.at;
        let source = &facts.sources.files[file];
        let name = match &step.target {
            Target::Word(word) => format!("`{word}`"),
            Target::Function(_) => format!("`{}`", source.text_at(span)),
            Target::Template => "a template".to_owned(),
            Target::Loaded => "what a text was made into".to_owned(),
        };
        Called {
            position: source.position(span.start),
            name,
        }
    });
    calls.collect()
}

struct Parts<'a> {
    facts: &'a Facts<'a>,
    lowered: &'a Lowered,
    found: Vec<Explanation>,
}

impl<'a> Parts<'a> {
    /// A function that the runtime calls, with those that it passes its `ctx` to.
    fn function(&mut self, handler: Handler<'a>) {
        let Facts {
            sources, handlers, ..
        } = *self.facts;
        for function in handlers.reached(sources, handler) {
            self.reads(function);
        }
        self.lists(handler);
        self.results(handler);
        self.answers(handler, &handler.function.body);
    }

    fn push(&mut self, file: FileId, span: Span, became: Became) {
        let source = &self.facts.sources.files[file];
        let text = source.text_at(span).lines().next();
        self.found.push(Explanation {
            position: source.position(span.start),
            text: text.unwrap_or_default().trim().to_owned(),
            became,
        });
    }

    fn kept(&self, file: FileId, (why, at): (&'static str, Option<Span>)) -> Became {
        let source = &self.facts.sources.files[file];
        Became::Kept(why, at.map(|span| source.position(span.start)))
    }

    fn reads(&mut self, function: Handler<'a>) {
        let Handler { file, ctx, .. } = function;
        for member in &ctx.members {
            let span = place(member);
            let became = match (ctx.why_not_direct(member), &member.access) {
                (Some(why), _) => self.kept(file, why),
                // What the local is used for is told by itself.
                (None, Access::Alias(..)) => continue,
                (None, Access::Expect(..)) => Became::Checked {
                    table: self.why_table(function, span),
                },
                (None, _) => Became::Read,
            };
            self.push(file, span, became);
            if let (Access::Whole | Access::Body(_, None), Some(last)) =
                (&member.access, self.found.last_mut())
            {
                last.text = match member.called {
                    true => format!("ctx:{}()", member.name),
                    false => format!("ctx.{}", member.name),
                };
            }
        }
    }

    /// Why a table is made of what is checked at a place, if one is.
    fn why_table(&self, function: Handler<'_>, check: Span) -> Option<&'static str> {
        if self.lowered.held.contains(&function.file.range(check)) {
            return None;
        }
        let vars = &self.facts.sources.files[function.file].hir.vars;
        Some(match declared(&function.function.body, check) {
            None => "it is not the value of a local",
            Some(var) if vars[var].writes > 0 => "its local is assigned again",
            Some(_) => "it is more than read by name: kept, changed, passed on or returned",
        })
    }

    fn lists(&mut self, Handler { file, id, .. }: Handler<'a>) {
        let Facts {
            sources, handlers, ..
        } = *self.facts;
        let written = lists(sources, handlers, file, id);
        for (var, list) in candidates(sources, handlers, file, id) {
            // Where nothing is added it is no list.
            if list.items.is_empty() {
                continue;
            }
            let became = match written.contains_key(&var) {
                true => Became::WrittenList,
                false => self.kept(file, list.why_table()),
            };
            let name = &sources.files[file].hir.vars[var].name;
            self.push(file, list.declared, became);
            if let Some(last) = self.found.last_mut() {
                last.text = format!("{name} = {}", last.text);
            }
        }
    }

    fn results(&mut self, Handler { file, function, .. }: Handler<'a>) {
        let source = &self.facts.sources.files[file];
        let mut found = Vec::new();
        expressions(&function.body, &mut |expr| {
            if let Some(why) = self.lowered.results.get(&file.range(expr.span)) {
                let seen = |at: Option<Span>| at.map(|at| source.position(at.start));
                found.push((expr.span, why.map(|(why, at)| (why, seen(at)))));
            }
        });
        for (span, why) in found {
            self.push(file, span, Became::Rows(why));
        }
    }

    fn answers(&mut self, handler: Handler<'a>, block: &[Stmt]) {
        for stmt in block {
            match stmt {
                Stmt::Return(_, values) => match values.as_slice() {
                    [] => {}
                    [value] => {
                        let became = self.answer(handler.file, value);
                        self.push(handler.file, value.span, became);
                    }
                    [first, ..] => {
                        let why = ("the first of several values counts", None);
                        self.push(handler.file, first.span, self.kept(handler.file, why));
                    }
                },
                _ => stmt.parts(&mut |_| {}, &mut |inner| self.answers(handler, inner)),
            }
        }
    }

    fn answer(&self, file: FileId, value: &Expr) -> Became {
        match self.lowered.answers.get(&file.range(value.span)) {
            Some(Answer::Template(number)) => Became::Template(*number),
            Some(Answer::Text) => Became::Text,
            Some(Answer::Page) => Became::Page,
            None => match with_header(value) {
                Some((object, _)) => self.answer(file, object),
                None => Became::Kept(self.why_made(file, value), None),
            },
        }
    }

    /// Why an answer is made as a value of Lua's.
    fn why_made(&self, file: FileId, value: &Expr) -> &'static str {
        let servers = &self.facts.handlers.servers;
        let of_builder = |callee: &Expr| {
            builder(servers, file, callee).is_some() || servers.is_server(file, callee)
        };
        match response(servers, file, value) {
            Some(Response::Json(_, json)) => why_not(json),
            Some(Response::Error(..)) => "its message is no constant",
            Some(Response::Text(..)) => "it is one value, with nothing to put together",
            Some(Response::Template(..)) => "the template is not seen here",
            None => match &value.kind {
                Kind::Nil | Kind::Boolean(_) | Kind::Number(_) | Kind::Text(_) => {
                    "it is one value, with nothing to put together"
                }
                Kind::Call(callee, _) | Kind::Method(callee, ..) if of_builder(callee) => {
                    "the builder makes it when it is called"
                }
                Kind::Call(..) | Kind::Method(..) => "it is what a function gives",
                Kind::Var(_) => "what the variable holds is not seen here",
                Kind::Binary(..) => "it is one of several values",
                _ => "what it is is not seen here",
            },
        }
    }
}

/// The whole of a use of `ctx`.
fn place(member: &Member) -> Span {
    match member.access {
        Access::Field(span)
        | Access::Read(_, _, span)
        | Access::Alias(_, span)
        | Access::Expect(_, _, span)
        | Access::Body(_, Some(span)) => span,
        Access::Whole | Access::Own | Access::Set | Access::Body(_, None) => member.name_span,
    }
}
