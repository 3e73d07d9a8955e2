//! The generated Rust: constants, a map of static paths, a match function; bytecode; the OpenAPI
//! document.
//!
//! It prints what the phases before have found. Nothing is decided here, and nothing refused.

pub(crate) mod openapi;
pub(crate) mod schema;

use std::collections::BTreeMap;

use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::{ToTokens, format_ident, quote};
use rover_model::{Layout, Limits, LogLevel, Method, Network, ServerOptions, layout};

use crate::analyse::constructors::Orders;
use crate::analyse::schemas::Guards;
use crate::analyse::template::{Known, Part, Piece, Template};
use crate::emit::openapi::Docs;
use crate::emit::schema::schema;
use crate::form::REFERENCE;
use crate::front::load::Sources;
use crate::html::{self, Templates};

use crate::lower::lowered::{ListStep, Lowered, Precheck, Run};
use crate::model::app::{App, Needs, Route, Segment};

/// The program as LuaJIT reads it.
pub(crate) struct Bytecode {
    /// In the order of `Sources`.
    pub(crate) files: Vec<Vec<u8>>,
    /// Templates, by number.
    pub(crate) templates: Vec<Vec<u8>>,
}

/// What the generated code is made of.
pub(crate) struct Parts<'a> {
    pub(crate) app: &'a App,
    pub(crate) bytecode: &'a Bytecode,
    pub(crate) lowered: &'a Lowered,
    pub(crate) orders: &'a Orders,
    pub(crate) guards: &'a Guards,
    pub(crate) html: &'a Templates<'a>,
    pub(crate) sources: &'a Sources,
    pub(crate) docs: Option<&'a Docs>,
}

/// Items that make rustc print warnings where a macro stands: it has no other way to.
pub fn warnings(texts: &[String]) -> TokenStream {
    let items = texts.iter().map(|text| {
        quote! {
            const _: () = {
                #[deprecated(note = #text)]
                #[allow(non_upper_case_globals)]
                const lua: () = ();
                lua
            };
        }
    });
    items.collect()
}

pub(crate) fn emit(parts: &Parts<'_>) -> TokenStream {
    let Parts {
        app,
        bytecode,
        lowered,
        orders,
        guards,
        html,
        sources,
        docs,
    } = *parts;
    let docs = match docs {
        None => quote!(::core::option::Option::None),
        Some(Docs { document, policy }) => quote!(::core::option::Option::Some(rt::Docs {
            document: #document, policy: #policy,
        })),
    };
    let files = sources.paths().map(|path| {
        let path = path.to_string_lossy();
        quote!(
            const _: &[u8] = ::core::include_bytes!(#path);
        )
    });
    let reference = REFERENCE;
    let templates = lowered.templates.iter().map(template);
    let steps = lowered.steps.iter().map(step);
    let guards = guards.schemas.iter().map(schema);
    let Orders {
        common, special, ..
    } = orders;
    let count = app.routes.len();
    let routes = app.routes.iter().zip(&lowered.prechecks);
    let routes = routes.map(|(one, first)| route(one, *first));
    let static_paths = static_paths(&app.routes);
    let dynamic = dynamic(&app.routes);
    let options = options(app);
    let given = &app.given;
    let name = or_env(app.options.title.as_deref(), "CARGO_PKG_NAME");
    let version = or_env(app.options.version.as_deref(), "CARGO_PKG_VERSION");
    let chunks = sources
        .files
        .iter()
        .zip(&bytecode.files)
        .map(|(file, code)| {
            let modules = &file.modules;
            let code = Literal::byte_string(code);
            quote!(rt::Chunk { modules: &[#(#modules),*], bytecode: #code })
        });
    let pages = bytecode
        .templates
        .iter()
        .map(|code| Literal::byte_string(code));
    let html_steps = html.steps.all.iter().map(html_step);
    quote! {
        #[allow(unused_imports)]
        use ::rover::__private as rt;
        #(#files)*
        const _: ::core::option::Option<&str> = ::core::option_env!(#reference);
        static ROUTES: [rt::Route; #count] = [#(#routes),*];
        static STATIC_PATHS: rt::PerfectMap<&[(rt::Method, u16)]> = #static_paths;
        #dynamic
        static PROGRAM: rt::Program = rt::Program {
            name: #name,
            version: #version,
            options: #options,
            given: &[#(#given),*],
            chunks: &[#(#chunks),*],
            routes: &ROUTES,
            static_paths: &STATIC_PATHS,
            dynamic,
            key_order: &[#(#common),*],
            templates: &[#(#templates),*],
            steps: &[#(#steps),*],
            guards: &[#(#guards),*],
            docs: #docs,
            special_orders: &[#(&[#(#special),*]),*],
            pages: &[#(#pages),*],
            html_steps: &[#(#html_steps),*],
        };
        /// The compiled program.
        #[allow(unreachable_pub)]
        pub fn app() -> ::rover::App {
            ::rover::App::new(&PROGRAM)
        }
    }
}

fn or_env(given: Option<&str>, variable: &str) -> TokenStream {
    match given {
        Some(text) => quote!(#text),
        None => quote!(::core::env!(#variable)),
    }
}

fn options(app: &App) -> TokenStream {
    let options = &app.options;
    let ServerOptions {
        host,
        port,
        workers,
        health,
        deadline,
        memory_limit,
        ..
    } = options;
    let level = match options.log_level {
        LogLevel::Debug => quote!(Debug),
        LogLevel::Info => quote!(Info),
        LogLevel::Warn => quote!(Warn),
        LogLevel::Error => quote!(Error),
        LogLevel::Off => quote!(Off),
    };
    let names = Limits::NAMES.iter().map(|name| format_ident!("{name}"));
    let values = options.limits.values();
    let trusted_proxies = options.trusted_proxies.iter();
    let trusted_proxies = trusted_proxies
        .map(|Network { first, bits }| quote!(rt::Network { first: #first, bits: #bits }));
    let compiled_in = options.compiled_in();
    let compiled_in = compiled_in
        .iter()
        .map(|(name, text)| quote!((#name, #text)));
    let from_start = app.reads_environment;
    quote! {
        rt::Options {
            host: #host,
            port: #port,
            workers: #workers,
            log_level: rt::LogLevel::#level,
            health: #health,
            trusted_proxies: &[#(#trusted_proxies),*],
            limits: rt::Limits { #(#names: #values),* },
            deadline: #deadline,
            memory_limit: #memory_limit,
            from_start: #from_start,
            compiled_in: &[#(#compiled_in),*],
        }
    }
}

fn method(method: Method) -> TokenStream {
    let name = match method {
        Method::Get => "Get",
        Method::Post => "Post",
        Method::Put => "Put",
        Method::Patch => "Patch",
        Method::Delete => "Delete",
        Method::Head => "Head",
        Method::Options => "Options",
    };
    let name = format_ident!("{name}");
    quote!(rt::Method::#name)
}

fn route(route: &Route, first: Option<Precheck>) -> TokenStream {
    let params = route
        .path
        .iter()
        .enumerate()
        .filter_map(|(at, segment)| match segment {
            Segment::Literal(_) => None,
            Segment::Param(name) => Some((at, name, false)),
            Segment::Rest(name) => Some((at, name, true)),
        })
        .map(|(at, name, rest)| quote!(rt::Param { name: #name, segment: #at, rest: #rest }));
    let method = method(route.method);
    let pattern = route.pattern();
    let Needs {
        ctx,
        body,
        constant,
    } = route.needs;
    let (deadline, body_limit) = (route.deadline, route.body_limit);
    let first = match first {
        None => quote!(::core::option::Option::None),
        Some(Precheck {
            source,
            schema,
            holder,
        }) => {
            let source = source as u8;
            let holder = match holder {
                None => quote!(::core::option::Option::None),
                Some(holder) => quote!(::core::option::Option::Some(#holder)),
            };
            quote!(::core::option::Option::Some(rt::First {
                source: #source, schema: #schema, holder: #holder,
            }))
        }
    };
    let source = format!("{}:{}", route.position.file, route.position.line);
    quote! {
        rt::Route {
            method: #method,
            pattern: #pattern,
            params: &[#(#params),*],
            needs: rt::Needs { ctx: #ctx, body: #body, constant: #constant },
            source: #source,
            deadline: #deadline,
            body_limit: #body_limit,
            first: #first,
        }
    }
}

fn template(template: &Template) -> TokenStream {
    let Template { status, pieces } = template;
    let pieces = pieces.iter().map(|piece| match piece {
        Piece::Text(text) => quote!(rt::Piece::Text(#text)),
        Piece::Fields(text) => quote!(rt::Piece::Fields(#text)),
        Piece::Field { name, depth, path } => {
            let key = format!("\"{name}\":");
            let path = format!("{path}.{name}");
            quote!(rt::Piece::Field { key: #key, depth: #depth, path: #path })
        }
        Piece::Known { name, known, path } => {
            let key = format!("\"{name}\":");
            let path = format!("{path}.{name}");
            match known {
                Known::Held(held) => {
                    let (holder, place) = (held.holder, held.path);
                    quote!(rt::Piece::Held { key: #key, holder: #holder, place: #place, path: #path })
                }
                Known::Part(part) => {
                    let part = request_part(part);
                    quote!(rt::Piece::Part { key: #key, part: rt::Part::#part, path: #path })
                }
            }
        }
        Piece::List { name, depth, path } => {
            let (key, path) = match name.as_str() {
                "" => (String::new(), String::new()),
                name => (format!("\"{name}\":"), format!("{path}.{name}")),
            };
            quote!(rt::Piece::List { key: #key, depth: #depth, path: #path })
        }
    });
    quote!(rt::Template { status: #status, pieces: &[#(#pieces),*] })
}

/// The variant of `rt::Part` for a value of `ctx`: `ClientIp` for `client_ip`. One that the runtime
/// does not have is rustc's error in the program's build.
fn variant(name: &str) -> Ident {
    let words = name.split('_').flat_map(|word| {
        let mut letters = word.chars();
        let first = letters.next().into_iter().flat_map(char::to_uppercase);
        first.chain(letters).collect::<Vec<_>>()
    });
    Ident::new(&words.collect::<String>(), Span::call_site())
}

fn request_part(part: &Part) -> TokenStream {
    match part {
        Part::Field(name) => variant(name).into_token_stream(),
        Part::Param(name) => quote!(Param(#name)),
        Part::Query(name) => quote!(Query(#name)),
        Part::Header(name) => quote!(Header(#name)),
        Part::Cookie(name) => quote!(Cookie(#name)),
    }
}

fn step(step: &ListStep) -> TokenStream {
    let ListStep {
        first,
        last,
        depth,
        path,
        ..
    } = step;
    let (comma, lead) = step.lead();
    let tail = step.tail();
    let (prefix, suffix) = (step.prefix.len(), step.suffix.len());
    let absent = [&step.before, &step.after]
        .map(|Run { text, fields }| quote!(rt::Run { text: #text, fields: #fields }));
    quote!(rt::Step {
        first: #first, last: #last, comma: #comma, lead: #lead, tail: #tail,
        prefix: #prefix, suffix: #suffix, absent: [#(#absent),*], depth: #depth, path: #path,
    })
}

fn html_step(step: &html::PageStep) -> TokenStream {
    let html::PageStep { lead, escape, tail } = step;
    let rule = format_ident!("{}", format!("{:?}", escape.rule));
    let place = format_ident!("{}", format!("{:?}", escape.place));
    quote!(rt::HtmlStep {
        lead: #lead,
        escape: rt::Escape { rule: rt::Rule::#rule, place: rt::Place::#place },
        tail: #tail,
    })
}

fn is_static(route: &Route) -> bool {
    route.path.iter().all(|s| matches!(s, Segment::Literal(_)))
}

fn static_paths(routes: &[Route]) -> TokenStream {
    let mut paths: BTreeMap<String, Vec<TokenStream>> = BTreeMap::new();
    for (index, route) in routes.iter().enumerate().filter(|(_, r)| is_static(r)) {
        let (method, index) = (method(route.method), index as u16);
        let table = paths.entry(route.pattern()).or_default();
        table.push(quote!((#method, #index)));
    }
    let entries: Vec<(&[u8], TokenStream)> = paths
        .iter()
        .map(|(path, table)| (path.as_bytes(), quote!(&[#(#table),*])))
        .collect();
    perfect_map(&entries)
}

fn perfect_map(entries: &[(&[u8], TokenStream)]) -> TokenStream {
    let keys: Vec<&[u8]> = entries.iter().map(|(key, _)| *key).collect();
    let Layout { salt, seeds, order } = layout(&keys);
    let entries = order.iter().map(|&at| {
        let (key, value) = &entries[at];
        let key = Literal::byte_string(key);
        quote!((#key, #value))
    });
    quote!(rt::PerfectMap { salt: #salt, seeds: &[#(#seeds),*], entries: &[#(#entries),*] })
}

/// A node of the tree of paths with parameters.
#[derive(Default)]
struct Node {
    routes: Vec<(Method, u16)>,
    literals: BTreeMap<String, Node>,
    param: Option<Box<Node>>,
    rest: Vec<(Method, u16)>,
}

fn dynamic(routes: &[Route]) -> TokenStream {
    let mut root = Node::default();
    for (index, route) in routes.iter().enumerate().filter(|(_, r)| !is_static(r)) {
        let end = (route.method, index as u16);
        let mut node = &mut root;
        let mut rest = false;
        for segment in &route.path {
            match segment {
                Segment::Literal(text) => node = node.literals.entry(text.clone()).or_default(),
                Segment::Param(_) => node = node.param.get_or_insert_default(),
                Segment::Rest(_) => rest = true,
            }
        }
        if rest {
            node.rest.push(end);
        } else {
            node.routes.push(end);
        }
    }
    let body = node(&root, 0);
    quote! {
        #[allow(unused_variables, clippy::all)]
        fn dynamic(method: rt::Method, path: &rt::Path<'_>) -> ::core::option::Option<u16> {
            #body
            ::core::option::Option::None
        }
    }
}

fn found(routes: &[(Method, u16)]) -> TokenStream {
    let arms = routes.iter().map(|(m, index)| {
        let m = method(*m);
        quote!(#m => return ::core::option::Option::Some(#index),)
    });
    quote!(match method { #(#arms)* _ => {} })
}

/// A match on a segment compares one literal after the other; above so many a perfect
/// hash is quicker.
const MATCH_LITERALS: usize = 8;

fn literals(node_: &Node, depth: usize) -> Option<TokenStream> {
    if node_.literals.is_empty() {
        return None;
    }
    let children = node_.literals.values().map(|child| node(child, depth + 1));
    if node_.literals.len() <= MATCH_LITERALS {
        let texts = node_
            .literals
            .keys()
            .map(|text| Literal::byte_string(text.as_bytes()));
        return Some(quote!(match path.segment(#depth) { #(#texts => { #children })* _ => {} }));
    }
    let texts = node_.literals.keys().enumerate();
    let entries: Vec<(&[u8], TokenStream)> = texts
        .map(|(index, text)| {
            let index = Literal::u16_suffixed(index as u16);
            (text.as_bytes(), quote!(#index))
        })
        .collect();
    let map = perfect_map(&entries);
    let numbers = (0..node_.literals.len()).map(|index| Literal::u16_suffixed(index as u16));
    Some(quote! {
        static LITERALS: rt::PerfectMap<u16> = #map;
        match LITERALS.get(path.segment(#depth)) {
            #(::core::option::Option::Some(#numbers) => { #children })*
            _ => {}
        }
    })
}

/// Code that returns on a match and falls through, to the less specific ones, without.
fn node(node_: &Node, depth: usize) -> TokenStream {
    let mut inner = TokenStream::new();
    inner.extend(literals(node_, depth));
    if let Some(child) = &node_.param {
        let child = node(child, depth + 1);
        inner.extend(quote!(if !path.segment(#depth).is_empty() { #child }));
    }
    if !node_.rest.is_empty() {
        let found = found(&node_.rest);
        inner.extend(quote!(if path.rest_nonempty(#depth) { #found }));
    }
    let end = (!node_.routes.is_empty()).then(|| {
        let found = found(&node_.routes);
        quote!(if path.len() == #depth { #found })
    });
    let below = (!inner.is_empty()).then(|| quote!(if path.len() > #depth { #inner }));
    quote!(#end #below)
}
