//! What a call is made for, and what its end means for the request: the answer, the program's hook, or the runtime's
//! own answer where both fail.

use std::borrow::Cow;
use std::ffi::c_int;

use http::StatusCode;
use rover_model::LogLevel;

use crate::message::reply::Reply;
use crate::message::request::RequestData;
use crate::program::Precheck;
use crate::vm::run::failure::Failure;
use crate::vm::run::vm::Vm;
use crate::vm::state::call::{Argument, Call};
use crate::vm::state::vm::LOGGED_BYTES;

/// Functions on the server that replace the runtime's own answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Hook {
    /// `api.on_error(ctx, err)`
    Error,
    /// `api.not_found(ctx)`
    NotFound,
}

/// What a call is made for.
pub(crate) enum Role {
    /// A route's handler.
    Handler(u16),
    /// `on_error`, for the error value that another call has left on the request thread.
    Failed {
        status: StatusCode,
        kind: &'static str,
    },
    /// A hook, for an answer of the runtime's own.
    Instead { hook: Hook, standard: Reply },
}

/// What follows a call that has ended.
pub(super) enum After {
    Reply(Reply),
    Call(Role),
}

impl Vm {
    pub(super) fn hook_index(&self, hook: Hook) -> c_int {
        self.shared.program.routes.len() as c_int
            + match hook {
                Hook::Error => 1,
                Hook::NotFound => 2,
            }
    }

    /// Makes a call that nothing follows.
    pub(super) fn last(&self, role: Role, request: &RequestData<'_>) -> Reply {
        let result = self.protected(&self.call_for(&role, request), None);
        match self.after(role, request, result) {
            After::Reply(reply) => reply,
            // Only a handler's failure is followed by another call.
            After::Call(_) => Reply::internal_error(request.request_id.as_str()),
        }
    }

    /// Whether a call may be suspended.
    pub(super) fn waits(&self, role: &Role) -> bool {
        let program = self.shared.program;
        match role {
            Role::Handler(route) => program.routes[usize::from(*route)].needs.waits,
            Role::Failed { .. } | Role::Instead { .. } => program.hooks_wait,
        }
    }

    /// What a handler begins with checking.
    pub(super) fn first(&self, role: &Role) -> Option<Precheck> {
        // A hook is given the error value, which only Lua makes.
        let has_hook = self.hooks[Hook::Error as usize];
        match role {
            Role::Handler(route) if !has_hook => {
                self.shared.program.routes[usize::from(*route)].precheck
            }
            _ => None,
        }
    }

    /// The call.
    pub(super) fn call_for<'a>(&self, role: &Role, request: &'a RequestData<'a>) -> Call<'a> {
        match role {
            Role::Handler(route) => {
                let needs = &self.shared.program.routes[usize::from(*route)].needs;
                let handler = c_int::from(*route) + 1;
                Call::new(request, handler, needs.ctx, Argument::None)
            }
            Role::Failed { status, kind } => {
                let raised = Argument::Raised(*status, kind);
                Call::new(request, self.hook_index(Hook::Error), true, raised)
            }
            Role::Instead { hook, standard } => {
                let status = usual_status(standard);
                let usual = || status.canonical_reason().unwrap_or("Error");
                let argument = match hook {
                    Hook::Error => Argument::Http(status, standard.message.unwrap_or_else(usual)),
                    Hook::NotFound => Argument::None,
                };
                Call::new(request, self.hook_index(*hook), true, argument)
            }
        }
    }

    /// What a call's end means for its request. Where it failed, the error value is on top of the
    /// request thread's stack.
    pub(super) fn after(
        &self,
        role: Role,
        request: &RequestData<'_>,
        result: Result<Reply, Failure>,
    ) -> After {
        let mut reply = match (result, &role) {
            (Ok(reply), _) => reply,
            (Err(failure), Role::Handler(_)) => return self.failed(request, failure),
            (Err(failure), _) => return After::Reply(self.give_up(request, &failure)),
        };
        match role {
            Role::Handler(_) => {}
            Role::Failed { status, .. } => {
                reply.status.get_or_insert(status);
            }
            Role::Instead { standard, .. } => {
                reply.status.get_or_insert(usual_status(&standard));
                for (name, value) in standard.headers() {
                    reply
                        .headers_mut()
                        .entry(name)
                        .or_insert_with(|| value.clone());
                }
            }
        }
        After::Reply(reply)
    }
}

/// The status of an answer of the runtime's own.
fn usual_status(standard: &Reply) -> StatusCode {
    standard.status.unwrap_or(StatusCode::NOT_FOUND)
}

impl Vm {
    /// Whether the program has this hook.
    pub(crate) fn has_hook(&self, hook: Hook) -> bool {
        self.hooks[hook as usize]
    }

    /// From now on the text of what a handler failed of can be taken.
    pub(crate) fn keep_failures(&self) {
        self.shared.last_failure.replace(Some(String::new()));
    }

    /// The text of what a handler failed of since it was last taken.
    pub(crate) fn take_failure(&self) -> Option<String> {
        let mut kept = self.shared.last_failure.borrow_mut();
        kept.as_mut()
            .map(std::mem::take)
            .filter(|text| !text.is_empty())
    }

    /// After a handler's error: the error that is an answer, the hook, or 500.
    fn failed(&self, request: &RequestData<'_>, failure: Failure) -> After {
        let status = match &failure {
            Failure::Http(status, ..) => *status,
            Failure::Late(_) | Failure::TimedOut(_) => {
                self.log_failure(request, &failure);
                StatusCode::SERVICE_UNAVAILABLE
            }
            Failure::Lua(_) | Failure::Value(_) | Failure::Panic => {
                self.log_failure(request, &failure);
                StatusCode::INTERNAL_SERVER_ERROR
            }
        };
        // A VM in which Rust code panicked runs nothing more.
        if self.hooks[Hook::Error as usize] && !matches!(failure, Failure::Panic) {
            let kind = failure.kind();
            return After::Call(Role::Failed { status, kind });
        }
        self.settle();
        After::Reply(match failure {
            Failure::Http(status, _, Some(errors)) => Reply::errors(status, &errors),
            Failure::Http(status, message, None) => {
                let reply = Reply::error(status, &message);
                match status {
                    // What has no room now may have it soon.
                    StatusCode::SERVICE_UNAVAILABLE => reply.retry_after(1),
                    _ => reply,
                }
            }
            Failure::Late(_) | Failure::TimedOut(_) => Reply::error(status, "Service Unavailable"),
            _ => Reply::internal_error(request.request_id.as_str()),
        })
    }

    /// A hook failed, too.
    fn give_up(&self, request: &RequestData<'_>, failure: &Failure) -> Reply {
        self.settle();
        self.log_failure(request, failure);
        match failure {
            Failure::Late(_) | Failure::TimedOut(_) => {
                Reply::error(StatusCode::SERVICE_UNAVAILABLE, "Service Unavailable")
            }
            _ => Reply::internal_error(request.request_id.as_str()),
        }
    }

    fn log_failure(&self, request: &RequestData<'_>, failure: &Failure) {
        let panicked;
        let text = match failure {
            Failure::Lua(text)
            | Failure::Value(text)
            | Failure::Late(text)
            | Failure::TimedOut(text)
            | Failure::Http(_, text, _) => text,
            Failure::Panic => {
                let reason = self.shared.panics.take_reason();
                panicked = format!(
                    "the runtime panicked, which is a bug in Rover; the VM is replaced: {reason}"
                );
                &panicked
            }
        };
        let text = shortened(text, LOGGED_BYTES);
        if let Some(kept) = &mut *self.shared.last_failure.borrow_mut() {
            text.as_ref().clone_into(kept);
        }
        let line = format!("{} {}: {text}", request.method, request.path.raw());
        let id = Some(request.request_id.as_str());
        self.shared.log.line(LogLevel::Error, &line, id);
    }
}

/// A text's beginning.
fn shortened(text: &str, most: usize) -> Cow<'_, str> {
    match text.len() > most {
        true => format!("{}...", String::from_utf8_lossy(&text.as_bytes()[..most])).into(),
        false => text.into(),
    }
}
