// Random programs for the differential test, part of the build script: handlers that
// read the request in every way, branch, loop, build tables, shadow names, call helpers
// and fail, so that whatever the compiler rewrites stands beside what it must not.

#[path = "generate/hooks.rs"]
mod hooks;
#[path = "generate/lists.rs"]
mod lists;
#[path = "generate/pages.rs"]
pub(crate) mod pages;
#[path = "generate/rows.rs"]
mod rows;

/// A linear congruential generator: the same programs at every build.
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        let mut random = Random(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
        random.below(2);
        random
    }

    pub(crate) fn below(&mut self, limit: usize) -> usize {
        let next = self.0.wrapping_mul(6_364_136_223_846_793_005);
        self.0 = next.wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % limit
    }

    fn one<'a>(&mut self, of: &[&'a str]) -> &'a str {
        self.one_of(of)
    }

    fn one_of<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.below(of.len())]
    }
}

pub(crate) const HANDLERS: usize = 20;

/// A manifest of handlers at `/h0/{x}`, `/h1/{x}`, ..., for GET and POST.
pub(crate) fn program(seed: u64) -> String {
    written(seed, false)
}

/// The same almost without hooks, of a program that has rows of a database.
pub(crate) fn rows_program(seed: u64) -> String {
    written(seed + 9000, true)
}

fn written(seed: u64, rows: bool) -> String {
    let mut writer = Writer {
        random: Random::new(seed),
        rows,
        locals: Vec::new(),
        lists: Vec::new(),
        shapes: Vec::new(),
        names: 0,
    };
    let mut text = "\
local api = rover.server { trusted_proxies = { \"loopback\" } }
-- A field that is written on some table may be read of any.
local some = {}
some.nothing = 1
local shared = { x = 1, name = \"shared\" } -- rover: per-worker
local GREETING = \"hello\"
local function helper(ctx) return { id = ctx:params().x, a = ctx:query().a } end
local function twice(v) return tostring(v) .. tostring(v) end
local function two() return 1, 2 end
local kept -- rover: per-worker
local g = rover.guard
local SHAPE = g:object {
  name = g:string():default(\"d\"), count = g:integer():default(2), flag = g:boolean():nullable(),
  deep = g:object { id = g:integer():default(1), t = g:string() }:default {}, a = g:array(g:any()),
  rows = g:array(g:object {
    id = g:integer():default(1), t = g:string(), n = g:array(g:integer():required()):default {},
    o = g:object { k = g:string():default(\"k\") }:default {},
  }):default {},
}
local PAGE = { a = g:integer():min(0), b = g:string():default(\"e\"), x = g:array(g:string()) }
local strange = setmetatable({ own = 1 }, { __index = function(_, k) return k .. \"!\" end })
"
    .to_owned();
    if rows {
        text += &rows::database();
    }
    // Functions that only get a `ctx`, in some programs.
    text += writer.random.one(&[
        "local function inner(c) return c:headers().accept end\n",
        "local function inner(c) local q = c:query() q.a = \"written\" return q.b end\n",
        "local function inner(c) return c:get(\"k\") or c.path end\n",
        "local function inner(c) local n = 0 for k in pairs(c:query()) do n = n + 1 end return n end\n",
        "local function inner(c) local f = function() return c:params().x end return f() end\n",
    ]);
    text += writer.random.one(&[
        "local reader = function(v, c) return v or c:query().a or inner(c) end\n",
        "local function reader(v, c) return { v, inner(c), c:body() and c:body():raw() } end\n",
        "local function reader(v, c) if v then return inner(c) end return c:params().x end\n",
        "local function reader(v, c) kept = c return c.method end\n",
    ]);
    text += &match rows {
        true => "function api.h0.before.fields(ctx) ctx.user, ctx.seen = { name = ctx.path }, ctx.path end\n".to_owned(),
        false => writer.outer_hooks(),
    };
    for number in 0..HANDLERS {
        if !rows {
            text += &writer.inner_hooks(&format!("h{number}"));
        }
        let method = if number % 3 == 0 { "post" } else { "get" };
        text += &format!("function api.h{number}.p_x.{method}(ctx)\n");
        writer.locals.clear();
        writer.lists.clear();
        writer.shapes.clear();
        let count = 1 + writer.random.below(5);
        text += &writer.block(count, 1);
        text += &writer.last(1);
        text += "end\n";
    }
    text + "return api\n"
}

struct Writer {
    random: Random,
    /// There is a database.
    rows: bool,
    locals: Vec<String>,
    /// Locals that began as an empty table.
    lists: Vec<String>,
    /// Locals that hold what was checked against `SHAPE`.
    shapes: Vec<String>,
    names: usize,
}

const READS: [&str; 30] = [
    "ctx:query():expect(PAGE).b",
    "ctx:params():expect({ x = g:string():required() }).x",
    "rover.guard(ctx:query().a, g:string():default(\"none\"))",
    "ctx:params().x",
    "ctx.params().x",
    "ctx:params().nothing",
    "ctx:params()[\"x\"]",
    "ctx:query().a",
    "ctx:query().b",
    "ctx.query()[\"c d\"]",
    "ctx:query()[\n  \"a\"]",
    "ctx:headers()[\"X-Thing\"]",
    "ctx:headers().accept",
    "ctx:cookies().s",
    "ctx.method",
    "ctx.path",
    "ctx.client_ip",
    "ctx.host",
    "ctx.scheme",
    "ctx.url",
    "ctx.request_id",
    "ctx:body():text()",
    "ctx:body():raw()",
    "ctx:body():json()",
    "ctx:body()",
    "ctx:get(\"k\")",
    "ctx:query_all(\"a\")[1]",
    "ctx:header_all(\"x-thing\")",
    "ctx:query()",
    "ctx:params()",
];

const LITERALS: [&str; 16] = [
    "nil",
    "true",
    "false",
    "0",
    "1",
    "007",
    "42",
    "-3",
    "1.5",
    "0x1F",
    "\"text\"",
    "'it''s'",
    "\"q\\\"\"",
    "[[long]]",
    "\"é\"",
    "GREETING",
];

impl Writer {
    fn expr(&mut self, depth: usize) -> String {
        let kinds = if depth == 0 { 5 } else { 20 };
        if self.random.below(12) == 0 {
            return self.field();
        }
        match self.random.below(kinds) {
            0 | 1 => self.random.one(&READS).to_owned(),
            2 => match self.random.one(&LITERALS) {
                "'it''s'" => "'it\"s'".to_owned(),
                literal => literal.to_owned(),
            },
            3 | 4 => match self.locals.len() {
                0 => "shared.x".to_owned(),
                count => self.locals[self.random.below(count)].clone(),
            },
            5 => format!("twice({})", self.expr(depth - 1)),
            6 => format!("tostring({}) .. {}", self.expr(depth - 1), "\"+\""),
            7 => format!("({} or {})", self.expr(depth - 1), self.expr(depth - 1)),
            8 => format!("({} and {})", self.expr(depth - 1), self.expr(depth - 1)),
            9 => format!("not {}", self.expr(depth - 1)),
            10 => format!("({} == {})", self.expr(depth - 1), self.expr(depth - 1)),
            11 => format!("(tonumber({}) or 7) + 1", self.expr(depth - 1)),
            12 | 13 => self.table(depth - 1),
            14 => format!("(function() return {} end)()", self.expr(depth - 1)),
            15 => self
                .random
                .one(&["helper(ctx)", "two()", "strange.key", "strange", "shared"])
                .to_owned(),
            16 => match self.random.below(3) {
                0 => format!("{} .. \"<\"", self.expr(depth - 1)),
                1 => format!("\"a\\\"\" .. {} .. 'é\"'", self.expr(depth - 1)),
                _ => format!(
                    "\"n\" .. {} .. \"/\" .. {}",
                    self.expr(depth - 1),
                    self.expr(depth - 1)
                ),
            },
            17 | 18 => match self.lists.len() {
                0 => "#GREETING".to_owned(),
                count => format!("#{}", self.lists[self.random.below(count)]),
            },
            _ => format!(
                "select(2, pcall(function() return {} end))",
                self.expr(depth - 1)
            ),
        }
    }

    fn table(&mut self, depth: usize) -> String {
        let mut fields = Vec::new();
        let count = self.random.below(5);
        let form = self.random.below(6);
        for at in 0..count {
            let value = self.expr(depth);
            fields.push(match (form, at) {
                (0, _) => value,
                (1, 0) => format!("[\"k {at}\"] = {value}"),
                (2, 1) => value,
                (3, _) => format!("same = {value}"),
                _ => {
                    let name = self.random.one(&["id", "name", "a", "b", "list"]);
                    format!("{name}{at} = {value}")
                }
            });
        }
        let space = if self.random.below(4) == 0 {
            "\n    "
        } else {
            " "
        };
        format!("{{{space}{}{space}}}", fields.join(&format!(",{space}")))
    }

    fn name(&mut self) -> String {
        self.names += 1;
        format!("v{}", self.names)
    }

    fn block(&mut self, count: usize, depth: usize) -> String {
        (0..count).map(|_| self.stmt(depth)).collect()
    }

    /// A block whose locals end with it.
    fn inner(&mut self, depth: usize) -> String {
        let known = (self.locals.len(), self.lists.len(), self.shapes.len());
        let count = 1 + self.random.below(2);
        let text = self.block(count, depth);
        self.locals.truncate(known.0);
        self.lists.truncate(known.1);
        self.shapes.truncate(known.2);
        text
    }

    fn stmt(&mut self, depth: usize) -> String {
        let kinds = if depth < 3 { 16 } else { 6 };
        if depth < 3 && !self.shapes.is_empty() && self.random.below(3) == 0 {
            return self.walk(depth);
        }
        if self.rows && depth < 3 && self.random.below(4) == 0 {
            return self.rows(depth);
        }
        if self.random.below(3) == 0 {
            return self.list(depth);
        }
        match self.random.below(kinds) {
            0..=2 => {
                let value = self.expr(2);
                let name = self.name();
                self.locals.push(name.clone());
                format!("  local {name} = {value}\n")
            }
            3 => {
                let value = self.expr(1);
                match self.locals.last() {
                    Some(name) => format!("  {name} = {value}\n"),
                    None => format!("  shared.name = twice({value})\n"),
                }
            }
            4 => "  shared.x = (shared.x or 0) + 1\n".to_owned(),
            5 => {
                let key = self.random.one(&["k", "other"]);
                format!("  ctx:set(\"{key}\", {})\n", self.expr(1))
            }
            6 | 7 => {
                let condition = self.expr(1);
                let (first, second) = (self.inner(depth + 1), self.inner(depth + 1));
                let leave = if self.random.below(3) == 0 {
                    self.last(depth + 1)
                } else {
                    String::new()
                };
                format!("  if {condition} then\n{first}{leave}  else\n{second}  end\n")
            }
            8 => format!("  for i = 1, 3 do\n{}  end\n", self.inner(depth + 1)),
            9 => {
                let (table, key) = self.alias();
                let name = self.name();
                self.locals.push(format!("{name}.{key}"));
                format!("  local {name} = ctx:{table}()\n")
            }
            10 => format!(
                "  do\n    local q = ctx:query()\n    q.a = {}\n  end\n",
                self.expr(1)
            ),
            11 => {
                let fake = "{ path = \"p\", params = function() return { x = \"fake\" } end, query = function() return {} end, \
                            headers = function() return {} end, cookies = function() return {} end, \
                            body = function() return setmetatable({}, { __index = function() return function() return \"b\" end end }) end, \
                            get = function() end, set = function() end, query_all = function() return {} end, header_all = function() end }";
                format!(
                    "  do\n    local ctx = {fake}\n{}  end\n",
                    self.inner(depth + 1)
                )
            }
            12 | 13 => self.checked(),
            14 if self.random.below(2) == 0 => self.thrown(),
            14 => format!("  if {} then error({}) end\n", self.expr(1), self.expr(1)),
            _ => {
                let value = self.expr(1);
                format!("  shared.f = function() return {value} end\n")
            }
        }
    }

    /// An answer that is thrown, and perhaps caught.
    fn thrown(&mut self) -> String {
        let value = self.expr(1);
        let answer = match self.random.below(6) {
            0 => format!("api.error(401, tostring({value}))"),
            1 => format!("api.json:status(409, {})", self.table(1)),
            2 => format!("api.text(tostring({value})):header(\"x-thrown\", \"1\"):status(418)"),
            3 => "api.redirect(\"/there\"):cookie(\"s\", \"v\")".to_owned(),
            4 => "api.no_content()".to_owned(),
            _ => format!("api.json({value})"),
        };
        let name = self.name();
        let condition = self.expr(1);
        match self.random.below(6) {
            0 | 1 => format!("  if {condition} then error({answer}) end\n"),
            2 => {
                let statement = format!("  local {name} = assert({condition}, {answer})\n");
                self.locals.push(name);
                statement
            }
            3 => format!(
                "  coroutine.wrap(function() if {condition} then error({answer}, 2) end end)()\n"
            ),
            4 => format!(
                "  local ok{name}, {name} = pcall(function() if {condition} then error({answer}) end end)\n  \
                 if not ok{name} then error({name}, 0) end\n"
            ),
            _ => format!(
                "  do\n    local ok, {name} = pcall(error, {answer})\n    \
                 shared.x = getmetatable({name}) == \"rover.response\" and 1 or 2\n    \
                 if {condition} then return {name} end\n  end\n"
            ),
        }
    }

    fn alias(&mut self) -> (&'static str, &'static str) {
        [
            ("params", "x"),
            ("query", "a"),
            ("query", "b"),
            ("headers", "accept"),
            ("cookies", "s"),
        ][self.random.below(5)]
    }

    fn last(&mut self, depth: usize) -> String {
        if self.random.below(6) == 0 {
            let call = match self.random.below(12) {
                0 => "(function() return reader(1, ctx) end)()".to_owned(),
                1 => "inner(ctx)".to_owned(),
                _ => format!("reader({}, ctx)", self.expr(1)),
            };
            let value = self.random.one(&["", "ctx:query().a", "ctx:params().x"]);
            let also = match value {
                "" => String::new(),
                value => format!(", also = {value}"),
            };
            return format!(
                "{}do return {{ read = {call}{also} }} end\n",
                "  ".repeat(depth)
            );
        }
        if !self.lists.is_empty() && self.random.below(3) > 0 {
            let list = self.lists[self.random.below(self.lists.len())].clone();
            let value = match self.random.below(7) {
                0 => list,
                1 => format!("api.json({list})"),
                2 => format!("rover.array({list})"),
                3 => format!(
                    "api.json:status(201, {{ n = #{list}, list = {list}, x = {} }})",
                    self.expr(1)
                ),
                6 => format!("api.json({{ list = {list} }}):header(\"x-made\", \"a\" .. #{list})"),
                4 => format!("{{ a = {{ list = rover.array({list}) }}, again = {list} }}"),
                _ => format!("{{ list = {list}, x = {} }}", self.expr(1)),
            };
            return format!("{}do return {value} end\n", "  ".repeat(depth));
        }
        let value = match self.random.below(14) {
            0 | 1 => self.table(2),
            2 => format!("api.json({})", self.table(2)),
            3 => format!("api:json {}", self.table(1)),
            4 => match self.random.below(3) {
                0 => format!("api.json:status(201, {})", self.table(2)),
                1 => format!(
                    "api.json({}):header(\"x-made\", {})",
                    self.table(2),
                    self.expr(1)
                ),
                _ => format!(
                    "api.json:status(201, {}):header(\"x-made\", \"2\"):header(\"x-other\", {})",
                    self.table(2),
                    self.expr(1)
                ),
            },
            5 => format!("api.json.status(202, {})", self.table(1)),
            6 => format!("api.error(404, {})", self.expr(1)),
            7 => format!(
                "api.text(twice({})):header(\"x-made\", \"1\")",
                self.expr(1)
            ),
            8 => format!("api.json({}):status(203)", self.expr(1)),
            9 => match self.random.below(4) {
                0 => "helper(ctx)".to_owned(),
                1 => format!("\"<\" .. {} .. \">\"", self.expr(1)),
                2 => format!("api.html(\"<\" .. {} .. {})", self.expr(1), self.expr(1)),
                _ => format!("api.text:status(201, {} .. '\"')", self.expr(1)),
            },
            10 => format!("({})", self.table(1)),
            // A second value that is not nil is a build error.
            11 => format!("{}, nil", self.table(1)),
            _ => self.expr(2),
        };
        let indent = "  ".repeat(depth);
        // A return ends its block.
        format!("{indent}do return {value} end\n")
    }
}
