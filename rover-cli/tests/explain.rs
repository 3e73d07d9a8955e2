//! `rover explain`: what the compiler understood of a route.

mod common;

use common::Folder;

const PROGRAM: &str = r#"local api = rover.server { deadline = "50ms" }
local g = rover.guard

--- One user.
function api.users.p_id.get(ctx)
  return { id = ctx:params().id, page = ctx:query().page }
end

function api.users.post(ctx)
  local user = ctx:body():expect(g:object { name = g:string():required() })
  return { name = user.name, fixed = true }
end

function api.users.get(ctx)
  local rows = {}
  for i = 1, 3 do rows[i] = { id = i } end
  local kept = {}
  for i = 1, 3 do kept[#kept + 1] = i end
  table.sort(kept)
  local names = {}
  for name in pairs(ctx:query()) do names[#names + 1] = name end
  return { rows = rows, kept = kept, names = names, q = ctx:query().q }
end

function api.health.get() return { status = "ok" } end

local upstream = rover.http.client { base_url = "http://localhost:1" }
local function fetch(path)
  return upstream:get(path):json()
end
function api.rates.get()
  return fetch("/rates")
end

function api.admin.before.user(ctx)
  ctx.user = ctx:cookies().user
end
api.admin.after = { function(ctx, response) rover.sleep(0.1) end }
function api.admin.get() return "admin" end

local function shared(ctx) return ctx.path end
function api.other.get(ctx) return { shared(ctx) } end
api.shared.get = shared

return api
"#;

fn explain(route: &str) -> String {
    let test = format!(
        "explain_{}",
        route.replace(|c: char| !c.is_ascii_alphanumeric(), "_")
    );
    let folder = Folder::with(&test, PROGRAM);
    folder.rover(&["explain", route]).done()
}

#[track_caller]
fn has(text: &str, lines: &[&str]) {
    for line in lines {
        assert!(text.contains(line), "no `{line}` in:\n{text}");
    }
}

#[test]
fn what_is_read_and_how_the_answer_is_written() {
    let text = explain("GET /users/{id}");
    has(
        &text,
        &[
            "GET /users/{id}   routes.lua:5\nOne user.\n",
            "reads     parameter `id`, query `page`\n",
            "body      not read\n",
            "ctx       not needed",
            "constant  no: ",
            "at most 50 ms of CPU time\n",
            "+ routes.lua:6  ctx:params().id\n      read from the request",
            r#"written as JSON: {"id":<parameter id>,"page":<query page>}"#,
        ],
    );
    assert!(!text.contains("  - "), "{text}");
}

const ROWS: &str = r#"local db = rover.db "sqlite::memory:"
local api = rover.server {}

function api.all.get(ctx)
  local rows = db:all "select 1 as a"
  if ctx:query().page then return api.html { rows = rows } [[{{ for _, row in ipairs(rows) do }}{{ row.a }}{{ end }}]] end
  return { rows = rows, one = db:one "select 2 as a" }
end

function rover.html.card(props) return rover.html(props) [[{{ a }}]] end
function api.card.get()
  return api.html { rows = db:all "select 1 as a" } [[{{ for _, row in ipairs(rows) do }}{{ card(row) }}{{ end }}]]
end

function api.tables.get()
  local rows, sum = db:all "select 1 as a", 0
  for _, row in ipairs(rows) do row.b = sum end
  for i = 1, 3 do sum = sum + #db:all("select $1 as a", i) end
  return { sum = sum, first = db:one "select 1 as a".a }
end

return api
"#;

#[test]
fn whether_rows_become_tables() {
    let folder = Folder::with("explain_rows", ROWS);
    let explain = |route: &str| folder.rover(&["explain", route]).done();
    let text = explain("GET /all");
    let kept = "rows stay as the driver has left them, no tables are made\n";
    has(
        &text,
        &[
            &format!("+ routes.lua:5  db:all \"select 1 as a\"\n      {kept}"),
            &format!("+ routes.lua:7  db:one \"select 2 as a\"\n      {kept}"),
        ],
    );
    has(
        &explain("GET /card"),
        &[
            "- routes.lua:12  db:all \"select 1 as a\"\n      rows become tables: the page does more with it \
             than `for _, row in ipairs(rows)`, `row.name` and `#rows`, routes.lua:12\n",
        ],
    );
    has(
        &explain("GET /tables"),
        &[
            "- routes.lua:16  db:all \"select 1 as a\"\n      rows become tables: the loop does more with a row \
             than read its columns by name, routes.lua:17\n",
            "- routes.lua:18  db:all(\"select $1 as a\", i)\n      rows become tables: it is more than returned, \
             walked through by `ipairs` or given to a page, routes.lua:18\n",
        ],
    );
}

#[test]
fn why_a_route_waits() {
    has(
        &explain("GET /rates"),
        &[
            "waits     it may: it calls `fetch` at routes.lua:32, which calls `rover.HttpClient:get` at \
             routes.lua:29\n",
            "time      at most 50 ms of CPU time; waiting included at most 60000 ms\n",
        ],
    );
    has(
        &explain("GET /health"),
        &["waits     no: it is called directly\n"],
    );
}

#[test]
fn the_hooks_of_a_route() {
    has(
        &explain("GET /admin"),
        &[
            "before    `user` of /admin at routes.lua:35\n",
            "after     of /admin at routes.lua:38\n",
            "ctx       made for each request\n",
            "constant  no: its hooks run for each request\n",
            "+ routes.lua:36  ctx:cookies().user\n",
        ],
    );
    assert!(!explain("GET /health").contains("before"));
}

#[test]
fn a_route_has_several_names() {
    let one = explain("GET /users/{id}");
    for name in [
        "users.p_id.get",
        "api.users.p_id.get",
        "get /users/{id}",
        "/users/{id}",
    ] {
        assert_eq!(explain(name), one, "{name}");
    }
    let both = explain("/users");
    has(
        &both,
        &["POST /users   routes.lua:9", "GET /users   routes.lua:14"],
    );
}

#[test]
fn a_check_before_the_handler() {
    has(
        &explain("POST /users"),
        &[
            "checked   body { name }, before the handler runs\n",
            "checked by the compiled schema; no table is made of it",
            r#"written as JSON: {"name":<checked>,"fixed":true}"#,
        ],
    );
}

#[test]
fn what_stays_as_it_is_written_and_why() {
    has(
        &explain("GET /users"),
        &[
            "+ routes.lua:15  rows = {}\n      written as JSON while it is filled",
            "- routes.lua:17  kept = {}\n      as it is written: it is used as a table, routes.lua:19\n",
            "- routes.lua:21  ctx:query()\n      as it is written: the whole table is used, so one is made\n",
            "- routes.lua:22  ctx:query().q\n      as it is written: the whole table is used, so one is made, routes.lua:21\n",
            "ctx       made for each request\n",
        ],
    );
    has(
        &explain("GET /shared"),
        &["- all of it stays as it is written: others may call it"],
    );
}

#[test]
fn a_constant_answer() {
    has(
        &explain("GET /health"),
        &["constant  yes: it is asked once, when a worker starts\n"],
    );
}

#[test]
fn an_unknown_route_is_near_another() {
    let folder = Folder::with("explain_unknown", PROGRAM);
    let said = folder.rover(&["explain", "GET /usres/{id}"]);
    assert_eq!((said.code, said.out.as_str()), (2, ""));
    assert!(
        said.err.contains("did you mean `GET /users/{id}`?"),
        "{}",
        said.err
    );
    let said = folder.rover(&["explain", "DELETE /nothing/like/it"]);
    assert!(said.err.contains("`rover routes` lists"), "{}", said.err);
}
