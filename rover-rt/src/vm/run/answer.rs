//! What a request is answered with: by its handler, by a hook of the program's, or by the
//! runtime where both fail.

use std::borrow::Cow;
use std::ffi::c_int;

use http::StatusCode;
use rover_model::LogLevel;

use crate::message::reply::Reply;
use crate::message::request::RequestData;
use crate::program::Route;
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

impl Vm {
    fn hook_index(&self, hook: Hook) -> c_int {
        self.shared.program.routes.len() as c_int
            + match hook {
                Hook::Error => 1,
                Hook::NotFound => 2,
            }
    }

    /// Runs a route's handler; nothing where it fails.
    pub(crate) fn try_call(&self, route: u16, request: &RequestData<'_>) -> Option<Reply> {
        let handler = c_int::from(route) + 1;
        let reply = self.protected(&Call::new(request, handler, false, Argument::None), None);
        self.settle();
        reply.ok()
    }

    /// Runs a route's handler.
    pub(crate) fn call(&self, route: u16, request: &RequestData<'_>) -> Reply {
        let Route {
            needs, precheck, ..
        } = &self.shared.program.routes[usize::from(route)];
        let handler = c_int::from(route) + 1;
        // A hook is given the error value, which only Lua makes.
        let first = precheck.filter(|_| !self.hooks[Hook::Error as usize]);
        let call = Call::new(request, handler, needs.ctx, Argument::None);
        match self.protected(&call, first) {
            Ok(reply) => reply,
            Err(failure) => self.failed(request, failure),
        }
    }

    /// Gives an answer of the runtime's own to the program's hook for it, if it has one.
    pub(crate) fn hook(&self, hook: Hook, request: &RequestData<'_>, standard: Reply) -> Reply {
        if !self.hooks[hook as usize] {
            return standard;
        }
        let status = standard.status.unwrap_or(StatusCode::NOT_FOUND);
        let usual = || status.canonical_reason().unwrap_or("Error");
        let message = standard.message.unwrap_or_else(usual);
        let argument = match hook {
            Hook::Error => Argument::Http(status, message),
            Hook::NotFound => Argument::None,
        };
        let call = Call::new(request, self.hook_index(hook), true, argument);
        match self.protected(&call, None) {
            Ok(mut reply) => {
                reply.status.get_or_insert(status);
                for (name, value) in standard.headers() {
                    reply
                        .headers_mut()
                        .entry(name)
                        .or_insert_with(|| value.clone());
                }
                reply
            }
            Err(failure) => self.give_up(request, &failure),
        }
    }
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

    /// After a handler's error: the error that is an answer, the hook, or 500. The
    /// error value is on top of the stack.
    fn failed(&self, request: &RequestData<'_>, failure: Failure) -> Reply {
        let status = match &failure {
            Failure::Http(status, ..) => *status,
            Failure::Late(_) => {
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
            let index = self.hook_index(Hook::Error);
            let raised = Argument::Raised(status, failure.kind());
            let call = Call::new(request, index, true, raised);
            return match self.protected(&call, None) {
                Ok(mut reply) => {
                    reply.status.get_or_insert(status);
                    reply
                }
                Err(failure) => self.give_up(request, &failure),
            };
        }
        self.settle();
        match failure {
            Failure::Http(status, _, Some(errors)) => Reply::errors(status, &errors),
            Failure::Http(status, message, None) => Reply::error(status, &message),
            Failure::Late(_) => Reply::error(status, "Service Unavailable"),
            _ => Reply::internal_error(request.request_id.as_str()),
        }
    }

    /// A hook failed, too.
    fn give_up(&self, request: &RequestData<'_>, failure: &Failure) -> Reply {
        self.settle();
        self.log_failure(request, failure);
        match failure {
            Failure::Late(_) => {
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
