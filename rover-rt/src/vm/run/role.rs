//! What a call is made for, and what its end means for the request: the answer, the program's hook, or the runtime's
//! own answer where both fail.

use std::borrow::Cow;
use std::ffi::c_int;

use http::StatusCode;
use rover_model::{HOOKS, LogLevel};

use crate::message::reply::Reply;
use crate::message::request::RequestData;
use crate::program::{Precheck, Program};
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
    /// A route's handler, with the hooks before it.
    Handler(u16),
    /// `on_error`, for the error value that another call has left on the request thread.
    Failed {
        status: StatusCode,
        kind: &'static str,
        rest: Rest,
    },
    /// A hook after the handler, which is the first of the rest, for an answer with this number.
    After {
        rest: Rest,
        reply: Reply,
        number: u32,
    },
    /// A hook, for an answer of the runtime's own.
    Instead { hook: Hook, standard: Reply },
}

/// The hooks after a route's handler that have not run yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Rest {
    route: u16,
    /// How many have run.
    done: usize,
}

impl Rest {
    fn of(route: u16) -> Self {
        Rest { route, done: 0 }
    }

    fn without_first(self) -> Self {
        Rest {
            done: self.done + 1,
            ..self
        }
    }

    /// The number of the first.
    fn first(self, program: &Program) -> Option<usize> {
        let after = &program.routes[usize::from(self.route)].after;
        after.get(self.done).map(|number| usize::from(*number))
    }
}

impl Role {
    /// The route that the request is for.
    pub(crate) fn route(&self) -> Option<u16> {
        match self {
            Role::Handler(route) => Some(*route),
            Role::Failed { rest, .. } | Role::After { rest, .. } => Some(rest.route),
            Role::Instead { .. } => None,
        }
    }
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

    /// Whether a call may be suspended.
    pub(super) fn waits(&self, role: &Role) -> bool {
        let program = self.shared.program;
        match role {
            Role::Handler(route) => program.routes[usize::from(*route)].needs.waits,
            Role::Failed { .. } | Role::Instead { .. } => program.hooks_wait,
            Role::After { rest, .. } => {
                let hook = rest.first(program);
                hook.is_some_and(|number| program.path_hooks[number].waits)
            }
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
    pub(super) fn call_for<'a>(&self, role: &'a Role, request: &'a RequestData<'a>) -> Call<'a> {
        let program = self.shared.program;
        match role {
            Role::Handler(route) => {
                let route_of = &program.routes[usize::from(*route)];
                let handler = c_int::from(*route) + 1;
                Call::new(request, handler, route_of.needs.ctx, Argument::None)
                    .keeping_ctx(!route_of.after.is_empty())
            }
            Role::Failed { status, kind, rest } => {
                let raised = Argument::Raised(*status, kind);
                Call::new(request, self.hook_index(Hook::Error), true, raised)
                    .keeping_ctx(rest.first(program).is_some())
                    .following()
            }
            Role::After {
                rest,
                reply,
                number,
            } => {
                // It is there: the role was made for it.
                let hook = rest.first(program).unwrap_or_default();
                let index = place_in_handlers(program, hook) as c_int;
                let wants_ctx = program.path_hooks[hook].ctx;
                Call::new(request, index, wants_ctx, Argument::Answer(reply, *number))
                    .keeping_ctx(true)
                    .following()
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
        let admitted = &self.shared.running.admitted;
        if !admitted.is_empty() && matches!(role, Role::Handler(_)) {
            admitted.settle_keys(result.as_ref().ok());
        }
        let mut reply = match (result, &role) {
            (Ok(reply), _) => reply,
            (Err(failure), Role::Handler(route)) => {
                return self.failed(request, failure, Rest::of(*route));
            }
            (Err(failure), Role::After { rest, .. }) => {
                return self.failed(request, failure, rest.without_first());
            }
            (Err(failure), Role::Failed { rest, .. }) => {
                let reply = self.give_up(request, &failure);
                return match failure {
                    Failure::Panic => self.last(reply),
                    _ => self.next(*rest, reply),
                };
            }
            (Err(failure), Role::Instead { .. }) => {
                return After::Reply(self.give_up(request, &failure));
            }
        };
        match role {
            Role::Handler(route) => return self.next(Rest::of(route), reply),
            Role::Failed { status, rest, .. } => {
                reply.status.get_or_insert(status);
                return self.next(rest, reply);
            }
            Role::After {
                rest, reply: given, ..
            } => {
                if std::mem::take(&mut reply.keeps_body) {
                    reply.body = given.body;
                    reply.content_type = given.content_type;
                    reply.message = given.message;
                } else {
                    self.give_back(given.body);
                }
                return self.next(rest.without_first(), reply);
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

impl Vm {
    /// Whether what a call answers is the request's answer.
    #[inline]
    pub(super) fn is_last(&self, role: &Role) -> bool {
        match role {
            Role::Handler(route) => {
                let routes = &self.shared.program.routes;
                let admitted = &self.shared.running.admitted;
                routes[usize::from(*route)].after.is_empty() && admitted.is_empty()
            }
            _ => false,
        }
    }

    /// The request's answer.
    fn last(&self, mut reply: Reply) -> After {
        let admitted = &self.shared.running.admitted;
        if !admitted.is_empty() {
            admitted.end(&mut reply);
        }
        After::Reply(reply)
    }

    /// An answer, or the hook that it is given to next.
    fn next(&self, rest: Rest, reply: Reply) -> After {
        if rest.first(self.shared.program).is_none() {
            return self.last(reply);
        }
        let answers = &self.shared.answers;
        answers.set(answers.get().wrapping_add(1));
        After::Call(Role::After {
            rest,
            reply,
            number: answers.get(),
        })
    }
}

/// Where a hook of a path stands in the table of handlers: behind the routes and the server's own hooks.
pub(crate) fn place_in_handlers(program: &Program, number: usize) -> usize {
    program.routes.len() + HOOKS.len() + 1 + number
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
    fn failed(&self, request: &RequestData<'_>, failure: Failure, rest: Rest) -> After {
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
            return After::Call(Role::Failed { status, kind, rest });
        }
        self.settle();
        let panicked = matches!(failure, Failure::Panic);
        let reply = match failure {
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
        };
        match panicked {
            true => self.last(reply),
            false => self.next(rest, reply),
        }
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
