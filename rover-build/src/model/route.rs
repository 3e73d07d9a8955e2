//! From one recorded assignment to a route, and the rules that routes must keep.

use rover_model::plan::Needs;
use rover_model::{HOOKS, Method};

use crate::analyse::ctx_use::{Access, Source, Table};
use crate::analyse::types::{BodyType, Headers, ReturnType};
use crate::collect::{Entry, HookEntry, OwnHook, Recorded};
use crate::diagnostic::codes::routes::{
    handler, hook, method, parameter_twice, reserved, rest_not_last, segment,
};
use crate::diagnostic::codes::words::unavailable;
use crate::diagnostic::{Diagnostic, Position};
use crate::form::Form;
use crate::front::function_place::FunctionPlace;
use crate::front::ids::FunctionRef;
use crate::front::load::Sources;
use crate::model::app::{About, Chain, Expects, PathHook, Reads, Route, Segment, pattern};
use crate::model::constant::answers_alike;
use crate::model::doc_comment::about;
use crate::model::facts::Facts;
use crate::model::token::{asks_who, passes_without, scheme};
use crate::vocabulary::{self, NODE};

/// What an assignment on the server means.
pub(crate) enum Defined {
    Route(Box<Route>),
    Hook(String, FunctionPlace),
    PathHook(Box<PathHook>),
}

/// Reads an entry.
///
/// # Errors
/// When it is neither a route nor a hook.
pub(crate) fn define(facts: &Facts<'_>, entry: &Entry) -> Result<Defined, Box<Diagnostic>> {
    let place = |segment: usize| place(facts.sources, entry, segment);
    let last = entry.path.len();
    let key = entry.key.as_str();
    let first = entry.path.first().map_or(key, String::as_str);
    if vocabulary::is_reserved(first) {
        return Err(Box::new(reserved::first_segment(place(0), first)));
    }
    let handler = match &entry.value {
        Recorded::Function(place) => place.clone(),
        Recorded::Other(kind) if entry.hook.is_some() => {
            return Err(Box::new(hook::not_a_function(
                hook_place(facts.sources, entry),
                kind,
                key,
            )));
        }
        Recorded::Other(kind) => {
            let method = shown_key(key);
            let told = handler::not_a_function(place(last), kind, method);
            return Err(Box::new(told));
        }
    };
    if HOOKS.contains(&key) && entry.path.is_empty() {
        return Ok(Defined::Hook(entry.key.clone(), handler));
    }
    if let (Some(hook), Some(chain)) = (&entry.hook, Chain::from_key(key)) {
        let hook = path_hook(facts, entry, (hook, chain), handler)?;
        return Ok(Defined::PathHook(Box::new(hook)));
    }
    let Some(method) = Method::from_key(key) else {
        return Err(Box::new(unknown_method(key, place(last))));
    };
    let position = place(last);
    let sources = facts.sources;
    // A function of its own may be described where it is written.
    let above =
        |file: &str, line| Some(about(sources, file, line)).filter(|a| *a != About::default());
    let about = above(&position.file, position.line)
        .or_else(|| above(&handler.file, handler.line))
        .unwrap_or_default();
    let returns = returns(facts, &handler);
    Ok(Defined::Route(Box::new(Route {
        places: (0..last).map(place).collect(),
        method,
        path: path(entry, &place)?,
        position,
        about,
        needs: needs(facts, &handler),
        deadline: 0,
        timeout: 0,
        body_limit: 0,
        token: scheme(facts, &handler),
        refusals: Vec::new(),
        added: Headers::default(),
        required_headers: Vec::new(),
        before: Vec::new(),
        after: Vec::new(),
        reads: reads(facts, &handler),
        expects: expects(facts, &handler),
        needs_token: needs_token(facts, &handler, &returns),
        returns,
        handler,
    })))
}

fn path_hook(
    facts: &Facts<'_>,
    entry: &Entry,
    (hook, chain): (&HookEntry, Chain),
    function: FunctionPlace,
) -> Result<PathHook, Box<Diagnostic>> {
    let place = |_| hook_place(facts.sources, entry);
    let own = hook.own.clone();
    let token = scheme(facts, &function);
    let added = match (chain, &own) {
        (Chain::After, None) => headers_after(facts, &function),
        _ => Headers::default(),
    };
    let (needs, reads, expects, returns) = match &own {
        None => (
            needs(facts, &function),
            reads(facts, &function),
            expects(facts, &function),
            hook_returns(facts, chain, &function),
        ),
        Some(own) => {
            let by = own.by.as_ref();
            let asked = by.map(|by| self::needs(facts, by));
            let needs = Needs {
                ctx: own.ctx,
                body: own.body || asked.is_some_and(|asked| asked.body),
                constant: false,
                waits: own.waits
                    || own.waits_for_state(facts.elsewhere)
                    || asked.is_some_and(|asked| asked.waits),
            };
            let mut reads = by.map(|by| self::reads(facts, by)).unwrap_or_default();
            let header = own.header().map(str::to_owned);
            reads.headers.extend(header);
            let returns = own_answers(own, chain);
            (needs, reads, Expects::default(), returns)
        }
    };
    let needs_token = needs_token(facts, &function, &returns);
    Ok(PathHook {
        chain,
        path: path(entry, &place)?,
        name: hook.name.clone(),
        assignment: hook.assignment,
        is_half: hook.is_half,
        position: place(0),
        function,
        own,
        needs,
        reads,
        expects,
        needs_token,
        returns,
        added,
        token,
    })
}

/// Whether a function answers 401 to who shows no token.
fn needs_token(facts: &Facts<'_>, place: &FunctionPlace, returns: &[ReturnType]) -> bool {
    let refuses = returns.iter().any(|answer| answer.status == 401);
    refuses && asks_who(facts, place) && !passes_without(facts, place)
}

/// What the row of a word says that its hook answers before the handler.
fn own_answers(own: &OwnHook, chain: Chain) -> Vec<ReturnType> {
    let name = own.word.strip_prefix("rover.").unwrap_or(&own.word);
    let word = vocabulary::word("rover", name).filter(|_| chain == Chain::Before);
    let statuses = word
        .and_then(|word| word.tag("answers"))
        .unwrap_or_default();
    let statuses = statuses.split_whitespace();
    let known = statuses.filter_map(|status| status.parse().ok());
    known
        .map(|status| ReturnType::new(status, BodyType::Error))
        .collect()
}

/// What a hook answers instead of the handler.
fn hook_returns(facts: &Facts<'_>, chain: Chain, place: &FunctionPlace) -> Vec<ReturnType> {
    let Some(hook) = facts.handlers.at(facts.sources, place) else {
        return vec![ReturnType::new(0, BodyType::Unseen)];
    };
    match chain {
        Chain::Before => facts.return_types.returned(hook),
        Chain::After => facts.return_types.returned_after(hook),
    }
}

/// The headers that a hook gives to the answer that it is given.
fn headers_after(facts: &Facts<'_>, place: &FunctionPlace) -> Headers {
    let hook = facts.handlers.at(facts.sources, place);
    hook.map_or_else(Headers::default, |hook| {
        facts.return_types.headers_after(hook)
    })
}

/// Where a hook of a path is written: its name, or `before` or `after`.
fn hook_place(sources: &Sources, entry: &Entry) -> Position {
    let Some(hook) = &entry.hook else {
        return entry.position.clone();
    };
    let mut keys: Vec<&str> = entry.path.iter().map(String::as_str).collect();
    keys.push(&entry.key);
    keys.extend(Some(hook.name.as_str()).filter(|name| !name.is_empty()));
    let file = sources.files.iter().find(|f| f.name == entry.position.file);
    let at = file.and_then(|file| {
        let at = file.tree.on_line(entry.position.line, &keys, 0)?;
        Some(file.position(at))
    });
    at.unwrap_or_else(|| entry.position.clone())
}

/// The path of a node's field, as a route's is written, and where the field is.
///
/// # Errors
/// When it is no path.
pub(crate) fn scope(
    facts: &Facts<'_>,
    entry: &Entry,
) -> Result<(String, Position), Box<Diagnostic>> {
    let place = |segment: usize| place(facts.sources, entry, segment);
    let path = path(entry, &place)?;
    Ok((pattern(&path), place(entry.path.len())))
}

/// A method for a help text.
fn shown_key(key: &str) -> &str {
    Method::from_key(key).map_or("get", Method::key)
}

/// Where a key of the entry is written; the method stands after the last segment.
fn place(sources: &Sources, entry: &Entry, segment: usize) -> Position {
    let named = |name: &str| sources.files.iter().find(|f| f.name == name);
    let from_end = entry.path.len() - segment;
    let function = || {
        let FunctionRef { file, id } = entry.first?;
        let file = &sources.files[file];
        let start = file.hir.functions[id].start;
        let at = file.tree.of_function(start, &entry.key, from_end)?;
        Some(file.position(at))
    };
    let keys: Vec<&str> = entry
        .path
        .iter()
        .chain([&entry.key])
        .map(String::as_str)
        .collect();
    let on_line = || {
        let file = named(&entry.position.file)?;
        let at = file.tree.on_line(entry.position.line, &keys, from_end)?;
        Some(file.position(at))
    };
    function()
        .or_else(on_line)
        .unwrap_or_else(|| entry.position.clone())
}

fn path(
    entry: &Entry,
    place: &impl Fn(usize) -> Position,
) -> Result<Vec<Segment>, Box<Diagnostic>> {
    let mut path: Vec<Segment> = Vec::new();
    for (at, part) in entry.path.iter().enumerate() {
        let segment = segment(part).map_err(|tell| Box::new(tell(place(at), part)))?;
        if let Segment::Param(name) | Segment::Rest(name) = &segment
            && let Some(earlier) = path.iter().position(|s| s.parameter() == Some(name))
        {
            let told = parameter_twice::parameter(place(at), place(earlier), name);
            return Err(Box::new(told));
        }
        if matches!(segment, Segment::Rest(_)) && at + 1 < entry.path.len() {
            return Err(Box::new(rest_not_last::rest(place(at), part)));
        }
        path.push(segment);
    }
    Ok(path)
}

/// A segment, or what is told of a key that is none.
fn segment(key: &str) -> Result<Segment, fn(Position, &str) -> Diagnostic> {
    match (key, key.strip_prefix("p_"), key.strip_prefix("rest_")) {
        ("", ..) => Err(segment::empty),
        (_, Some(""), _) | (_, _, Some("")) => Err(segment::without_name),
        (_, Some(name), _) => Ok(Segment::Param(name.to_owned())),
        (_, _, Some(name)) => Ok(Segment::Rest(name.to_owned())),
        _ if key.contains('/') => Err(segment::with_slash),
        _ if key.contains(['{', '}']) => Err(segment::with_brace),
        _ if key.contains('\u{fffd}') => Err(segment::not_utf8),
        _ => Ok(Segment::Literal(key.to_owned())),
    }
}

fn needs(facts: &Facts<'_>, place: &FunctionPlace) -> Needs {
    let Facts {
        sources,
        handlers,
        form,
        ..
    } = *facts;
    let found = handlers.at(sources, place);
    let specialised = match form {
        Form::Specialised => handlers.specialised(sources, place),
        Form::Reference => None,
    };
    let waits = waits(facts, place);
    if let Some(handler) = specialised {
        let reached = handlers.reached(sources, handler);
        return Needs {
            ctx: reached.iter().any(|h| h.ctx.needs_ctx()),
            body: reached.iter().any(|h| h.ctx.reads_body()),
            constant: !waits && answers_alike(facts, handler),
            waits,
        };
    }
    let mut reached = found.iter().flat_map(|h| handlers.reached(sources, *h));
    // What the text does not show may do anything: `load` made it, or a table is called.
    let unknown = found.is_none_or(|h| h.function.variadic);
    Needs {
        ctx: unknown || found.is_some_and(|h| !h.function.params.is_empty()),
        body: unknown || reached.any(|h| h.ctx.reads_body()),
        constant: false,
        waits,
    }
}

/// Whether a function that the runtime calls may wait; one that the text does not show may do
/// what any other does.
pub(crate) fn waits(facts: &Facts<'_>, place: &FunctionPlace) -> bool {
    match place.written {
        Some(function) => facts.waits.may_wait(function),
        None => facts.waits.any(),
    }
}

/// What the analysis knows of a handler.
pub(crate) fn reads(facts: &Facts<'_>, place: &FunctionPlace) -> Reads {
    let mut reads = Reads::default();
    let found = facts.handlers.at(facts.sources, place);
    reads.escapes = found.is_none();
    let reached = found
        .into_iter()
        .flat_map(|handler| facts.handlers.reached(facts.sources, handler));
    for handler in reached {
        reads.escapes |= handler.ctx.escapes;
        for member in &handler.ctx.members {
            let (list, name) = match &member.access {
                Access::Read(Table::Params, name, _) => (&mut reads.params, &name.text),
                Access::Read(Table::Query, name, _) => (&mut reads.query, &name.text),
                Access::Read(Table::Headers, name, _) => (&mut reads.headers, &name.text),
                Access::Read(Table::Cookies, name, _) => (&mut reads.cookies, &name.text),
                Access::Body(method, _) => (&mut reads.body, method),
                Access::Expect(..) => continue,
                Access::Alias(..) | Access::Own | Access::Set => continue,
                Access::Field(_) | Access::Whole => (&mut reads.members, &member.name),
            };
            if !list.contains(name) {
                list.push(name.clone());
            }
        }
    }
    reads
}

/// The schemas that a handler and what it calls check the request against: the first for
/// each part of it.
fn expects(facts: &Facts<'_>, place: &FunctionPlace) -> Expects {
    let mut expects = Expects::default();
    let found = facts.handlers.at(facts.sources, place);
    let reached = found
        .into_iter()
        .flat_map(|handler| facts.handlers.reached(facts.sources, handler));
    for (source, number) in reached.flat_map(|handler| handler.ctx.expects.clone()) {
        let part = match source {
            Source::Body => &mut expects.body,
            Source::Query => &mut expects.query,
            Source::Params => &mut expects.params,
        };
        part.get_or_insert_with(|| facts.guards.schemas[number].clone());
    }
    expects
}

/// What a function returns.
pub(crate) fn returns(facts: &Facts<'_>, place: &FunctionPlace) -> Vec<ReturnType> {
    match facts.handlers.at(facts.sources, place) {
        Some(handler) => facts.return_types.returned(handler),
        None => vec![ReturnType::new(0, BodyType::Unseen)],
    }
}

fn unknown_method(key: &str, position: Position) -> Diagnostic {
    if key == "ws" || key == "sse" {
        unavailable::endpoint(position, key)
    } else if vocabulary::is_planned(NODE, key) {
        unavailable::hook(position, key)
    } else {
        method::unknown(position, key, &Method::ALL.map(Method::key))
    }
}
