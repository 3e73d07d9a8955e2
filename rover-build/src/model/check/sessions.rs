//! What needs the option `sessions`.

use super::look::Look;
use crate::diagnostic::Diagnostic;
use crate::diagnostic::codes::options::needed;

/// `ctx:session()` and `ctx:csrf()` in a program that does not give it.
pub(super) fn check(look: &Look<'_>, found: &mut Vec<Diagnostic>) {
    if look.app.keeps_sessions() {
        return;
    }
    let sources = look.facts.sources;
    for handler in look.handlers() {
        for function in look.facts.handlers.reached(sources, handler) {
            let file = &sources.files[function.file];
            let Some(ctx) = function.ctx.var else {
                continue;
            };
            let members = function.ctx.members.iter();
            let words = members.filter(|member| matches!(&*member.name, "session" | "csrf"));
            found.extend(words.filter(|member| member.called).map(|member| {
                let at = file.position(member.name_span.start);
                needed::sessions(at, &file.hir.vars[ctx].name, &member.name)
            }));
        }
    }
}
