//! VMs with programs that stand in a test: each is as the compiler would make its reference
//! form.

use std::borrow::Cow;
use std::net::Ipv4Addr;
use std::rc::Rc;
use std::sync::Arc;

use mlua::Lua;
use rover_model::{CHUNK_END, CHUNK_START, LogLevel, Method};

use crate::log::Log;
use crate::message::headers::Headers;
use crate::message::reply::Reply;
use crate::message::request::{RequestData, RequestIds};
use crate::program::{Borrowed, Chunk, Needs, Path, Program, Route};
use crate::vm::library::budgets::with_budgets;
use crate::vm::run::answer::Called;
use crate::vm::run::vm::Vm;

fn bytecode(name: &str, text: &str) -> Cow<'static, [u8]> {
    let text = with_budgets(text.as_bytes()).expect("no reserved name");
    let text = [CHUNK_START.as_bytes(), &text, CHUNK_END.as_bytes()].concat();
    let lua = Lua::new();
    let function = lua.load(text).set_name(name).into_function();
    let bytecode = function.expect("a program without mistakes").dump(false);
    Cow::Owned(bytecode)
}

/// A VM with such a program.
pub(crate) fn vm(
    manifest: &str,
    modules: &[(&'static str, &str)],
    routes: &[(&'static str, u32)],
    memory_limit: u64,
) -> Rc<Vm> {
    let log = Rc::new(Log::new(LogLevel::Off));
    let program = program(manifest, modules, routes, memory_limit);
    Rc::new(Vm::new(program, log, Arc::default(), Arc::default()).expect("a program that loads"))
}

/// A program of a manifest, the modules that it requires, `GET` routes with their deadlines in
/// milliseconds, and so many bytes.
pub(crate) fn program(
    manifest: &str,
    modules: &[(&'static str, &str)],
    routes: &[(&'static str, u32)],
    memory_limit: u64,
) -> &'static Program {
    let chunk = |module: &'static str, name: &str, text| Chunk {
        modules: vec![Borrowed(module)].into(),
        bytecode: bytecode(name, text),
    };
    let mut chunks = vec![chunk("", "=routes.lua", manifest)];
    let modules = modules.iter();
    chunks.extend(modules.map(|(name, text)| chunk(name, &format!("={name}.lua"), text)));
    let routes: Vec<Route> = routes
        .iter()
        .map(|(name, deadline)| Route {
            method: Method::Get,
            pattern: format!("/{name}").into(),
            params: Borrowed(&[]),
            needs: Needs {
                ctx: true,
                body: false,
                constant: false,
                waits: false,
            },
            source: Borrowed("routes.lua:1"),
            handler: Borrowed(""),
            deadline: *deadline,
            timeout: 0,
            body_limit: 0,
            precheck: None,
            before: Borrowed(&[]),
            after: Borrowed(&[]),
        })
        .collect();
    let mut plan = Program::empty().plan;
    plan.chunks = chunks.into();
    plan.routes = routes.into();
    plan.options.memory_limit = memory_limit;
    Box::leak(Box::new(Program::from(plan)))
}

/// What a route answers, by its number.
pub(crate) fn ask(vm: &Rc<Vm>, route: u16) -> Reply {
    let (ids, nothing, path) = (RequestIds::new(), Headers::new(&[]), Path::ROOT);
    let id = ids.of(&nothing);
    let request = RequestData::bare("GET", &path, Ipv4Addr::LOCALHOST.into(), &id);
    match vm.call(route, &request) {
        Called::Reply(reply) => reply,
        Called::Waits(_) => panic!("a handler of a test waits"),
    }
}

/// A reply's status and text.
pub(crate) fn told(reply: &Reply) -> (u16, String) {
    let status = reply.status.map_or(200, |status| status.as_u16());
    (status, String::from_utf8_lossy(&reply.body).into_owned())
}
