//! From a request to its answer: routing, the handler, the hooks.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::Arc;
use std::task::{Context, Poll};

use http::StatusCode;
use rover_model::{LogLevel, Network};

use crate::development::{Development, FailedHandler};
use crate::error::Error;
#[cfg(unix)]
use crate::files::roots::Roots;
use crate::http1::{Answer, HeadLimits, Service};
use crate::log::Log;
use crate::message::decode::is_text;
use crate::message::reply::Reply;
use crate::message::request::{RequestData, RequestIds};
use crate::program::{Method, Path, Program};
use crate::resources::Resources;
use crate::service::added::Added;
use crate::service::background::Background;
use crate::service::constant::Constant;
use crate::service::development::{asked, dressed, reply};
use crate::service::docs::{Docs, Page};
use crate::service::replaced::ReplacedVms;
use crate::settings::Settings;
use crate::time::pulse::Pulse;
use crate::vm::{Called, Hook, Task, Vm};

/// Headers that one head may have at most, where no limit is set.
const MAX_HEADERS: usize = 10_000;

/// Methods that are known, and that no path has: RFC 9110, section 15.6.2, keeps 501 for
/// those that are not known. `QUERY` is HTTP's newest.
const WITHOUT_ROUTES: [&str; 2] = ["TRACE", "QUERY"];

/// One worker's program.
pub(crate) struct ProgramService {
    program: &'static Program,
    health: bool,
    leaving: Cell<bool>,
    head_limits: HeadLimits,
    trusted_proxies: Vec<Network>,
    added: Added,
    vm: RefCell<Rc<Vm>>,
    replaced: ReplacedVms,
    log: Rc<Log>,
    pulse: Arc<Pulse>,
    resources: Arc<Resources>,
    /// The folders that the program may reach.
    #[cfg(unix)]
    roots: Arc<Roots>,
    constants: Vec<Option<Constant>>,
    docs: Option<Docs>,
    development: Option<Arc<dyn Development>>,
    background: Rc<Background>,
    ids: RequestIds,
}

/// What is at a path for a method.
pub(crate) enum Found {
    Route(u16),
    /// The program's documentation.
    Docs(Page),
    /// The runtime's own answer.
    Reply(Reply),
    /// The same where it is an error, for which the program may have another.
    Refused(Reply),
    Nothing,
}

/// Opens the folders of the option `files`.
#[cfg(unix)]
fn roots(vm: &Vm) -> Result<Arc<Roots>, Error> {
    let roots = Roots::open(vm.options.files.iter().map(String::as_str));
    let roots = roots.map_err(|error| Error::Option(format!("`files`: {error}")))?;
    Ok(Arc::new(roots))
}

/// Applies what the program's databases need, and says so.
#[cfg(feature = "database")]
fn migrate(vm: &Vm, log: &Log) -> Result<(), Error> {
    let applied = vm.migrate()?;
    for name in applied.names {
        let message = format!("applied the migration {name}");
        log.line(LogLevel::Info, &message, None);
    }
    for name in applied.later {
        let message = format!("the database has the migration {name} of a later version");
        log.line(LogLevel::Warn, &message, None);
    }
    Ok(())
}

impl ProgramService {
    pub(crate) fn new(
        program: &'static Program,
        settings: &Settings,
        pulse: Arc<Pulse>,
        resources: Arc<Resources>,
    ) -> Result<Self, Error> {
        let log = Rc::new(Log::new(settings.log_level));
        let vm = Vm::new(
            program,
            Rc::clone(&log),
            Arc::clone(&pulse),
            Arc::clone(&resources),
        )?;
        #[cfg(feature = "database")]
        migrate(&vm, &log)?;
        #[cfg(unix)]
        let roots = roots(&vm)?;
        #[cfg(unix)]
        vm.give_files(&roots);
        let added = Added::new(program, settings);
        let development = settings.development.clone();
        let constants = match &development {
            None => Constant::prepare(program, &vm, &added),
            // An answer that is made once tells nothing of its handler.
            Some(_) => {
                vm.keep_failures();
                program.routes.iter().map(|_| None).collect()
            }
        };
        Ok(ProgramService {
            program,
            health: settings.health,
            leaving: Cell::new(false),
            head_limits: HeadLimits {
                line: size(settings.limits.request_line_limit),
                head: size(settings.limits.header_limit),
                headers: match settings.limits.max_headers {
                    0 => MAX_HEADERS,
                    count => count as usize,
                },
            },
            trusted_proxies: settings.trusted_proxies.clone(),
            constants,
            development,
            docs: Docs::new(program, &added),
            added,
            vm: RefCell::new(Rc::new(vm)),
            replaced: ReplacedVms::default(),
            background: Rc::new(Background::new(Rc::clone(&log))),
            log,
            pulse,
            resources,
            #[cfg(unix)]
            roots,
            ids: RequestIds::new(),
        })
    }

    /// The worker's event loop has come round.
    pub(crate) fn tick(&self) {
        self.pulse.beat();
        self.log.flush();
        #[cfg(unix)]
        self.vm.borrow().tick();
    }

    /// Answers by the VM, and looks after it.
    fn with_vm(&self, answer: impl FnOnce(&Rc<Vm>) -> Called) -> Given<'_> {
        let vm = self.vm.borrow();
        let called = answer(&vm);
        if vm.has_spawned() {
            self.background.take(&vm);
        }
        let is_spent = vm.is_spent();
        drop(vm);
        if is_spent {
            self.replace_vm();
        }
        match called {
            Called::Reply(reply) => Answer::Reply(reply),
            Called::Waits(task) => Answer::Pending(task),
        }
    }

    /// Another VM serves the next requests. What waits in this one goes on in it, where it can, and until there
    /// are too many of them.
    fn replace_vm(&self) {
        let vm = Vm::new(
            self.program,
            Rc::clone(&self.log),
            Arc::clone(&self.pulse),
            Arc::clone(&self.resources),
        );
        match vm {
            Ok(vm) => {
                #[cfg(unix)]
                vm.give_files(&self.roots);
                if self.development.is_some() {
                    vm.keep_failures();
                }
                let before = self.vm.replace(Rc::new(vm));
                if self.replaced.add(&before) {
                    let message = "too many replaced VMs have requests that wait: those of the oldest are ended";
                    self.log.line(LogLevel::Warn, message, None);
                }
            }
            Err(error) => {
                let message = format!("the VM could not be replaced: {error}");
                self.log.line(LogLevel::Error, &message, None);
            }
        }
    }

    fn without_route(&self, found: Found, data: &RequestData<'_>) -> Given<'_> {
        match found {
            Found::Reply(reply) => Answer::Reply(reply),
            Found::Refused(reply) => self.refused(data, reply),
            _ => {
                let standard = Reply::error(StatusCode::NOT_FOUND, "Not Found");
                self.with_vm(|vm| vm.hook(Hook::NotFound, data, standard))
            }
        }
    }

    /// What the runtime itself has at a path where the program has nothing.
    fn own(&self, path: &Path<'_>) -> Option<Found> {
        let docs = self.docs.as_ref().and_then(|_| Docs::find(path.raw()));
        docs.map(Found::Docs)
            .or_else(|| self.health(path).map(Found::Reply))
    }

    /// What a path of the health checks is told, where they are wanted: that the process
    /// lives, and whether it should be sent requests.
    fn health(&self, path: &Path<'_>) -> Option<Reply> {
        let ready = !self.leaving.get();
        match path.raw() {
            _ if !self.health => None,
            "/healthz" => Some(Reply::state(StatusCode::OK, "ok")),
            "/readyz" if ready => Some(Reply::state(StatusCode::OK, "ready")),
            "/readyz" => Some(Reply::state(StatusCode::SERVICE_UNAVAILABLE, "stopping")),
            _ => None,
        }
    }

    /// From now on the server is not ready for new clients.
    pub(crate) fn leave(&self) {
        self.leaving.set(true);
    }
}

/// What a request to the program comes to.
type Given<'s> = Answer<'s, Box<Task>>;

impl Service for ProgramService {
    type Found = Found;
    type Task = Box<Task>;

    fn head_limits(&self) -> HeadLimits {
        self.head_limits
    }

    fn trusted_proxies(&self) -> &[Network] {
        &self.trusted_proxies
    }

    fn ids(&self) -> &RequestIds {
        &self.ids
    }

    fn log(&self) -> &Log {
        &self.log
    }

    fn find(&self, method: &str, path: &mut Path<'_>) -> Found {
        let known = Method::ALL.into_iter().find(|m| m.as_str() == method);
        if known.is_none() && !WITHOUT_ROUTES.contains(&method) {
            let message = "Not Implemented";
            return Found::Refused(Reply::refusal(StatusCode::NOT_IMPLEMENTED, message));
        }
        let direct = known.and_then(|method| self.program.find(method, path));
        let found = match known {
            Some(Method::Head) => direct.or_else(|| self.program.find(Method::Get, path)),
            _ => direct,
        };
        if let Some(index) = found {
            return Found::Route(index);
        }
        let mut allowed = self.program.allowed(path);
        if allowed.is_empty() {
            match self.own(path) {
                Some(found) if matches!(known, Some(Method::Get | Method::Head)) => return found,
                Some(_) => allowed = vec![Method::Get, Method::Head, Method::Options],
                None => return Found::Nothing,
            }
        }
        if known == Some(Method::Options) {
            Found::Reply(Reply::empty(StatusCode::NO_CONTENT).allow(&allowed))
        } else {
            let status = StatusCode::METHOD_NOT_ALLOWED;
            Found::Refused(Reply::refusal(status, "Method Not Allowed").allow(&allowed))
        }
    }

    fn whole_server(&self) -> Found {
        let has = |method: &Method| self.program.routes.iter().any(|r| r.method == *method);
        let implied = |method: &Method| match method {
            Method::Options => true,
            Method::Head => has(&Method::Get),
            _ => false,
        };
        let methods = Method::ALL.into_iter();
        let methods: Vec<Method> = methods.filter(|m| has(m) || implied(m)).collect();
        Found::Reply(Reply::empty(StatusCode::NO_CONTENT).allow(&methods))
    }

    fn body_limit(&self, found: &Found) -> Option<u64> {
        let Found::Route(index) = found else {
            return None;
        };
        let route = &self.program.routes[usize::from(*index)];
        route.needs.body.then(|| size(route.body_limit) as u64)
    }

    fn runs_program(&self, found: &Found) -> bool {
        match found {
            Found::Route(index) => self.constants[usize::from(*index)].is_none(),
            Found::Docs(_) | Found::Reply(_) => false,
            Found::Refused(_) | Found::Nothing => true,
        }
    }

    fn answer(&self, data: &mut RequestData<'_>, found: Found) -> Given<'_> {
        if self.added.is_preflight(data) {
            return Answer::Reply(self.preflight(data, found));
        }
        match self.development.as_deref() {
            None => self.answered(data, found),
            Some(development) => self.developed(development, data, found),
        }
    }

    fn refused(&self, data: &RequestData<'_>, refusal: Reply) -> Given<'_> {
        self.with_vm(|vm| vm.hook(Hook::Error, data, refusal))
    }

    fn poll(
        &self,
        task: &mut Box<Task>,
        data: &RequestData<'_>,
        context: &mut Context<'_>,
    ) -> Poll<Reply> {
        let route = task.route();
        let polled = task.poll(data, context);
        self.look_after(task);
        polled.map(|reply| self.late_answer(task, data, route, reply))
    }

    fn timeout(&self, task: &Box<Task>) -> u32 {
        task.timeout()
    }

    fn time_out(&self, task: &mut Box<Task>, data: &RequestData<'_>) -> Option<Reply> {
        let route = task.route();
        let reply = task.time_out(data);
        self.look_after(task);
        reply.map(|reply| self.late_answer(task, data, route, reply))
    }

    fn cancel(&self, mut task: Box<Task>, data: &RequestData<'_>) {
        task.cancel(Some(data));
        self.look_after(&task);
    }

    #[inline]
    fn add_headers(&self, request: &RequestData<'_>, reply: &mut Reply, out: &mut Vec<u8>) {
        self.added.write(request, reply, out);
    }

    fn add_to_prepared(&self, request: &RequestData<'_>, out: &mut Vec<u8>) {
        self.added.write_prepared(request, out);
    }

    fn give_back(&self, body: Vec<u8>) {
        self.vm.borrow().give_back(body);
    }
}

impl ProgramService {
    /// The VM that serves the next request.
    pub(super) fn vm(&self) -> Rc<Vm> {
        Rc::clone(&self.vm.borrow())
    }

    /// What runs beside requests.
    pub(crate) fn background(&self) -> &Rc<Background> {
        &self.background
    }

    /// After a turn of a task: replaces the VM where that can serve no other request.
    fn look_after(&self, task: &Task) {
        self.background.take(task.vm());
        if task.vm().is_spent() && Rc::ptr_eq(task.vm(), &self.vm.borrow()) {
            self.replace_vm();
        }
    }

    /// The answer to a preflight, which says what the path has. Who may ask is added later, as to
    /// others.
    fn preflight(&self, data: &RequestData<'_>, found: Found) -> Reply {
        match found {
            Found::Reply(reply) => reply,
            Found::Route(_) => {
                let mut path = Path::parse(data.path.raw()).unwrap_or(Path::ROOT);
                Reply::empty(StatusCode::NO_CONTENT).allow(&self.program.allowed(&mut path))
            }
            Found::Docs(_) | Found::Refused(_) | Found::Nothing => {
                Reply::empty(StatusCode::NO_CONTENT)
            }
        }
    }

    fn answered(&self, data: &mut RequestData<'_>, found: Found) -> Given<'_> {
        let index = match found {
            Found::Route(index) => index,
            Found::Docs(page) => {
                let docs = self.docs.as_ref().map(|docs| docs.get(page));
                return match docs {
                    Some(constant) => Answer::Prepared(constant.answer(&data.headers)),
                    None => self.without_route(Found::Nothing, data),
                };
            }
            other => return self.without_route(other, data),
        };
        data.params = &self.program.routes[usize::from(index)].params;
        data.route = Some(index);
        if !params_are_text(data) {
            let malformed = Reply::refusal(StatusCode::BAD_REQUEST, "Malformed path parameter");
            return self.refused(data, malformed);
        }
        match &self.constants[usize::from(index)] {
            Some(constant) => Answer::Prepared(constant.answer(&data.headers)),
            None => self.with_vm(|vm| vm.call(index, data)),
        }
    }

    /// The same for a person at work.
    fn developed(
        &self,
        development: &dyn Development,
        data: &mut RequestData<'_>,
        found: Found,
    ) -> Given<'_> {
        if let (Found::Nothing, Some(page)) = (&found, development.own(data.path.raw())) {
            return Answer::Reply(reply(page));
        }
        if let Some(page) = development.instead(&asked(data)) {
            return Answer::Reply(reply(page));
        }
        let route = match found {
            Found::Route(index) => Some(index),
            _ => None,
        };
        match self.answered(data, found) {
            Answer::Reply(reply) => {
                let vm = Rc::clone(&self.vm.borrow());
                Answer::Reply(self.dress(development, &vm, data, route, reply))
            }
            other => other,
        }
    }

    /// An answer that was waited for, as it is sent.
    fn late_answer(
        &self,
        task: &Task,
        data: &RequestData<'_>,
        route: Option<u16>,
        reply: Reply,
    ) -> Reply {
        match self.development.as_deref() {
            None => reply,
            Some(development) => self.dress(development, task.vm(), data, route, reply),
        }
    }

    /// What a person at work is shown of an answer.
    fn dress(
        &self,
        development: &dyn Development,
        vm: &Vm,
        data: &RequestData<'_>,
        route: Option<u16>,
        reply: Reply,
    ) -> Reply {
        let route = route.and_then(|index| self.program.routes.get(usize::from(index)));
        let text = vm.take_failure();
        let failure = text.as_ref().map(|text| FailedHandler {
            status: reply.status.map_or(500, |status| status.as_u16()),
            text,
            answered: vm.has_hook(Hook::Error),
            route: route.map(|route| {
                (
                    format!("{} {}", route.method, route.pattern),
                    &*route.source,
                )
            }),
        });
        dressed(development, data, reply, failure)
    }
}

/// A limit in bytes; 0 stands for none.
fn size(limit: u64) -> usize {
    match limit {
        0 => usize::MAX,
        bytes => usize::try_from(bytes).unwrap_or(usize::MAX),
    }
}

/// Parameters must be UTF-8 once decoded; a raw path always is.
fn params_are_text(data: &RequestData<'_>) -> bool {
    data.params.iter().all(|p| is_text(data.path.param(p)))
}
