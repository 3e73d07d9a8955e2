//! The generated Rust: the plan as a constant, and its router.
//!
//! It prints what the phases before have found. Nothing is decided here, and nothing refused.

mod constant;
mod router;

use std::path::Path;

use proc_macro2::TokenStream;
use quote::quote;
use rover_model::plan::Plan;

use crate::form::REFERENCE;
use crate::sql::BUILD_DATABASE;
use constant::constant;

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

/// A plan as the items of a module: `pub fn app() -> rover::App`. Cargo builds them again when
/// one of the files that it was made of changes.
pub(crate) fn rust<'a>(plan: &Plan, files: impl Iterator<Item = &'a Path>) -> TokenStream {
    let files = files.map(|path| {
        let path = path.to_string_lossy();
        quote!(
            const _: &[u8] = ::core::include_bytes!(#path);
        )
    });
    let variables = [REFERENCE, BUILD_DATABASE];
    let paths = router::paths(&plan.routes);
    let dynamic = router::dynamic(&plan.routes);
    let plan = constant(plan);
    quote! {
        #[allow(unused_imports)]
        use ::rover::__private as rt;
        #(#files)*
        #(const _: ::core::option::Option<&str> = ::core::option_env!(#variables);)*
        static STATIC_PATHS: rt::PerfectMap<&[(rt::Method, u16)]> = #paths;
        #dynamic
        static PROGRAM: rt::Program = rt::Program {
            plan: #plan,
            router: rt::Router::Compiled { static_paths: &STATIC_PATHS, dynamic },
        };
        /// The compiled program.
        #[allow(unreachable_pub)]
        pub fn app() -> ::rover::App {
            ::rover::App::new(&PROGRAM)
        }
    }
}
