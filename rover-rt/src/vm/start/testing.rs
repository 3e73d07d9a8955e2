//! VMs with programs that stand in a test: each is as the compiler would make its reference
//! form.

use std::net::Ipv4Addr;
use std::rc::Rc;
use std::sync::Arc;

use mlua::Lua;
use rover_model::{CHUNK_END, CHUNK_START, LogLevel, Method};

use crate::log::Log;
use crate::message::headers::Headers;
use crate::message::reply::Reply;
use crate::message::request::{RequestData, RequestIds};
use crate::program::{Chunk, Needs, Options, Path, Program, Route};
use crate::vm::library::budgets::with_budgets;
use crate::vm::run::vm::Vm;
use crate::vm::state::vm::VmState;

fn bytecode(name: &str, text: &str) -> &'static [u8] {
    let text = with_budgets(text.as_bytes()).expect("no reserved name");
    let text = [CHUNK_START.as_bytes(), &text, CHUNK_END.as_bytes()].concat();
    let lua = Lua::new();
    let function = lua.load(text).set_name(name).into_function();
    let bytecode = function.expect("a program without mistakes").dump(false);
    Box::leak(bytecode.into_boxed_slice())
}

/// A VM with a manifest, the modules that it requires, `GET` routes with their deadlines in
/// milliseconds, and so many bytes.
pub(crate) fn vm(
    manifest: &str,
    modules: &[(&'static str, &str)],
    routes: &[(&'static str, u32)],
    memory_limit: u64,
) -> Vm {
    let module = |name, text| Chunk {
        modules: vec![name].leak(),
        bytecode: bytecode(&format!("={name}.lua"), text),
    };
    let mut chunks = vec![Chunk {
        modules: &[""],
        bytecode: bytecode("=routes.lua", manifest),
    }];
    chunks.extend(modules.iter().map(|(name, text)| module(*name, text)));
    let routes: Vec<Route> = routes
        .iter()
        .map(|(name, deadline)| Route {
            method: Method::Get,
            pattern: format!("/{name}").leak(),
            params: &[],
            needs: Needs {
                ctx: true,
                body: false,
                constant: false,
            },
            source: "routes.lua:1",
            deadline: *deadline,
            body_limit: 0,
            first: None,
        })
        .collect();
    let bare = VmState::bare();
    let program = Program {
        chunks: chunks.leak(),
        routes: routes.leak(),
        options: Options {
            memory_limit,
            ..bare.program.options
        },
        ..*bare.program
    };
    let log = Rc::new(Log::new(LogLevel::Off));
    Vm::new(Box::leak(Box::new(program)), log, Arc::default()).expect("a program that loads")
}

/// What a route answers, by its number.
pub(crate) fn ask(vm: &Vm, route: u16) -> Reply {
    let (ids, nothing, path) = (RequestIds::new(), Headers::new(&[]), Path::ROOT);
    let id = ids.of(&nothing);
    let request = RequestData::bare("GET", &path, Ipv4Addr::LOCALHOST.into(), &id);
    vm.call(route, &request)
}

/// A reply's status and text.
pub(crate) fn told(reply: &Reply) -> (u16, String) {
    let status = reply.status.map_or(200, |status| status.as_u16());
    (status, String::from_utf8_lossy(&reply.body).into_owned())
}
