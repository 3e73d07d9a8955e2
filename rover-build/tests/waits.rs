//! Which handlers may wait: a table of programs, each of which says of its routes what is right.
//! A route below `/waits` may wait, one below `/direct` cannot.

use std::fs;
use std::path::PathBuf;

use rover_build::{Called, Compiled, Form, Package, compile_form, explain_package};

/// A folder that is gone when it is dropped.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let name = name.replace(|c: char| !c.is_ascii_alphanumeric(), "_");
        let name = format!("rover-waits-{}-{name}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        fs::create_dir_all(&folder).expect("a folder");
        Folder(folder)
    }

    /// Compiles a program, whose modules begin with `-- file: name.lua`.
    fn compile(&self, options: &str, program: &str, form: Form) -> Compiled {
        let mut parts = program.split("-- file: ");
        let manifest = self.0.join("routes.lua");
        let text = parts.next().unwrap_or_default();
        let text = format!("local api = rover.server {{ {options} }}\n{text}\nreturn api\n");
        fs::write(&manifest, text).expect("a file");
        for part in parts {
            let (name, text) = part.split_once('\n').expect("a name");
            let path = self.0.join(name.trim());
            fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
            fs::write(path, text).expect("a file");
        }
        match compile_form(&manifest, form) {
            Ok(compiled) => compiled,
            Err(failure) => panic!("{program}: {:?}", failure.diagnostics),
        }
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Asserts what the programs of a table say of their routes, in both forms.
fn check(programs: &[(&str, &str)]) {
    check_with("", programs);
}

/// The same of programs with options.
fn check_with(options: &str, programs: &[(&str, &str)]) {
    let mut wrong = Vec::new();
    for (name, program) in programs {
        let folder = Folder::new(name);
        for form in [Form::Specialised, Form::Reference] {
            let compiled = folder.compile(options, program, form);
            assert!(!compiled.plan.routes.is_empty(), "{name}");
            for route in compiled.plan.routes.iter() {
                let said = route.pattern.starts_with("/waits");
                assert!(said || route.pattern.starts_with("/direct"), "{name}");
                if route.needs.waits != said {
                    wrong.push(format!("{name}, {form:?}: {} is not", route.pattern));
                }
                assert!(!route.needs.waits || !route.needs.constant, "{name}");
            }
        }
    }
    assert_eq!(wrong, [""; 0]);
}

#[test]
fn words() {
    check(&[
        (
            "a word that waits",
            "function api.waits.get() rover.sleep(1) return 'x' end
             function api.direct.get() return 'x' end",
        ),
        (
            "in a branch, a loop, an operand, an argument",
            "function api.waits.a.get(ctx) if ctx.path == 'x' then rover.sleep(1) end return 'x' end
             function api.waits.b.get(ctx) while true do rover.sleep(1) end end
             function api.waits.c.get(ctx) return { ctx.path or rover.fs.read('x') } end
             function api.waits.d.get(ctx) return tostring(rover.fs.exists 'x') end",
        ),
        (
            "locals for libraries and words",
            "local http, sleep = rover.http, rover.sleep
             local get = http.get
             function api.waits.a.get() return http.get('http://a').text end
             function api.waits.b.get() return get('http://a').text end
             function api.waits.c.get() sleep(1) end
             function api.direct.get() return type(http) .. type(sleep) end",
        ),
        (
            "words that do not wait",
            "local list = {}
             function api.direct.a.get() table.insert(list, 1) return string.format('%d', #list) end
             function api.direct.b.get() rover.spawn(function() rover.sleep(1) end) return 'x' end
             function api.direct.c.get() return rover.json.encode({}) end
             function api.waits.get() rover.sleep(1) end",
        ),
        (
            "functions of the runtime's own time do not wait in who gives them",
            "local function tick() rover.sleep(1) end
             rover.on_start(tick)
             rover.on_stop(tick)
             rover.every(1, tick)
             rover.cron('0 3 * * *', function() tick() end)
             function api.direct.get() return 'x' end",
        ),
        (
            "tokens by a key and by a set of keys, passwords",
            "local keys = rover.jwt.keys 'https://login.example.com/keys'
             local function user(token) return rover.jwt.verify(token, 'secret') end
             function api.direct.a.get(ctx) return user(ctx:headers().authorization) end
             function api.direct.b.get() return rover.jwt.sign({}, 'secret') end
             function api.direct.c.get() return rover.crypto.uuid() end
             function api.waits.a.get(ctx) return keys:verify(ctx:headers().authorization) end
             function api.waits.b.get() return { ok = rover.password.verify('a', 'b') } end",
        ),
        (
            "a client and its methods",
            "local client = rover.http.client { base_url = 'http://a' }
             local other = { inner = client }
             local cache = {}
             function cache:get(key) return self[key] end
             function api.waits.a.get() return client:get('/').text end
             function api.waits.b.get() return other.inner:post('/', {}).text end
             function api.waits.c.get() return client.get(client, '/').text end
             function api.direct.a.get(ctx) return cache:get('x') or 'none' end
             function api.direct.b.get(ctx) return ctx:get('x') or 'none' end",
        ),
        (
            "files",
            "function api.waits.a.get() local f = io.open('x') return f:read('*a') end
             function api.waits.b.get() for line in io.lines('x') do return line end end
             function api.waits.c.get() for part in rover.fs.chunks('x') do return part end end
             function api.direct.get() return io.type('x') or 'none' end",
        ),
        (
            "an answer in parts",
            "function api.waits.get()
               local r = rover.http.get('http://a', { stream = true })
               for part in r:chunks() do print(part) end
             end",
        ),
        (
            "a program of none",
            "local function helper(f) return f() end
             function api.direct.a.get() return helper(function() return 'x' end) end
             function api.direct.b.get(ctx) return { pcall(error, 'x'), ctx:query() } end",
        ),
    ]);
}

#[test]
fn ways_to_a_word() {
    check(&[
        (
            "helpers",
            "local function far() rover.sleep(1) end
             local function near() far() end
             local function other() return 'x' end
             function api.waits.get() near() end
             function api.direct.get() return other() end",
        ),
        (
            "modules",
            "local store = require 'store'
             function api.waits.a.get() return store.load('x') end
             function api.waits.b.get() return store:save('x') end
             function api.waits.c.get() return require('store').load('x') end
             function api.direct.get() return store.name() end
             -- file: store.lua
             local M = {}
             function M.load(key) return rover.fs.read(key) end
             function M:save(key) rover.fs.write(key, 'x') return 'x' end
             function M.name() return 'store' end
             return M",
        ),
        (
            "a module that defines routes",
            "require 'users' (api)
             -- file: users.lua
             return function(api)
               function api.waits.users.get() rover.sleep(1) end
               function api.direct.users.get() return 'x' end
             end",
        ),
        (
            "modules by names that are put together",
            "for _, name in ipairs { 'slow', 'quick' } do require('routes_' .. name) end
             for _, name in ipairs { 'slow', 'quick' } do require('lib.' .. name)(api) end
             -- file: lib/slow.lua
             return function(api) function api.waits.get() rover.sleep(1) end end
             -- file: lib/quick.lua
             return function(api)
               local insert = table.insert
               function api.direct.get(ctx) local list = {} insert(list, ctx.path) return list end
             end
             -- file: routes_slow.lua
             return { rover = 1 }
             -- file: routes_quick.lua
             return { io = 1 }",
        ),
        (
            "objects",
            "local Store = {}
             Store.__index = Store
             function Store.new(path) return setmetatable({ path = path }, Store) end
             function Store:load() return rover.fs.read(self.path) end
             function Store:name() return self.path end
             local store = Store.new('x')
             function api.waits.get() return store:load() end
             function api.direct.get() return store:name() end",
        ),
        (
            "metamethods",
            "local lazy = setmetatable({}, { __index = function(_, key) return rover.fs.read(key) end })
             function api.waits.get() return lazy.name end",
        ),
        (
            "metamethods of a kind concern what is of that kind",
            "local callable = setmetatable({}, { __call = function(_, key) return rover.fs.read(key) end })
             local pairwise = setmetatable({}, { __pairs = pairs, __call = pcall, __index = rawget })
             local sum = setmetatable({}, { __add = function() rover.sleep(1) return 1 end })
             function api.waits.a.get() return callable('x') end
             function api.waits.b.get() return { sum + 1 } end
             function api.direct.get(ctx) return { ctx:query().x, 1 - 1, 'a' .. 'b' } end",
        ),
        (
            "metamethods that the library calls",
            "local Slow = {}
             Slow.__tostring = function() rover.sleep(1) return 'slow' end
             Slow.__lt = function() rover.sleep(1) return true end
             local slow = setmetatable({}, Slow)
             function api.waits.a.get() return tostring(slow) end
             function api.waits.b.get() print(slow) end
             function api.waits.c.get() table.sort({ slow, slow }) end
             function api.direct.get(ctx) return ctx:query().x or 'none' end",
        ),
        (
            "tables that are called",
            "local callable = setmetatable({}, { __call = function() rover.sleep(1) end })
             function api.waits.a.get() return { pcall(callable) } end
             function api.waits.b.get() callable() end
             function api.waits.c.get() for x in callable do return { x } end end
             function api.direct.get() return ('x'):upper() end",
        ),
        (
            "texts in tables of the library's",
            "local names = setmetatable({}, { __index = function(_, k) return rover.fs.read(k) end })
             function api.waits.get() return (('x'):gsub('%a', names)) end
             function api.direct.get(ctx) return ('x'):upper() end",
        ),
        (
            "callbacks of the library",
            "local function pause() rover.sleep(1) return true end
             function api.waits.a.get() return { pcall(pause) } end
             function api.waits.b.get() return { pcall(rover.sleep, 1) } end
             function api.waits.c.get() return ('x'):gsub('.', pause) end
             function api.waits.d.get() return string.gsub('x', '.', function() pause() end) end
             function api.waits.e.get() table.sort({ 2, 1 }, function(a, b) pause() return a < b end) end
             function api.waits.f.get() return { xpcall(pause, print) } end
             function api.waits.g.get() return { rover.try(pause) } end
             function api.waits.h.get() return { pcall(pcall, pcall, pause) } end
             function api.waits.i.get() return { pcall(string.gsub, 'x', '.', pause) } end
             function api.direct.a.get() return { pcall(tostring, 1) } end
             function api.direct.b.get() return ('x'):gsub('.', string.upper) end",
        ),
        (
            "at the same time",
            "local function one() return 1 end
             function api.waits.a.get() return rover.all { one, one } end
             function api.waits.b.get() return rover.race { one } end
             function api.waits.c.get() return rover.all({ 1 }, function(i) return i end, { limit = 2 }) end
             local list = {}
             function api.direct.get() for _, f in ipairs(list) do f() end return one() end",
        ),
        (
            "functions that are handed on",
            "local function twice(f) f() f() end
             local function pause() rover.sleep(1) end
             local function quick() end
             function api.waits.a.get() twice(pause) end
             function api.waits.b.get() local f = pause f() end
             local registry = { pause = pause }
             function api.waits.c.get() registry.pause() end
             function api.waits.d.get(ctx) registry[ctx.path]() end
             local list = { pause, quick }
             function api.waits.e.get() for _, f in ipairs(list) do f() end end
             local function maker() return function() rover.sleep(1) end end
             function api.waits.f.get() maker()() end
             function api.direct.get() quick() return registry.name end",
        ),
        (
            "functions that are passed by names in parameters",
            "local function run(task) task.work() end
             function api.waits.get() run { work = function() rover.sleep(1) end } end
             function api.direct.get() return 'x' end",
        ),
        (
            "varargs and results in a row",
            "local function pick(n, ...) return (select(n, ...)) end
             function api.waits.a.get() pick(2, print, rover.sleep)(1) end
             local function both() return print, rover.sleep end
             function api.waits.b.get() local _, f = both() f(1) end
             function api.waits.c.get() local fs = { both() } fs[2](1) end
             local function apply(f, ...) return f(...) end
             function api.waits.d.get() apply(both()) end",
        ),
        (
            "coroutines",
            "local function numbers()
               return coroutine.wrap(function() rover.sleep(1) coroutine.yield(1) end)
             end
             function api.waits.a.get() for n in numbers() do return { n } end end
             function api.waits.b.get()
               local co = coroutine.create(function() rover.sleep(1) end)
               return { coroutine.resume(co) }
             end
             local given = coroutine.wrap(function() coroutine.yield(rover.sleep) end)
             function api.waits.c.get() given()(1) end
             function api.direct.get() return type(numbers) end",
        ),
        (
            "iterators",
            "local function lines() return function() return rover.fs.read('x') end end
             function api.waits.get() for line in lines() do return line end end
             function api.direct.get() for k, v in pairs({ a = 1 }) do return { k, v } end end",
        ),
        (
            "templates",
            "rover.html.slow = function(props) return rover.fs.read('x') end
             rover.html.quick = function(props) return 'x' end
             function api.waits.get() return api.html {} [[<p>{{ slow { } }}</p>]] end
             function api.direct.get() return 'x' end",
        ),
        (
            "wrapped handlers",
            "local function logged(handler)
               return function(ctx) print(ctx.path) return handler(ctx) end
             end
             api.waits.a.get = logged(function() rover.sleep(1) end)
             function api.waits.b.get() rover.sleep(1) end
             api.waits.b.get = logged(api.waits.b.get)",
        ),
        (
            "tables of routes",
            "local function pause() rover.sleep(1) end
             api.waits = { get = pause, b = { post = function() pause() end } }
             api.direct = { get = function() return 'x' end }
             function api.direct.b.get(ctx) return ctx:get('x') or 'none' end",
        ),
        (
            "handlers that are in no text",
            "api.waits.a.get = rover.sleep
             api.waits.b.get = setmetatable({}, { __call = function() return 'x' end })",
        ),
    ]);
}

#[test]
fn what_is_not_followed_by_name() {
    check(&[
        (
            "libraries as values",
            "local all = { rover }
             local copy = {}
             for name, word in pairs(rover) do copy[name] = word end
             function api.waits.a.get() all[1].sleep(1) end
             function api.waits.b.get() copy.sleep(1) end
             function api.waits.c.get() _G.rover.sleep(1) end
             function api.waits.d.get(ctx) _G[ctx.path].sleep(1) end
             function api.direct.get() return 'x' end",
        ),
        (
            "a library of the program's",
            "string.slow = function(s) rover.sleep(1) return s end
             function api.waits.a.get() return ('x'):slow() end
             function api.waits.b.get() return string.slow('x') end
             function api.direct.get() return ('x'):upper() end",
        ),
        (
            "globals",
            "function pause() rover.sleep(1) end
             function api.waits.get() pause() end
             function api.direct.get() return type(pause) end",
        ),
        (
            "texts that are loaded",
            "local constant = load('return 1')
             function api.waits.a.get(ctx) return { load(ctx.path)() } end
             function api.waits.b.get() return { load('rover.sleep(1)')() } end
             function api.direct.get() return { constant() } end",
        ),
        (
            "a name that others have too",
            "local Cache = {}
             Cache.__index = Cache
             function Cache:insert(x) rover.fs.write('x', x) end
             local cache = setmetatable({}, Cache)
             local list = {}
             function api.waits.get() cache:insert('x') end
             function api.direct.get() table.insert(list, 1) return 'x' end",
        ),
    ]);
}

/// Where everything comes everywhere, nothing is proven, and the compiler ends soon.
#[test]
fn a_program_without_an_order() {
    let mut program = "local all = { _G, package.loaded, pcall, xpcall, table.sort }\n".to_owned();
    for n in 0..150 {
        program += &format!(
            "all[{n} + #all] = function(f, ...) for k, v in pairs(f) do all[k] = v(f, ...) end \
             return pcall(all[f], xpcall(...)), table.sort(all, f) end\n"
        );
    }
    program += "function api.waits.get(ctx) return all[ctx.path](ctx) end";
    check(&[("all comes everywhere", &program)]);
}

#[test]
fn hooks() {
    let folder = Folder::new("hooks");
    for (program, waits) in [
        ("function api.not_found() rover.sleep(1) end", true),
        (
            "function api.on_error(ctx, err) rover.http.get('http://a') end",
            true,
        ),
        (
            "function api.not_found() return 'x' end function api.x.get() rover.sleep(1) end",
            false,
        ),
        (
            "local function f() rover.sleep(1) end function api.on_error() f() end",
            true,
        ),
    ] {
        let compiled = folder.compile("", program, Form::Specialised);
        assert_eq!(compiled.plan.hooks_wait, waits, "{program}");
    }
}

/// A call as people are told of it.
fn told(call: &Called) -> String {
    format!(
        "{}:{} {}",
        call.position.file, call.position.line, call.name
    )
}

#[test]
fn the_way_to_a_word_is_told() {
    let folder = Folder::new("way");
    let program = "local store = require 'store'
local function load(key)
  if key then return store:load(key) end
  return store.other()
end
function api.a.get() return load 'x' end
function api.b.get() return load and 'x' end
function api.c.get()
  return { pcall(load, 'x') }
end
function api.d.get()
  return api.html {} [[<p>{{ slow { } }}</p>]]
end
function rover.html.slow() rover.sleep(1) end
-- file: store.lua
local M = {}
function M:load(key) return M.other() end
function M.other() return rover.fs.read 'x' end
return M";
    folder.compile("", program, Form::Specialised);
    let manifest = folder.0.join("routes.lua");
    let compiled = explain_package(&manifest, Form::Specialised, Package::from_environment());
    let explained = compiled.expect("it compiles").explained;
    let ways: Vec<Vec<String>> = explained
        .iter()
        .map(|route| route.waits.iter().map(told).collect())
        .collect();
    let load = ["routes.lua:5 `other`", "store.lua:3 `rover.fs.read`"];
    assert_eq!(ways[0], [&["routes.lua:7 `load`"], &load[..]].concat());
    assert_eq!(ways[1], [""; 0]);
    assert_eq!(ways[2], [&["routes.lua:10 `pcall`"], &load[..]].concat());
    assert_eq!(ways[3][0], "routes.lua:13 a template");
    assert_eq!(
        ways[3].last().map(String::as_str),
        Some("routes.lua:15 `rover.sleep`")
    );
}

const SESSIONS: &str = "sessions = { secret = ('s'):rep(32), store = 'shared' }";

/// What asks a store, a limit or a session.
const OF_STATE: [(&str, &str); 6] = [
    (
        "stores",
        "local store = rover.shared 's'
         function api.waits.get.get() return store:get 'k' end
         local function count(name) return store:incr(name) end
         function api.waits.called.get() return count 'k' end
         function api.direct.get() return 'none' end",
    ),
    (
        "a store of a module",
        "local m = require 'm'
         function api.waits.get() return m.count() end
         function api.direct.get() return m.none() end
         -- file: m.lua
         local store, m = rover.shared 's', {}
         function m.count() return store:incr 'n' end
         function m.none() return 0 end
         return m",
    ),
    (
        "a cache",
        "local cache = rover.cache 'c'
         function api.waits.get() return cache:delete 'k' end",
    ),
    (
        "hooks",
        "api.waits.limit.before = rover.rate_limit { rate = '1/s' }
         function api.waits.limit.get() return 1 end
         api.waits.key.before = rover.idempotent {}
         function api.waits.key.post() return 1 end
         function api.direct.get() return 1 end",
    ),
    (
        "sessions",
        "function api.waits.get(ctx) return ctx:session() end
         function api.waits.token.get(ctx) return ctx:csrf() end
         function api.direct.get(ctx) return ctx.path end",
    ),
    (
        "tokens",
        "api.waits.before = rover.csrf
         function api.waits.post() return 1 end
         function api.direct.get() return 1 end",
    ),
];

#[test]
fn state_that_may_be_elsewhere_is_waited_for() {
    let given = format!("state = rover.env.STATE, {SESSIONS}");
    check_with(&given, &OF_STATE);
    // Without the option nothing waits ...
    for (name, program) in OF_STATE {
        let folder = Folder::new(name);
        let compiled = folder.compile(SESSIONS, program, Form::Specialised);
        let waiting = compiled
            .plan
            .routes
            .iter()
            .filter(|route| route.needs.waits);
        assert_eq!(waiting.count(), 0, "{name}");
        assert!(
            !compiled.plan.path_hooks.iter().any(|hook| hook.waits),
            "{name}"
        );
    }
    // ... and where cookies have the data, no session does.
    let cookies = "state = 'memory', sessions = { secret = ('s'):rep(32) }";
    check_with(
        cookies,
        &[(
            "cookies",
            "function api.direct.get(ctx) return ctx:session() end",
        )],
    );
}
