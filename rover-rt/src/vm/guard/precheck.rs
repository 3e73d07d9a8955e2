//! What a handler begins with checking. It happens before any Lua runs, so that a request
//! that does not pass costs no more than the check; what passes is there when the handler
//! asks for it.

use http::StatusCode;
use mlua::ffi::lua_State;
use rover_model::guard::{Checked, Problem, Schema};

use crate::message::reply::Reply;
use crate::program::Precheck;
use crate::vm::guard::layout::{Source, Unread, lay_collected};
use crate::vm::guard::patterns::SchemaPatterns;
use crate::vm::native::raise::TOO_LARGE;
use crate::vm::state::call::Call;
use crate::vm::state::vm::VmState;
use crate::vm::write::scalar::string;

enum Verdict {
    Passes,
    Refused(Reply),
    /// The handler's own check will say.
    Unknown,
}

/// Checks what a handler begins with; the answer where it does not pass.
///
/// # Safety
/// `state` is the VM's, which runs nothing.
pub(crate) unsafe fn begin(
    state: *mut lua_State,
    shared: &VmState,
    call: &Call<'_>,
    first: Precheck,
) -> Option<Reply> {
    let checks = &shared.running.checks;
    let schema = shared.program.guards.get(first.schema)?;
    let source = Source::from_number(f64::from(first.source));
    let verdict = match first.kept {
        Some(part) => checks.in_place.fill(part, schema, |laid| {
            judge(state, shared, call, source, schema, laid)
        }),
        None => {
            // SAFETY: nothing runs in the VM yet, and checking runs no Lua code, so that the
            // cell has no other user until the end of this function.
            let laid = unsafe { &mut *checks.checked.get() };
            judge(state, shared, call, source, schema, laid)
        }
    };
    match verdict {
        Verdict::Passes => {
            checks.ready.set(Some(first));
            None
        }
        Verdict::Refused(reply) => Some(reply),
        Verdict::Unknown => None,
    }
}

fn judge(
    state: *mut lua_State,
    shared: &VmState,
    call: &Call<'_>,
    source: Source,
    schema: &Schema,
    laid: &mut Checked,
) -> Verdict {
    let find = SchemaPatterns::new(shared);
    // SAFETY: this is before the protected call: the request thread runs nothing, and memory is
    // relaxed.
    let laid_out = unsafe { lay_collected(state, call, source, schema, laid, &find) };
    if let Err(unread) = laid_out {
        return Verdict::Refused(refusal(&unread));
    }
    if find.stopped.get() {
        return Verdict::Unknown;
    }
    match laid.problems.is_empty() {
        true => Verdict::Passes,
        false => Verdict::Refused(errors(&laid.problems)),
    }
}

/// What `body.lua` and `direct.lua` say.
fn refusal(unread: &Unread) -> Reply {
    let bad = StatusCode::BAD_REQUEST;
    match unread {
        Unread::NoBody => Reply::error(bad, "Request has no body"),
        Unread::Malformed(malformed) => Reply::error(bad, &format!("Malformed JSON: {malformed}")),
        Unread::Form(error) => Reply::error(error.status(), &error.to_string()),
        Unread::Full => Reply::error(StatusCode::PAYLOAD_TOO_LARGE, TOO_LARGE),
    }
}

/// The answer to what did not pass.
fn errors(problems: &[Problem]) -> Reply {
    let mut list = b"[".to_vec();
    for (at, problem) in problems.iter().enumerate() {
        let fields = [
            (
                if at == 0 {
                    "{\"field\":"
                } else {
                    ",{\"field\":"
                },
                problem.field.as_str(),
            ),
            (",\"message\":", &problem.message),
            (",\"type\":", problem.kind),
        ];
        for (name, text) in fields {
            list.extend_from_slice(name.as_bytes());
            string(text.as_bytes(), &mut list);
        }
        list.push(b'}');
    }
    list.push(b']');
    Reply::errors(StatusCode::BAD_REQUEST, &list)
}
