// Random pages for the differential test: templates with values in every place of a page,
// loops, conditions, locals and components, given everything that a value can be.

use super::{HANDLERS, Random, rows};

/// What is printed: the first is nil, as are numbers that no value has.
const VALUES: [&str; 46] = [
    "nil",
    "\"\"",
    "\"plain\"",
    "true",
    "false",
    "0",
    "-0",
    "42",
    "-1.5",
    "1e15",
    "123456789012345680",
    "0.1",
    "1/3",
    "1e300",
    "0/0",
    "1/0",
    "\"<script>alert(1)</script>\"",
    "\"</script><img src=x onerror=alert(1)>\"",
    "\"</style></title></textarea>-->\"",
    "[[\" onmouseover=\"alert(1)]]",
    "[[' onfocus='alert(1)]]",
    "\"a b=c`d\"",
    "\"javascript:alert(1)\"",
    "\" JaVaScRiPt:alert(1)\"",
    "\"java\\nscript:alert(1)\"",
    "\"data:text/html,<b>\"",
    "\"https://example.org/a b?q=<x>&r=%41%zz#f\"",
    "\"//example.org/../..\"",
    "\"mailto:a@example.org\"",
    "\"a, b 2x\"",
    "\"\\\\\"",
    "\"\\\\\\\"-alert(1)//\"",
    "\"${x}`\"",
    "\"\\0\\1\\127\\r\\n\\t\"",
    "\"\\255\\128<\"",
    "\"\\237\\160\\128\\226\\128\\168\\226\\128\\169\"",
    "\"\\195\\169\\240\\159\\152\\128\"",
    "\"&amp;&lt;&#39;\"",
    "\"red; background: url(x)\"",
    "\"expression(alert(1))\"",
    "\"*/ } body { color: red\"",
    "\"10px\"",
    "\"<!--\"",
    "rover.html(\"<b title='x'>&amp;\\\"</b>\")",
    "rover.html { x = \"<&>\" } \"<i>{{ x }}</i>\"",
    "rover.null",
];

/// The fields of the data of pages.
const FIELDS: [&str; 4] = ["a", "b", "c", "d"];

/// A manifest like that of `generate::program`, and the text of the template beside it,
/// which it knows by `file`.
pub(crate) fn program(seed: u64, file: &str) -> (String, String) {
    let mut writer = Writer {
        random: Random::new(seed + 5000),
        fields: &FIELDS,
        components: Vec::new(),
        locals: Vec::new(),
        names: 0,
        rows: false,
    };
    let mut text = "local api = rover.server {}\nlocal VALUES = {\n".to_owned();
    for (at, value) in VALUES.iter().enumerate() {
        text += &format!("  [{at}] = {value},\n");
    }
    text += &format!(
        "}}\n\
         local function pick(ctx, n) return VALUES[((tonumber(ctx:query().n) or 0) * 7 + n * 5) % {}] end\n\
         local file = rover.template \"{file}\"\n",
        VALUES.len() + 1
    );
    text += &rows::database();
    // It may be a component itself, so it calls none.
    let beside = writer.page(2);
    writer.fields = &["title", "body", "depth"];
    for _ in 0..4 {
        text += &writer.component();
    }
    writer.fields = &FIELDS;
    writer.rows = true;
    for number in 0..HANDLERS {
        let method = if number % 3 == 0 { "post" } else { "get" };
        text += &format!("function api.h{number}.p_x.{method}(ctx)\n");
        text += &writer.handler();
        text += "end\n";
    }
    (text + "return api\n", beside)
}

struct Writer {
    random: Random,
    /// What the template that is written may read.
    fields: &'static [&'static str],
    components: Vec<String>,
    /// Of the template, which may be assigned to.
    locals: Vec<String>,
    names: usize,
    /// There are rows of a database among the data.
    rows: bool,
}

/// Rows as data: a statement before, and what is given. Some are seen to be used elsewhere.
const ROWS: [(&str, &str); 5] = [
    ("", "db:all(ROWS, few(ctx))"),
    ("", "(db:all(ROWS, few(ctx)))"),
    ("  local rows = db:all(ROWS, few(ctx))\n", "rows"),
    (
        "  local rows = db:all(ROWS, few(ctx))\n  if #rows == 2 then return rows end\n",
        "rows",
    ),
    (
        "  local rows = db:all(ROWS, few(ctx))\n  local first = rows[1]\n",
        "rows",
    ),
];

/// Where a value may be printed: what is around it.
const PLACES: [&str; 38] = [
    "@",
    "<b>@</b>",
    "{{{ $ }}}",
    "<p title=\"@\">x</p>",
    "<p title='x@y'>@</p>",
    "<p title=@>x</p>",
    "<p title=x@y id=@>x</p>",
    "<input value=\"@\" disabled>",
    "<p{{ if $ then }} title=\"@\"{{ end }}>x</p>",
    "<p class=\"a {{ if $ then }}b@{{ else }}c{{ end }}\">x</p>",
    "<title>@</title>",
    "<textarea>@</textarea>",
    "<a href=\"@\">x</a>",
    "<a href='@'>@</a>",
    "<a href=@>x</a>",
    "<a href=\"/a/@/b\">x</a>",
    "<a href=/a/@>x</a>",
    "<a href=\"/?q=@&r=@\">x</a>",
    "<a href=\"/a@?b#@\">x</a>",
    "<form action=\"@\"><button formaction='@'>x</button></form>",
    "<img src=\"@\" alt=\"@\">",
    "<img srcset=\"@ 2x, /b/@ 1x\">",
    "<script>var x = @;</script>",
    "<script>f(@, [@], {a: @});</script>",
    "<script>var s = \"a@b\" + '@';</script>",
    "<script>if (x < 1) { /* no value */ s = '\\'@'; } // nor here\n</script>",
    "<script type=\"application/json\">{\"a\": @}</script>",
    "<button onclick=\"f(@, '@')\">x</button>",
    "<button onclick='f(@, \"@\")'>x</button>",
    "<p x-data=\"{ a: @ }\">x</p>",
    "<p style=\"color: @; width: @px\">x</p>",
    "<p style='background: url(@)'>x</p>",
    "<p style=\"background: url('@'); content: '@'\">x</p>",
    "<style>p { color: @ } a { content: \"@\"; background: url(\"@\") }</style>",
    "<style>p { background: url(/a/@) }</style>",
    "{{-- no @ here --}}{{ \"{{\" }}",
    "\n<pre>\n  @\n</pre>\n",
    "&lt;@&amp;",
];

impl Writer {
    /// A component, which may call those before it.
    fn component(&mut self) -> String {
        let name = format!("c{}", self.components.len());
        let template = self.page(1);
        let before = self.random.one(&[
            "",
            "if props.title == nil then return \"<none>\" end ",
            "if props.title == true then return end ",
            "props.depth = (props.depth or 0) + 1 if props.depth > 2 then return props.depth end ",
            "local title = props.title ",
        ]);
        let quoted = self.quoted(&template);
        let value = match self.random.below(8) {
            0 => format!("{{ title = props.title, body = props.body, depth = 1 }} {quoted}"),
            1 => format!("(props) {quoted} .. \"<\" .. rover.html(props) {quoted}"),
            2 => format!("(props) {quoted}, 2"),
            _ => format!("(props) {quoted}"),
        };
        let text =
            format!("function rover.html.{name}(props)\n  {before}return rover.html{value}\nend\n");
        let text = match self.random.below(8) {
            0 => format!("rover.html.{name} = file\n"),
            1 => format!(
                "function rover.html.{name}(props) return \"<\" .. tostring(props.title) end\n"
            ),
            _ => text,
        };
        self.components.push(name);
        text
    }

    fn handler(&mut self) -> String {
        let count = 1 + self.random.below(3);
        let template = self.page(count);
        let quoted = self.quoted(&template);
        let mut fields: Vec<String> = self
            .fields
            .iter()
            .enumerate()
            .map(|(at, name)| format!("{name} = {}", self.given(at)))
            .collect();
        let (local, rows) = self.random.one_of(&ROWS);
        fields.push(format!("rows = {rows}"));
        let data = format!("{{ {} }}", fields.join(", "));
        let before = self.random.one(&[
            "",
            "",
            "  if ctx:query().n == \"7\" then return api.error(409, \"seven\") end\n",
            "  local unused = rover.html { x = 1 } \"<p>{{ x }}\"\n",
            "  local unused = c0 and 1 or pcall(function() return rover.html { t = nil } \"<p>{{ t.x }}\" end)\n",
        ]);
        let last = match self.random.below(16) {
            0 => format!("  local data = {data}\n  return api.html(data) {quoted}\n"),
            1 => format!(
                "  local data = {data}\n  data.a = data.b\n  return api.html(data) {quoted}\n"
            ),
            2 => format!(
                "  return api.html:status(201, {data}) {quoted}:header(\"x-made\", \"1\")\n"
            ),
            3 => format!("  return rover.html {data} {quoted}\n"),
            4 => format!(
                "  local page = rover.html {data} {quoted}\n  return {{ page = page, n = #page }}\n"
            ),
            5 => format!(
                "  return rover.html {data} {quoted} .. \"<\" .. rover.html {data} {quoted}\n"
            ),
            6 => format!(
                "  local ok, page = pcall(function() return rover.html {data} {quoted} end)\n  \
                 return api.html {{ ok = ok, page = page }} \"{{{{ ok }}}}: {{{{ page }}}}\"\n"
            ),
            7 => format!("  return api.html(file {data})\n"),
            8 => format!("  local data = {data}\n  return api.html(data)(file)\n"),
            9 => {
                format!("  return api.html(rover.html {data} {quoted}):header(\"x-made\", \"2\")\n")
            }
            _ => format!("  return api.html {data} {quoted}\n"),
        };
        local.to_owned() + before + &last
    }

    /// A field's value in a handler.
    fn given(&mut self, at: usize) -> String {
        match self.random.below(12) {
            0 => "ctx:query().a".to_owned(),
            1 => "ctx:params().x".to_owned(),
            2 => "ctx:body()".to_owned(),
            3 => "ctx.method".to_owned(),
            4 => format!("{{ pick(ctx, {at}), 2, \"<\" }}"),
            5 => format!("{{ x = pick(ctx, {at}), y = {{ \"</script>\", rover.null }} }}"),
            _ => format!("pick(ctx, {at})"),
        }
    }

    /// A template as a string of the program.
    fn quoted(&mut self, template: &str) -> String {
        if self.random.below(4) > 0 {
            return format!("[==[{template}]==]");
        }
        let mut text = "\"".to_owned();
        for c in template.chars() {
            match c {
                '"' | '\\' => text.extend(['\\', c]),
                '\n' => text += self.random.one(&["\\n", "\\\n", "\\10", "\\n\\z\n  \\z "]),
                '<' => text += self.random.one(&["<", "<", "\\60", "\\x3c"]),
                _ => text.push(c),
            }
        }
        text + "\""
    }

    /// A whole template.
    fn page(&mut self, count: usize) -> String {
        self.locals.clear();
        let mut text = self.random.one(&["", "\n", "\n\n  "]).to_owned();
        text += &self.nodes(count + 1, 0);
        text
    }

    fn nodes(&mut self, count: usize, depth: usize) -> String {
        let known = self.locals.len();
        let text = (0..count).map(|_| self.node(depth)).collect();
        self.locals.truncate(known);
        text
    }

    fn node(&mut self, depth: usize) -> String {
        let kinds = if depth < 3 { 20 } else { 11 };
        if self.rows && depth < 3 && self.random.below(5) == 0 {
            return self.walk(depth);
        }
        match self.random.below(kinds) {
            0..=7 => self.place(),
            8 => {
                let value = self.expr(2);
                let name = self.name();
                self.locals.push(name.clone());
                format!("{{{{ local {name} = {value} }}}}")
            }
            9 => match self.locals.last().cloned() {
                Some(name) => format!("{{{{ {name} = {} }}}}", self.expr(1)),
                None => self.place(),
            },
            10 | 11 => format!("{{{{ {} }}}}", self.call(2)),
            12 | 13 => {
                let (first, second) = (self.inner(depth), self.inner(depth));
                let (one, two) = (self.expr(1), self.expr(1));
                match self.random.below(3) {
                    0 => format!("{{{{ if {one} then }}}}{first}{{{{ end }}}}"),
                    1 => {
                        format!("{{{{ if {one} then }}}}{first}{{{{ else }}}}{second}{{{{ end }}}}")
                    }
                    _ => format!(
                        "{{{{ if {one} then }}}}{first}\n{{{{ elseif {two} then }}}}{second}{{{{ else }}}}none{{{{ end }}}}"
                    ),
                }
            }
            14 => {
                let name = self.name();
                let loops = self.random.one(&["i = 1, 3", "i = 3, 1, -1", "i = 1, 0"]);
                let inner = self.looped(depth, &name);
                let loops = loops.replace("i =", &format!("{name} ="));
                format!("{{{{ for {loops} do }}}}{inner}{{{{ end }}}}")
            }
            15 | 16 => {
                let (key, value) = (self.name(), self.name());
                let (first, second) = (self.expr(1), self.expr(1));
                let inner = self.looped(depth, &value);
                format!(
                    "<ul>{{{{ for {key}, {value} in ipairs({{ {first}, {second} }}) do }}}}\n  <li>{{{{ {key} }}}}{inner}</li>{{{{ end }}}}</ul>"
                )
            }
            17 => {
                let name = self.name();
                let inner = self.inner(depth);
                let leave = self.random.one(&[
                    "",
                    "{{ break }}",
                    "{{ if NAME == 2 then }}{{ break }}{{ end }}",
                ]);
                let leave = leave.replace("NAME", &name);
                format!(
                    "{{{{ local {name} = 0 }}}}{{{{ while {name} < 3 do }}}}{{{{ {name} = {name} + 1 }}}}{inner}{leave}{{{{ end }}}}"
                )
            }
            18 => {
                let name = self.name();
                let inner = self.inner(depth);
                format!(
                    "{{{{ local {name} = 0 }}}}{{{{ repeat }}}}{inner}{{{{ {name} = {name} + 1 }}}}{{{{ until {name} > 1 }}}}"
                )
            }
            _ => {
                let (name, value, inner) = (self.name(), self.expr(1), self.expr(1));
                format!(
                    "{{{{ local function {name}(v) return v or {value} end }}}}{{{{ tostring({name}({inner})) }}}}"
                )
            }
        }
    }

    fn inner(&mut self, depth: usize) -> String {
        let count = 1 + self.random.below(2);
        self.nodes(count, depth + 1)
    }

    /// What a loop repeats, with a variable of its own.
    fn looped(&mut self, depth: usize, name: &str) -> String {
        self.locals.push(name.to_owned());
        let text = self.inner(depth);
        self.locals.pop();
        text
    }

    /// A walk through rows. A row itself is used seldom.
    fn walk(&mut self, depth: usize) -> String {
        let (at, row) = (self.name(), self.name());
        let known = self.locals.len();
        let columns = (0..3).map(|_| format!("{row}.{}", self.random.one(&rows::COLUMNS)));
        let columns: Vec<String> = columns.collect();
        self.locals.extend(columns.iter().cloned());
        if self.random.below(12) == 0 {
            self.locals.push(row.clone());
        }
        // What comes last may be assigned.
        self.locals.push(at.clone());
        let inner = match self.random.below(3) {
            0 => self.inner(depth),
            _ => (0..2).map(|_| self.columns(&columns)).collect(),
        };
        self.locals.truncate(known);
        let length = self
            .random
            .one(&["", "{{ #rows }}", "{{ if #rows > 2 then }}many{{ end }}"]);
        format!("{length}{{{{ for {at}, {row} in ipairs(rows) do }}}}{inner}{{{{ end }}}}")
    }

    /// Columns of a row printed somewhere in the page.
    fn columns(&mut self, columns: &[String]) -> String {
        let around = self.random.one(&PLACES).to_owned();
        let mut text = String::new();
        for c in around.chars() {
            let column = &columns[self.random.below(columns.len())];
            match (c, self.random.below(6)) {
                ('@', 0) => text += &format!("{{{{ {column} or \"none\" }}}}"),
                ('@', 1) => text += &format!("{{{{ type({column}) }}}}"),
                ('@', _) => text += &format!("{{{{ {column} }}}}"),
                ('$', _) => text += column,
                _ => text.push(c),
            }
        }
        text
    }

    /// A value printed somewhere in the page.
    fn place(&mut self) -> String {
        let around = self.random.one(&PLACES);
        let script = around.contains("<script") || around.contains("onclick");
        let mut text = String::new();
        for c in around.chars() {
            match c {
                '@' => {
                    let value = match script && self.random.below(4) == 0 {
                        true => format!("{{ a = {}, b = {{ {} }} }}", self.expr(0), self.expr(0)),
                        false => self.expr(2),
                    };
                    text += &format!("{{{{ {value} }}}}");
                }
                '$' => text += &self.expr(1),
                _ => text.push(c),
            }
        }
        text
    }

    fn expr(&mut self, depth: usize) -> String {
        let kinds = if depth == 0 { 9 } else { 26 };
        match self.random.below(kinds) {
            0..=4 => self.random.one(self.fields).to_owned(),
            5..=7 => match self.locals.len() {
                0 => self.random.one(self.fields).to_owned(),
                count => self.locals[self.random.below(count)].clone(),
            },
            8 => self
                .random
                .one(&[
                    "\"<i>'\\\"&\"",
                    "12",
                    "1.5",
                    "true",
                    "nil",
                    "\"/a b\"",
                    "[[x]]",
                    "rover.null",
                ])
                .to_owned(),
            9 | 10 => format!("({} or {})", self.expr(depth - 1), self.expr(depth - 1)),
            11 => format!("({} and {})", self.expr(depth - 1), self.expr(depth - 1)),
            12 | 13 => format!("({} == {})", self.expr(depth - 1), self.expr(depth - 1)),
            14 => format!("type({})", self.expr(depth - 1)),
            15 => format!("rover.html(\"<u>\" .. type({}))", self.expr(depth - 1)),
            16 => format!("(tonumber({}) or 7) * 2", self.expr(depth - 1)),
            17 => format!("string.rep(type({}), 2)", self.expr(depth - 1)),
            18 => format!("data.{}", self.random.one(self.fields)),
            19 => format!("(function() return {} end)()", self.expr(depth - 1)),
            20 => format!("\"<\" .. type({}) .. '\"'", self.expr(depth - 1)),
            21 => format!("not {}", self.expr(depth - 1)),
            _ => self.call(depth - 1),
        }
    }

    /// A component, called.
    fn call(&mut self, depth: usize) -> String {
        if self.components.is_empty() {
            return self.fields[0].to_owned();
        }
        let name = self.components[self.random.below(self.components.len())].clone();
        let (first, second) = (self.expr(depth.min(1)), self.expr(depth.min(1)));
        let call = format!("{name} {{ title = {first}, body = {second} }}");
        match self.random.below(14) {
            0 => format!("{name} {{}}"),
            1 => format!("{name}({{ title = {first}, depth = 2 }})"),
            2 => format!("tostring({call})"),
            3 => format!("#({call})"),
            4 => format!("({call} or \"none\")"),
            5 => format!("select(2, pcall({name}, {first}))"),
            6 => format!("{name} {{ title = {call}, body = {call} }}"),
            7 => format!("({call})"),
            _ => call,
        }
    }

    fn name(&mut self) -> String {
        self.names += 1;
        format!("v{}", self.names)
    }
}
