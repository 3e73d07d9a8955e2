//! What is known of every function that may be a handler.

use std::collections::HashSet;

use crate::analyse::assigned::only_assigned;
use crate::analyse::ctx_flow::CtxFlow;
use crate::analyse::ctx_use::{CtxUse, Known, ctx_use};
use crate::analyse::globals::keeps_globals;
use crate::analyse::names::Names;
use crate::analyse::schemas::Guards;
use crate::analyse::servers::ServerVars;
use crate::diagnostic::Diagnostic;
use crate::diagnostic::codes::program::name_not_constant;
use crate::front::function_place::FunctionPlace;
use crate::front::hir::{Function, FunctionId};
use crate::front::ids::{ById, FileId, FunctionRef};
use crate::front::load::Sources;

/// The analysis of a program.
pub(crate) struct Handlers {
    pub(crate) servers: ServerVars,
    pub(crate) ctx_flow: CtxFlow,
    /// No file assigns the globals that rewriting relies on.
    pub(crate) keep_globals: bool,
    /// By file and function.
    uses: ById<FileId, ById<FunctionId, CtxUse>>,
    /// Functions that are the value of a route or hook, where nothing but the runtime
    /// can reach them.
    only_handlers: HashSet<FunctionRef>,
}

/// One function of a file.
#[derive(Clone, Copy)]
pub(crate) struct Handler<'a> {
    pub(crate) file: FileId,
    pub(crate) id: FunctionId,
    pub(crate) function: &'a Function,
    pub(crate) ctx: &'a CtxUse,
    /// Only the runtime calls it, and always with a `ctx`.
    pub(crate) only_handler: bool,
}

impl Handler<'_> {
    pub(crate) fn place(&self) -> FunctionRef {
        self.file.function(self.id)
    }
}

impl Handlers {
    /// `given` are handlers that the program has read, and may call; `followed` are pairs of functions that get the same
    /// `ctx`, the second one after the first.
    pub(crate) fn analyse(
        names: &Names<'_>,
        guards: &Guards,
        given: &HashSet<FunctionRef>,
        followed: &[(FunctionRef, FunctionRef)],
        keeps_library: bool,
    ) -> Self {
        let sources = names.sources;
        let servers = ServerVars::find(names);
        let mut only_handlers = only_assigned(names, &servers);
        only_handlers.retain(|place| !given.contains(place));
        let ctx_flow = CtxFlow::find(names, &only_handlers);
        let mut uses = ById::default();
        for (file, source) in sources.files.numbered() {
            let chunk = &source.hir;
            let known = Known {
                passed: &|callee, at| ctx_flow.passed(names, file, callee, at),
                schema: &|schema| guards.number(file, schema),
            };
            let all = chunk.functions.numbered().map(|(id, function)| {
                let ctx = ctx_flow.ctx_of(sources, file.function(id));
                match ctx.or(function.params.first().copied()) {
                    Some(ctx) => ctx_use(chunk, id, ctx, &known),
                    None => CtxUse::default(),
                }
            });
            uses.push(all.collect());
        }
        let mut handlers = Handlers {
            servers,
            ctx_flow,
            keep_globals: keeps_library
                && sources.files.iter().all(|file| keeps_globals(&file.hir)),
            uses,
            only_handlers,
        };
        handlers.share();
        handlers.hand_on(followed);
        handlers
    }

    /// Modules that handlers require and that the program does not have. Elsewhere a function
    /// may never be called, or its error be caught.
    pub(crate) fn missing_modules(&self, sources: &Sources) -> Vec<Diagnostic> {
        let mut found = Vec::new();
        for (file, source) in sources.files.numbered() {
            let of_handlers = source.requires.iter().filter(|required| {
                !required.caught
                    && self
                        .only_handlers
                        .contains(&file.function(required.function))
            });
            found.extend(of_handlers.filter_map(|required| match &required.module {
                Some(module) => sources.missing(file, required.span, module),
                None => {
                    let position = source.position(required.span.start);
                    Some(name_not_constant::of_module(position))
                }
            }));
        }
        found
    }

    /// Functions that have the same `ctx` see the same tables: what one does with a table
    /// as a whole keeps the others from reading around it.
    fn share(&mut self) {
        loop {
            let mut changed = false;
            for function in self.functions() {
                for other in self.uses(function).passed.clone() {
                    let mut whole: HashSet<_> = self.uses(function).used_whole().collect();
                    whole.extend(self.uses(other).used_whole());
                    for function in [function, other] {
                        let shared = &mut self.uses[function.file][function.id].shared;
                        let before = shared.len();
                        shared.extend(&whole);
                        changed |= shared.len() > before;
                    }
                }
            }
            if !changed {
                return;
            }
        }
    }

    /// What a hook does with a table as a whole, those who come after it see, and so do the functions that they pass
    /// their `ctx` to.
    fn hand_on(&mut self, followed: &[(FunctionRef, FunctionRef)]) {
        if followed.is_empty() {
            return;
        }
        let whole = followed.iter().map(|(first, second)| {
            let whole: Vec<_> = self.uses(*first).used_whole().collect();
            (*second, whole)
        });
        for (second, whole) in whole.collect::<Vec<_>>() {
            self.uses[second.file][second.id].shared.extend(whole);
        }
        self.share();
    }

    fn uses(&self, function: FunctionRef) -> &CtxUse {
        &self.uses[function.file][function.id]
    }

    fn functions(&self) -> Vec<FunctionRef> {
        let files = self.uses.numbered();
        files
            .flat_map(|(file, uses)| uses.ids().map(move |id| file.function(id)))
            .collect()
    }

    /// A function and those that it passes its `ctx` to.
    pub(crate) fn reached<'a>(
        &'a self,
        sources: &'a Sources,
        handler: Handler<'a>,
    ) -> Vec<Handler<'a>> {
        let mut found = vec![handler];
        let mut at = 0;
        while let Some(&Handler { ctx, .. }) = found.get(at) {
            for place in &ctx.passed {
                if !found.iter().any(|known| known.place() == *place) {
                    found.push(self.function(sources, *place));
                }
            }
            at += 1;
        }
        found
    }

    pub(crate) fn function<'a>(&'a self, sources: &'a Sources, place: FunctionRef) -> Handler<'a> {
        let FunctionRef { file, id } = place;
        Handler {
            file,
            id,
            function: &sources.files[file].hir.functions[id],
            ctx: self.uses(place),
            only_handler: self.only_handlers.contains(&place),
        }
    }

    /// The function that was recorded, where the program's text has it.
    pub(crate) fn at<'a>(
        &'a self,
        sources: &'a Sources,
        place: &FunctionPlace,
    ) -> Option<Handler<'a>> {
        place.written.map(|place| self.function(sources, place))
    }

    /// Every function of a file.
    pub(crate) fn all<'a>(
        &'a self,
        sources: &'a Sources,
        file: FileId,
    ) -> impl Iterator<Item = (&'a Function, &'a CtxUse)> {
        sources.files[file]
            .hir
            .functions
            .iter()
            .zip(&self.uses[file])
    }

    /// The function at a place, if it is known to be one that only the runtime calls.
    pub(crate) fn specialised<'a>(
        &'a self,
        sources: &'a Sources,
        place: &FunctionPlace,
    ) -> Option<Handler<'a>> {
        self.at(sources, place)
            .filter(|handler| handler.only_handler && !handler.function.variadic)
    }
}
