//! Statements with lists: made, filled and walked through, checked ones among them.

use super::Writer;

impl Writer {
    /// A part of the request that is checked, and read by name or otherwise.
    pub(super) fn checked(&mut self) -> String {
        let name = self.name();
        let (source, schema, fields): (_, _, &[&str]) = match self.random.below(4) {
            0 => ("query", "PAGE", &["a", "b", "x"]),
            1 => ("params", "{ x = g:string():max(9) }", &["x"]),
            _ => {
                let schema = [
                    "SHAPE",
                    "SHAPE",
                    "g:object { name = g:string():required() }",
                ];
                let fields: &[&str] = &[
                    "name", "count", "flag", "deep.id", "deep.t", "deep", "a", "a",
                ];
                ("body", self.random.one(&schema), fields)
            }
        };
        let fields = match schema.starts_with("g:object") {
            true => &fields[..1],
            false => fields,
        };
        for _ in 0..1 + self.random.below(3) {
            let field = self.random.one(fields);
            self.locals.push(format!("{name}.{field}"));
        }
        if self.random.below(6) == 0 {
            self.locals.push(name.clone());
        }
        let caught = self.random.below(6) == 0;
        if schema == "SHAPE" && !caught {
            self.shapes.push(name.clone());
        }
        let (before, check) = match self.random.below(3) {
            0 => {
                let part = self.name();
                let also = match (source, self.random.below(4)) {
                    ("body", 0) => format!("  shared.name = {part} and 1\n"),
                    ("body", 1) => format!("  if not {part} then return \"none\" end\n"),
                    (_, 0) => {
                        format!("  for _ in pairs({part}) do shared.x = (shared.x or 0) + 1 end\n")
                    }
                    (_, 1) => format!("  {part}.a = nil\n"),
                    _ => String::new(),
                };
                let before = format!("  local {part} = ctx:{source}()\n{also}");
                (before, format!("{part}:expect({schema})"))
            }
            _ => (String::new(), format!("ctx:{source}():expect({schema})")),
        };
        match caught {
            true => format!(
                "{before}  local {name} = select(2, pcall(function() return {check} end))\n"
            ),
            false => format!("{before}  local {name} = {check}\n"),
        }
    }

    /// A walk through the rows of a checked value.
    pub(super) fn walk(&mut self, depth: usize) -> String {
        let shape = self.shapes[self.random.below(self.shapes.len())].clone();
        let (row, at) = (self.name(), self.name());
        let known = self.locals.len();
        for _ in 0..3 {
            let read = self.random.one(&[".id", ".t", ".o.k", ".n[1]", ""]);
            let read = match (read, self.random.below(4)) {
                // The row itself, or what may not be there, rather seldom.
                ("" | ".n[1]", 1..) => format!("#{row}.n"),
                (read, _) => format!("{row}{read}"),
            };
            self.locals.push(read);
        }
        // What comes last may be assigned.
        self.locals.push(at.clone());
        let inner = self.inner(depth + 1);
        self.locals.truncate(known);
        let add = format!("shared.x = (shared.x or 0) + {row}.id");
        let iterate = self.random.one(&["ipairs", "ipairs", "pairs"]);
        match self.random.below(4) {
            0 => format!(
                "  for {at} = 1, #{shape}.rows do\n    local {row} = {shape}.rows[{at}]\n\
                 {inner}    {add}\n  end\n"
            ),
            1 => format!(
                "  for {at}, {row} in {iterate}({shape}.rows) do\n    for _, n in {iterate}({row}.n) do \
                 shared.x = n + {at} end\n{inner}  end\n"
            ),
            2 => format!(
                "  local rows{at} = {shape}.rows\n  for {at}, {row} in {iterate}(rows{at}) do\n\
                 {inner}    {add}\n  end\n"
            ),
            _ => format!("  for {at}, {row} in {iterate}({shape}.rows) do\n{inner}  end\n"),
        }
    }

    /// What is done with lists: they are made, filled, sometimes used as tables.
    pub(super) fn list(&mut self, depth: usize) -> String {
        let list = match self.lists.len() {
            0 => return self.new_list(),
            count => self.lists[self.random.below(count)].clone(),
        };
        match self.random.below(if depth < 3 { 14 } else { 9 }) {
            0 | 1 => self.new_list(),
            2 | 3 => format!("  {list}[#{list} + 1] = {}\n", self.table(1)),
            4 if self.random.below(3) == 0 => self.wide(&list),
            4 => format!("  {list}[#{list}+1] = {}\n", self.expr(2)),
            5 => format!("  table.insert({list}, {})\n", self.table(1)),
            6 => format!("  table.insert({list}, {})\n", self.expr(1)),
            7 => {
                let inner = self.lists[self.random.below(self.lists.len())].clone();
                let value = self.expr(1);
                format!(
                    "  {list}[#{list} + 1] = {{ id = {value}, list = {inner}, n = #{inner} }}\n"
                )
            }
            8 => match self.random.below(4) {
                0 => format!("  shared.list = {list}\n"),
                1 => format!("  {list}[1] = nil\n"),
                2 => format!("  {list}.name = {}\n", self.expr(1)),
                _ => format!(
                    "  shared.x = 0 for _ in pairs({list}) do shared.x = shared.x + 1 end\n"
                ),
            },
            10 if self.random.below(2) == 0 => self.many(&list),
            9 | 10 => {
                // A list that is made in the loop ends with it.
                let known = (self.locals.len(), self.lists.len());
                let add = self.list(depth + 1);
                self.locals.truncate(known.0);
                self.lists.truncate(known.1);
                format!(
                    "  for i = 1, 3 do\n{add}  {list}[#{list} + 1] = {}\n  end\n",
                    self.table(1)
                )
            }
            11 => format!(
                "  for _, v in ipairs({{ {}, {} }}) do\n    local inner = {{}}\n    \
                 inner[#inner + 1] = v\n    inner[#inner + 1] = {}\n    \
                 {list}[#{list} + 1] = {{ v = v, inner = inner, n = #inner }}\n  end\n",
                self.expr(1),
                self.expr(1),
                self.expr(1),
            ),
            _ => {
                let made = self.new_list();
                let list = self.lists[self.lists.len() - 1].clone();
                let (value, stop) = (self.table(1), self.random.below(5));
                format!(
                    "{made}  for i = 1, 4 do\n    if i == {stop} then break end\n    \
                     {list}[i] = {value}\n  end\n"
                )
            }
        }
    }

    /// An item of more values than one call writes.
    pub(super) fn wide(&mut self, list: &str) -> String {
        let fields: Vec<String> = (0..10 + self.random.below(8))
            .map(|at| match self.random.below(3) {
                0 => format!("f{at} = \"<\" .. {} .. '>'", self.expr(1)),
                1 => format!("f{at} = {{ deep = {}, kind = \"k\" }}", self.expr(0)),
                _ => format!("f{at} = {}", self.expr(1)),
            })
            .collect();
        format!("  {list}[#{list} + 1] = {{ {} }}\n", fields.join(", "))
    }

    /// So many items, of texts that nothing else holds, that their loop is compiled and
    /// garbage collected meanwhile.
    pub(super) fn many(&mut self, list: &str) -> String {
        let value = self.random.one(&[
            "string.rep(\"b\", i % 40)",
            "i % 3 == 0 and tostring(i) or nil",
            "i % 2 == 0",
            "i / 3",
            "{ i }",
        ]);
        let part = self
            .random
            .one(&["i", "tostring(i)", "i / 4", "string.rep(\"é\\n\", i % 9)"]);
        format!(
            "  for i = 1, 300 do\n    {list}[#{list} + 1] = {{ a = tostring(i * 7), b = {value}, \
             c = \"<\" .. {part} .. \">\", d = string.rep(\"d\", i % 20) .. i }}\n  end\n"
        )
    }

    pub(super) fn new_list(&mut self) -> String {
        let name = self.name();
        self.lists.push(name.clone());
        let made = self
            .random
            .one(&["{}", "{}", "rover.array()", "rover.array {}"]);
        format!("  local {name} = {made}\n")
    }
}
