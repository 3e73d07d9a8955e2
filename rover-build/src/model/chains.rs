//! Which hooks run for which routes, and what a route is with them.

use std::cmp::Reverse;

use crate::analyse::types::{BodyType, Headers, ReturnType};
use crate::collect::OwnHook;
use crate::diagnostic::Diagnostic;
use crate::diagnostic::codes::routes::{hook_twice, hook_unused};
use crate::model::app::{App, Chain, Expects, PathHook, Reads, Route};
use crate::model::token::Scheme;

/// Gives each route its hooks. `on_error` is what that reads of a request.
pub(crate) fn put_together(app: &mut App, on_error: &Reads) {
    for route in &mut app.routes {
        let below = app.path_hooks.iter().enumerate();
        let below = below.filter(|(_, hook)| route.path.starts_with(&hook.path));
        let method = route.method;
        let below = below.filter(|(_, hook)| {
            let own = hook.own.as_ref();
            own.is_none_or(|own| own.runs_for(method))
        });
        let (mut before, mut after): (Vec<_>, Vec<_>) =
            below.partition(|(_, hook)| hook.chain == Chain::Before);
        before.sort_by_key(|(_, hook)| hook.path.len());
        after.sort_by_key(|(at, hook)| (Reverse(hook.path.len()), place_after(*at, hook)));
        let own = || before.iter().filter_map(|(_, hook)| hook.own.as_ref());
        own().for_each(|own| route.added.extend(&own.headers()));
        let is_kept = own().any(OwnHook::is_idempotent);
        for answer in &mut route.returns {
            answer.headers.extend(&route.added);
            if is_kept {
                answer.headers.add("idempotency-replayed", false);
                answer.headers.loosen("set-cookie");
            }
        }
        // What a hook answers has the headers of those before it.
        let mut added = Headers::default();
        for (_, hook) in before.iter().chain(&after) {
            join(route, hook, &added);
            if let (Some(own), Chain::Before) = (&hook.own, hook.chain) {
                added.extend(&own.headers());
            }
        }
        add_after(route, after.iter().map(|(_, hook)| *hook));
        route.before = before.into_iter().map(|(at, _)| at).collect();
        route.after = after.into_iter().map(|(at, _)| at).collect();
    }
    let saving = app.path_hooks.iter().position(PathHook::saves_sessions);
    if let Some(saving) = saving {
        save_sessions(&mut app.routes, saving, on_error);
    }
}

/// The last hook of the routes that use a session, and of those whose `on_error` does.
fn save_sessions(routes: &mut [Route], saving: usize, on_error: &Reads) {
    let names = |reads: &Reads, wanted: &str| reads.members.iter().any(|name| name == wanted);
    let uses = |reads: &Reads| reads.escapes || names(reads, "session") || names(reads, "csrf");
    for route in routes {
        if names(&route.reads, "session") {
            route.token.get_or_insert(Scheme::Session);
        }
        if names(&route.reads, "session") || names(&route.reads, "csrf") {
            for answer in &mut route.returns {
                let written = ["set-cookie", "cache-control", "vary"];
                written
                    .iter()
                    .for_each(|name| answer.headers.add(name, false));
            }
        }
        if uses(&route.reads) || uses(on_error) && !route.needs.constant {
            route.needs.constant = false;
            route.after.push(saving);
        }
    }
}

/// The order of hooks after the handlers of one path: what began first among those that began
/// before the handler ends last.
fn place_after(at: usize, hook: &PathHook) -> (bool, usize) {
    match hook.is_half {
        true => (true, usize::MAX - at),
        false => (false, at),
    }
}

/// The headers of hooks after the handler. Where one of them may answer something else, that has none of those which
/// others have given before.
fn add_after<'h>(route: &mut Route, hooks: impl Iterator<Item = &'h PathHook>) {
    let mut added = Headers::default();
    let mut replaced = false;
    for hook in hooks {
        added.extend(&hook.added);
        replaced |= hook.returns.iter().any(|answer| !is_nothing(answer));
    }
    if replaced {
        added = added.loose();
    }
    let other_type = |name: &String| name == "content-type";
    let changes_type = added.always.iter().chain(&added.perhaps).any(other_type);
    added.always.retain(|name| !other_type(name));
    added.perhaps.retain(|name| !other_type(name));
    for answer in &mut route.returns {
        answer.headers.extend(&added);
        if changes_type && !matches!(answer.body, BodyType::Empty | BodyType::Unseen) {
            answer.body = BodyType::Any;
        }
    }
    for refusal in &mut route.refusals {
        refusal.headers.extend(&added);
    }
    route.added.extend(&added);
}

/// A route does what its hooks do. `added` are the headers of what it answers itself.
fn join(route: &mut Route, hook: &PathHook, added: &Headers) {
    let needs = &mut route.needs;
    needs.body |= hook.needs.body;
    needs.constant = false;
    if hook.chain == Chain::Before {
        needs.ctx |= hook.needs.ctx;
        needs.waits |= hook.needs.waits;
    }
    reads(&mut route.reads, &hook.reads);
    let Expects {
        body,
        query,
        params,
    } = hook.expects.clone();
    let expects = &mut route.expects;
    expects.body = expects.body.take().or(body);
    expects.query = expects.query.take().or(query);
    expects.params = expects.params.take().or(params);
    route.token = route.token.or(hook.token);
    route.needs_token |= hook.needs_token;
    if let (Some(own), Chain::Before) = (&hook.own, hook.chain) {
        for mut refusal in own.refusals() {
            refusal.headers.extend(added);
            route.refusals.push(refusal);
        }
        let header = own.header().filter(|_| own.required);
        route.required_headers.extend(header);
    }
    for answer in hook.returns.iter().filter(|answer| !is_nothing(answer)) {
        let mut answer = answer.clone();
        answer.headers.extend(added);
        if !route.returns.contains(&answer) {
            route.returns.push(answer);
        }
    }
}

/// Without a value, the next one runs.
fn is_nothing(answer: &ReturnType) -> bool {
    answer.status == 0 && answer.body == BodyType::Empty
}

fn reads(all: &mut Reads, more: &Reads) {
    let Reads {
        params,
        query,
        headers,
        cookies,
        body,
        members,
        escapes,
    } = more;
    for (all, more) in [
        (&mut all.params, params),
        (&mut all.query, query),
        (&mut all.headers, headers),
        (&mut all.cookies, cookies),
        (&mut all.body, body),
        (&mut all.members, members),
    ] {
        for name in more {
            if !all.contains(name) {
                all.push(name.clone());
            }
        }
    }
    all.escapes |= escapes;
}

/// Hooks of one name, of which the second would be taken for the only one.
pub(crate) fn defined_twice(hooks: &[PathHook]) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for (at, new) in hooks.iter().enumerate() {
        let old = hooks[..at].iter().find(|old| {
            let same = (old.chain, &old.path, &old.name) == (new.chain, &new.path, &new.name);
            same && !old.is_half && !new.is_half && old.assignment != new.assignment
        });
        let first = hooks[..at]
            .iter()
            .all(|other| other.assignment != new.assignment);
        if let (Some(old), true) = (old, first) {
            let (new_at, old_at) = (new.position.clone(), old.position.clone());
            found.push(hook_twice::hook(new_at, old_at, new.chain.key(), &new.name));
        }
    }
    found
}

/// Hooks that no route is below.
pub(crate) fn unused(app: &App) -> Vec<Diagnostic> {
    let hooks = app.path_hooks.iter().filter(|hook| {
        let mut routes = app.routes.iter();
        let may_be_for_none = hook.is_half || hook.saves_sessions();
        !may_be_for_none && !routes.any(|route| route.path.starts_with(&hook.path))
    });
    let mut found: Vec<Diagnostic> = hooks
        .map(|hook| hook_unused::hook(hook.position.clone(), hook.chain.key(), &hook.pattern()))
        .collect();
    found.dedup();
    found
}
