//! What the hooks ask, from Lua or before any of it runs.

use crate::admission::digest::Digest;
use crate::admission::replay::Begun;
use crate::message::reply::Reply;
use crate::message::request::RequestData;
use crate::vm::state::admission::RUNNING_SECONDS;
use crate::vm::state::vm::VmState;

/// What a client is told that comes too often.
pub(crate) const TOO_MANY: &str = "Too many requests";

/// A longer key is none.
const LONGEST_KEY: usize = 255;

/// Whether a limit lets a request in: by a name, or else by its client's address.
pub(crate) fn is_let_in(
    shared: &VmState,
    request: &RequestData<'_>,
    number: usize,
    name: Option<&[u8]>,
) -> bool {
    // Lua has numbers of limits that there are.
    let Some(limit) = shared.admission.limit(number) else {
        return true;
    };
    let limits = &shared.resources.limits;
    let standing = match name {
        Some(name) => limits.ask_by_name(&limit, name),
        None => limits.ask_by_address(&limit, request.client()),
    };
    shared.running.admitted.stands(limit, standing);
    standing.wait.is_none()
}

/// What becomes of a request by its `Idempotency-Key`, as `admission.lua` knows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Keyed {
    /// Its handler runs.
    Runs = 0,
    /// The kept answer is written.
    Answered = 1,
    Running = 2,
    Other = 3,
    NotKept = 4,
    Missing = 5,
    Malformed = 6,
}

/// A request that has a key of its own: by which digests it is known, and for how long its answer is kept.
pub(crate) struct Asked {
    pub(crate) key: Digest,
    pub(crate) request: Digest,
    pub(crate) ttl: u64,
}

/// The digest of some texts: of this process, or the same in all that have a server in common.
fn digest(shared: &VmState, parts: &[&[u8]]) -> Digest {
    #[cfg(feature = "redis")]
    if shared.remote.is_some() {
        return crate::remote::digest::of(parts);
    }
    shared.resources.replies.digests.of(parts)
}

/// A request begins; its keys are told apart from others' by a name, or else by what it shows to say who it is.
pub(crate) fn begin(
    shared: &VmState,
    request: &RequestData<'_>,
    number: usize,
    name: Option<&[u8]>,
) -> Keyed {
    let asked = match asked(shared, request, number, name) {
        Ok(asked) => asked,
        Err(keyed) => return keyed,
    };
    let running = &shared.running;
    let replies = &shared.resources.replies;
    match replies.begin(asked.key, asked.request, asked.ttl) {
        Begun::First(held) => {
            running.admitted.holds(held);
            Keyed::Runs
        }
        Begun::Answered(kept) => replayed(shared, *kept),
        Begun::Running => still_runs(shared),
        Begun::Other => Keyed::Other,
        Begun::NotKept => Keyed::NotKept,
    }
}

/// The answer is one that was kept.
pub(crate) fn replayed(shared: &VmState, kept: Reply) -> Keyed {
    let running = &shared.running;
    running.admitted.is_replayed();
    *running.reply.borrow_mut() = kept;
    Keyed::Answered
}

/// The client is told to come again.
pub(crate) fn still_runs(shared: &VmState) -> Keyed {
    shared.running.admitted.come_again(RUNNING_SECONDS);
    Keyed::Running
}

/// What a request asks for by its key; or what becomes of it without one.
pub(crate) fn asked(
    shared: &VmState,
    request: &RequestData<'_>,
    number: usize,
    name: Option<&[u8]>,
) -> Result<Asked, Keyed> {
    // Lua has numbers of hooks that there are.
    let Some((options, space)) = shared.admission.idempotent(number) else {
        return Err(Keyed::Runs);
    };
    let mut keys = request.headers.get_all("idempotency-key");
    let Some(key) = keys.next() else {
        return Err(match options.required {
            true => Keyed::Missing,
            false => Keyed::Runs,
        });
    };
    let key = unquoted(key);
    if keys.next().is_some() || !is_key(key) {
        return Err(Keyed::Malformed);
    }
    let scope = scope(shared, request, name);
    let key = digest(shared, &[space.as_bytes(), &scope, key]);
    let body = request.body.unwrap_or_default();
    let path = request.path.raw().as_bytes();
    let method = request.method.as_bytes();
    let request = digest(shared, &[method, path, request.query.as_bytes(), body]);
    Ok(Asked {
        key,
        request,
        ttl: options.ttl,
    })
}

/// A text of structured fields (RFC 9651, section 3.3.3), or what is written without the quotes.
fn unquoted(key: &[u8]) -> &[u8] {
    let key = key.trim_ascii();
    let inner = key
        .strip_prefix(b"\"")
        .and_then(|key| key.strip_suffix(b"\""));
    inner.unwrap_or(key)
}

fn is_key(key: &[u8]) -> bool {
    (1..=LONGEST_KEY).contains(&key.len()) && key.iter().all(|b| (b' '..=b'~').contains(b))
}

/// Whose key it is, and for which route.
fn scope(shared: &VmState, request: &RequestData<'_>, name: Option<&[u8]>) -> Digest {
    let routes = &shared.program.routes;
    let route = request
        .route
        .and_then(|route| routes.get(usize::from(route)));
    let pattern = route.map_or("", |route| &route.pattern).as_bytes();
    let method = request.method.as_bytes();
    let headers = &request.headers;
    let shown = |kind: &[u8], name: &str| {
        let value = headers.joined(name)?;
        Some((kind.to_vec(), value.into_owned()))
    };
    let named = name.map(|name| (b"n".to_vec(), name.to_vec()));
    let who = named
        .or_else(|| shown(b"a", "authorization"))
        .or_else(|| shown(b"c", "cookie"));
    let (kind, who) = who.unwrap_or_default();
    digest(shared, &[method, pattern, &kind, &who])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_read_with_and_without_quotes() {
        assert_eq!(unquoted(b" \"a b\" "), b"a b");
        assert_eq!(unquoted(b"a-1"), b"a-1");
        assert_eq!(unquoted(b"\""), b"\"");
        assert!(is_key(b"a-1") && is_key(&[b'x'; 255]));
        for wrong in [&b""[..], b"\xc3\xa9", b"a\tb", &[b'x'; 256]] {
            assert!(!is_key(wrong));
        }
    }
}
