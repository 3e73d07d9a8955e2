//! Hooks before and after the handlers: at the paths of some handlers and above all of them. They answer early, throw,
//! set fields of `ctx` that handlers and other hooks read, and change answers.

use super::Writer;

/// What hooks leave on `ctx`.
const FIELDS: [&str; 3] = ["ctx.user", "ctx.user.name", "ctx.seen"];

impl Writer {
    /// Hooks of all paths: they set the fields that expressions read.
    pub(super) fn outer_hooks(&mut self) -> String {
        // Some programs set the fields where no handler is reached by them, so that most of their routes have no hook.
        let path = match self.random.below(2) {
            0 => "api",
            _ => "api.h0",
        };
        let reads = [
            "ctx:query().a",
            "ctx:headers().accept",
            "ctx:params().x",
            "ctx.path",
            "ctx:cookies().s",
        ];
        let (user, seen) = (self.random.one(&reads), self.random.one(&reads));
        let mut text = format!(
            "function {path}.before.fields(ctx)\n  if {user} then ctx.user = {{ name = {seen} }} end\n  \
             ctx.seen = {seen}\nend\n"
        );
        // What fails there fails for all: it runs for some requests only.
        if self.random.below(2) == 0 {
            let body = self.before_body();
            text += &format!(
                "function {path}.before.outer(ctx)\n  if ctx:query().b then\n{body}  end\nend\n"
            );
        }
        if self.random.below(2) == 0 {
            let body = self.after_body();
            text += &format!(
                "function {path}.after.outer(ctx, response)\n  if ctx:query().b then\n{body}  end\nend\n"
            );
        }
        text
    }

    /// Hooks at the path of a handler, in some cases.
    pub(super) fn inner_hooks(&mut self, handler: &str) -> String {
        if self.random.below(3) > 0 {
            return String::new();
        }
        let mut text = String::new();
        for path in [format!("api.{handler}"), format!("api.{handler}.p_x")] {
            text += &match self.random.below(6) {
                0 | 1 => self.before(&path, "one"),
                2 => self.after(&path, "one"),
                3 => self.both(&path),
                4 => self.several(&path),
                _ => String::new(),
            };
        }
        text
    }

    fn before(&mut self, path: &str, name: &str) -> String {
        format!(
            "function {path}.before.{name}(ctx)\n{}end\n",
            self.before_body()
        )
    }

    fn after(&mut self, path: &str, name: &str) -> String {
        format!(
            "function {path}.after.{name}(ctx, response)\n{}end\n",
            self.after_body()
        )
    }

    /// One hook with two halves.
    fn both(&mut self, path: &str) -> String {
        let (before, after) = (self.before_body(), self.after_body());
        format!(
            "{path}.before = {{\n  before = function(ctx)\n{before}  end,\n  \
             after = function(ctx, response)\n{after}  end,\n}}\n"
        )
    }

    fn listed(&mut self) -> String {
        let named = self.random.one(&["inner", "helper", "second"]);
        // What a function gives that is no answer would be the handler's.
        let quiet = format!("function(ctx) {named}(ctx) end");
        let body = self.before_body();
        format!("{{ {quiet}, function(ctx)\n{body}  end }}")
    }

    /// A list of hooks.
    fn several(&mut self, path: &str) -> String {
        let local = self.name();
        let body = self.before_body();
        let list = self.listed().replace("second", &local);
        format!("local function {local}(ctx)\n{body}end\n{path}.before = {list}\n")
    }

    /// Its locals end with it.
    fn body(&mut self, write: impl FnOnce(&mut Self) -> String) -> String {
        let outer = (
            std::mem::take(&mut self.locals),
            std::mem::take(&mut self.lists),
            std::mem::take(&mut self.shapes),
        );
        let text = write(self);
        (self.locals, self.lists, self.shapes) = outer;
        text
    }

    fn before_body(&mut self) -> String {
        self.body(|writer| {
            let count = 1 + writer.random.below(2);
            let mut text = writer.block(count, 2);
            text += &match writer.random.below(5) {
                0 => format!("  if {} then\n{}  end\n", writer.expr(1), writer.last(2)),
                1 => writer.thrown(),
                2 => format!("  ctx.seen = {}\n", writer.expr(1)),
                3 => format!("  ctx.user = {{ name = {} }}\n", writer.expr(1)),
                _ => format!("  ctx:set(\"k\", {})\n", writer.expr(1)),
            };
            text
        })
    }

    fn after_body(&mut self) -> String {
        self.body(|writer| {
            let mut text = writer.block(1, 2);
            for _ in 0..1 + writer.random.below(2) {
                let value = format!("tostring({}):sub(1, 20):gsub(\"[^%w]\", \"_\")", writer.expr(1));
                text += &match writer.random.below(7) {
                    0 | 1 => format!("  response:header(\"x-after\", ({value}))\n"),
                    2 => format!("  response:cookie(\"after\", ({value}))\n"),
                    3 => "  response:header(\"x-status\", tostring(response:status()) .. tostring(response:header(\"x-made\")))\n"
                        .to_owned(),
                    4 => format!("  if {} then response:status(418) end\n", writer.expr(1)),
                    5 => format!("  if {} then return response end\n", writer.expr(1)),
                    _ => format!("  if {} then\n{}  end\n", writer.expr(1), writer.last(2)),
                };
            }
            text
        })
    }

    /// What a hook has left.
    pub(super) fn field(&mut self) -> String {
        let field = self.random.one(&FIELDS);
        match field {
            "ctx.user.name" => "(ctx.user or shared).name".to_owned(),
            field => field.to_owned(),
        }
    }
}
