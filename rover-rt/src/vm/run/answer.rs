//! What a request is answered with: by its handler, by a hook of the program's, or by the
//! runtime where both fail.

use std::ffi::c_int;
use std::rc::Rc;

use http::StatusCode;
use mlua::ffi;

use crate::message::reply::Reply;
use crate::message::request::RequestData;
use crate::vm::admission::gate::{TOO_MANY, is_let_in};
use crate::vm::run::call::push_http_error;
use crate::vm::run::failure::Failure;
use crate::vm::run::role::{After, Hook, Role};
use crate::vm::run::task::{C_FUNCTION_SLOTS, Task};
use crate::vm::run::thread::{FIXED, TABLES};
use crate::vm::run::vm::Vm;
use crate::vm::state::call::{Argument, Call};

/// What a request comes to.
pub(crate) enum Called {
    Reply(Reply),
    /// Its handler, or a hook, waits.
    Waits(Box<Task>),
}

impl Called {
    fn of(begun: Result<Reply, Box<Task>>) -> Self {
        begun.map_or_else(Called::Waits, Called::Reply)
    }
}

impl Vm {
    /// Runs a route's handler; nothing where it fails.
    pub(crate) fn try_call(&self, route: u16, request: &RequestData<'_>) -> Option<Reply> {
        let handler = c_int::from(route) + 1;
        let reply = self.protected(&Call::new(request, handler, false, Argument::None), None);
        self.settle();
        reply.ok()
    }

    /// Answers a request by a route's handler.
    pub(crate) fn call(self: &Rc<Self>, route: u16, request: &RequestData<'_>) -> Called {
        let gates = &*self.gates[usize::from(route)];
        if !gates.is_empty()
            && !gates
                .iter()
                .all(|gate| is_let_in(&self.shared, request, *gate, None))
        {
            return self.turn_away(route, request);
        }
        self.answer(Role::Handler(route), request)
    }

    /// A limit does not let the request in: as if a hook had raised the error.
    #[cold]
    fn turn_away(self: &Rc<Self>, route: u16, request: &RequestData<'_>) -> Called {
        let status = StatusCode::TOO_MANY_REQUESTS;
        // SAFETY: the request thread is outside of any call, where memory is relaxed, and its stack holds the
        // fixed values: with room for more, the error becomes the one above them.
        unsafe {
            ffi::lua_settop(self.state, FIXED);
            ffi::lua_checkstack(self.state, C_FUNCTION_SLOTS);
            push_http_error(self.state, TABLES.http_error_meta, status, TOO_MANY);
        }
        let failure = Failure::Http(status, TOO_MANY.to_owned(), None);
        self.go_on(Role::Handler(route), request, Err(failure))
    }

    /// Gives an answer of the runtime's own to the program's hook for it, if it has one.
    pub(crate) fn hook(
        self: &Rc<Self>,
        hook: Hook,
        request: &RequestData<'_>,
        standard: Reply,
    ) -> Called {
        match self.hooks[hook as usize] {
            true => self.answer(Role::Instead { hook, standard }, request),
            false => Called::Reply(standard),
        }
    }

    /// Makes a call, and those that follow from it.
    fn answer(self: &Rc<Self>, role: Role, request: &RequestData<'_>) -> Called {
        if self.waits(&role) {
            return Called::of(Task::begin(self, role, request));
        }
        match self.protected(&self.call_for(&role, request), self.first(&role)) {
            Ok(reply) if self.is_last(&role) => Called::Reply(reply),
            result => self.go_on(role, request, result),
        }
    }

    /// What a call that has ended leads to.
    #[cold]
    fn go_on(
        self: &Rc<Self>,
        role: Role,
        request: &RequestData<'_>,
        result: Result<Reply, Failure>,
    ) -> Called {
        match self.after(role, request, result) {
            After::Reply(reply) => {
                self.end_ctx();
                Called::Reply(reply)
            }
            After::Call(role) => self.answer(role, request),
        }
    }
}
