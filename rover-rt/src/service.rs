//! From a request to its answer: routing, the handler, the hooks.

use http::StatusCode;

use crate::constant::Constant;
use crate::error::Error;
use crate::http1::Prepared;
use crate::log::Log;
use crate::program::{Method, Path, Program};
use crate::reply::Reply;
use crate::request::{RequestData, RequestIds};
use crate::settings::Settings;
use crate::vm::{Hook, Vm};

/// One worker's program.
pub(crate) struct Service {
    program: &'static Program,
    body_limit: u64,
    vm: Vm,
    constants: Vec<Option<Constant>>,
    ids: RequestIds,
}

/// What a request is answered with.
pub(crate) enum Answer<'a> {
    Reply(Reply),
    Prepared(&'a Prepared),
}

/// What is at a path for a method.
pub(crate) enum Found {
    Route(u16),
    /// The runtime's own answer.
    Reply(Reply),
    Nothing,
}

impl Service {
    pub(crate) fn new(program: &'static Program, settings: &Settings) -> Result<Self, Error> {
        let vm = Vm::new(program, Log::new(settings.log_level))?;
        Ok(Service {
            program,
            body_limit: settings.body_limit,
            constants: Constant::prepare(program, &vm),
            vm,
            ids: RequestIds::new(),
        })
    }

    pub(crate) fn log(&self) -> &Log {
        self.vm.log()
    }

    pub(crate) fn ids(&self) -> &RequestIds {
        &self.ids
    }

    /// Largest request body in bytes.
    pub(crate) fn body_limit(&self) -> u64 {
        self.body_limit
    }

    /// Whether the body must be there before this request is answered.
    pub(crate) fn reads_body(&self, found: &Found) -> bool {
        match found {
            Found::Route(index) => self.program.routes[usize::from(*index)].needs.body,
            _ => false,
        }
    }

    /// Answers a request for which `find` found this.
    pub(crate) fn answer(&self, data: &mut RequestData<'_>, found: Found) -> Answer<'_> {
        let index = match found {
            Found::Route(index) => index,
            other => return Answer::Reply(self.without_route(other, data)),
        };
        data.params = self.program.routes[usize::from(index)].params;
        if !params_are_text(data) {
            let malformed = Reply::error(StatusCode::BAD_REQUEST, "Malformed path parameter");
            return Answer::Reply(self.refused(data, malformed));
        }
        match &self.constants[usize::from(index)] {
            Some(constant) => Answer::Prepared(constant.answer(&data.headers)),
            None => Answer::Reply(self.vm.call(index, data)),
        }
    }

    /// An answer of the runtime's own to what no route is asked about.
    pub(crate) fn refused(&self, data: &RequestData<'_>, standard: Reply) -> Reply {
        self.vm.hook(Hook::Error, data, standard)
    }

    fn without_route(&self, found: Found, data: &RequestData<'_>) -> Reply {
        match found {
            Found::Reply(reply) if reply.status == Some(StatusCode::NO_CONTENT) => reply,
            Found::Reply(reply) => self.refused(data, reply),
            _ => {
                let standard = Reply::error(StatusCode::NOT_FOUND, "Not Found");
                self.vm.hook(Hook::NotFound, data, standard)
            }
        }
    }

    pub(crate) fn find(&self, method: &str, path: &mut Path<'_>) -> Found {
        let Some(method) = Method::ALL.into_iter().find(|m| m.as_str() == method) else {
            let message = "Not Implemented";
            return Found::Reply(Reply::error(StatusCode::NOT_IMPLEMENTED, message));
        };
        let direct = self.program.find(method, path);
        let found = match method {
            Method::Head => direct.or_else(|| self.program.find(Method::Get, path)),
            _ => direct,
        };
        if let Some(index) = found {
            return Found::Route(index);
        }
        let allowed = self.program.allowed(path);
        if allowed.is_empty() {
            Found::Nothing
        } else if method == Method::Options {
            Found::Reply(Reply::empty(StatusCode::NO_CONTENT).allow(&allowed))
        } else {
            let status = StatusCode::METHOD_NOT_ALLOWED;
            Found::Reply(Reply::error(status, "Method Not Allowed").allow(&allowed))
        }
    }
}

/// Parameters must be UTF-8 once decoded; a raw path always is.
fn params_are_text(data: &RequestData<'_>) -> bool {
    data.params
        .iter()
        .all(|p| std::str::from_utf8(p.value(data.path)).is_ok())
}
