//! Mistakes that only the syntax tree shows: unknown members of `ctx` and builders.

use rover_model::{BUILDERS, CTX_FIELDS, CTX_METHODS};

use crate::analyse::{Member, ServerCalls};
use crate::diagnostic::{Diagnostic, Position};
use crate::load::Sources;
use crate::model::App;
use crate::suggest::nearest;

const RESPONSE_METHODS: [&str; 3] = ["header", "status", "cookie"];

pub(crate) fn check(sources: &Sources, app: &App) -> Vec<Diagnostic> {
    let handlers = app.functions().flat_map(|handler| {
        let file = sources.files.iter().find(|f| f.name == handler.file);
        file.into_iter()
            .flat_map(|f| f.tree.functions_at(handler.line, handler.last_line))
            .filter(|f| !f.ctx.shadowed)
            .flat_map(|f| {
                f.ctx
                    .members
                    .iter()
                    .filter_map(|m| unknown_member(f.parameter.as_deref(), m))
            })
    });
    let mut found: Vec<Diagnostic> = handlers.collect();
    for file in &sources.files {
        let calls = ServerCalls::new(&file.name, &file.ast).calls;
        found.extend(calls.iter().filter_map(|call| unknown_builder(call)));
    }
    found.dedup();
    found
}

fn unknown_member(ctx: Option<&str>, member: &Member) -> Option<Diagnostic> {
    let name = member.name.as_str();
    let ctx = ctx.unwrap_or("ctx");
    if CTX_METHODS.contains(&name) {
        return None;
    }
    if CTX_FIELDS.contains(&name) {
        return member.called.then(|| {
            Diagnostic::new(format!("`{name}` is a value, not a function"))
                .at(member.position.clone(), "called here")
                .help(format!("write `{ctx}.{name}`"))
        });
    }
    let known = CTX_METHODS.into_iter().chain(CTX_FIELDS);
    Some(unknown(
        &format!("`{ctx}` has no member `{name}`"),
        &member.position,
        name,
        known,
    ))
}

fn unknown_builder(call: &[(String, Position)]) -> Option<Diagnostic> {
    let mut names = call.iter();
    let (builder, at) = names.next()?;
    if !BUILDERS.contains(&builder.as_str()) {
        let message = format!("the server has no function `{builder}`");
        return Some(unknown(&message, at, builder, BUILDERS));
    }
    let members: &[&str] = match builder.as_str() {
        "redirect" => &["permanent", "status", "header", "cookie"],
        _ => &RESPONSE_METHODS,
    };
    names.enumerate().find_map(|(place, (name, at))| {
        let known = if place == 0 {
            members
        } else {
            &RESPONSE_METHODS
        };
        let message = format!("`{builder}` has no member `{name}`");
        (!known.contains(&name.as_str()))
            .then(|| unknown(&message, at, name, known.iter().copied()))
    })
}

fn unknown<'a>(
    message: &str,
    position: &Position,
    name: &str,
    known: impl IntoIterator<Item = &'a str>,
) -> Diagnostic {
    let known: Vec<&str> = known.into_iter().collect();
    let help = match nearest(name, known.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("there is: {}", known.join(", ")),
    };
    Diagnostic::new(message)
        .at(position.clone(), "not known")
        .help(help)
}
