//! The `app!` macro: reads its arguments, calls the compiler, returns tokens.

use std::path::PathBuf;

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::parse::{Parse, ParseStream};
use syn::{Ident, LitStr, Token, Visibility, parse_macro_input};

struct Arguments {
    module: Option<(Visibility, Ident)>,
    manifest: LitStr,
}

impl Parse for Arguments {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let module = if input.peek(LitStr) {
            None
        } else if !input.peek(Token![pub]) && !input.peek(Token![mod]) {
            return Err(input.error(
                "expected the manifest, as in `app!(\"routes.lua\")`, \
                 or a module, as in `app!(pub mod api = \"routes.lua\")`",
            ));
        } else {
            let visibility = input.parse()?;
            input.parse::<Token![mod]>()?;
            let name = input.parse()?;
            input.parse::<Token![=]>()?;
            Some((visibility, name))
        };
        let manifest = input.parse()?;
        Ok(Arguments { module, manifest })
    }
}

/// Compiles a Lua manifest.
///
/// `rover::app!("routes.lua");` is a whole program with its `main`, and with mimalloc as its
/// allocator, unless rover's feature `mimalloc` is off;
/// `rover::app!(pub mod api = "routes.lua");` is a module with `api::app()`. The path is
/// relative to the crate's `Cargo.toml`. Mistakes in the Lua files are build errors.
#[proc_macro]
pub fn app(input: proc_macro::TokenStream) -> proc_macro::TokenStream {
    let Arguments { module, manifest } = parse_macro_input!(input as Arguments);
    let folder = std::env::var_os("CARGO_MANIFEST_DIR").map_or_else(PathBuf::new, PathBuf::from);
    let features = rover_build::Features {
        build_tls: cfg!(feature = "build-tls"),
        client: cfg!(feature = "client"),
        crypto: cfg!(feature = "crypto"),
        sqlite: cfg!(feature = "sqlite"),
        postgres: cfg!(feature = "postgres"),
        redis: cfg!(feature = "redis"),
    };
    let manifest_path = folder.join(manifest.value());
    let (items, error) = match rover_build::compile_with(&manifest_path, features) {
        Ok(compiled) => {
            let warnings = rover_build::warnings(&compiled.warnings.lines());
            let items = compiled.tokens();
            (quote!(#warnings #items), None)
        }
        Err(failure) => {
            let text = failure.message();
            // What uses the program should not fail a second time.
            let stub = quote! {
                pub fn app() -> ::rover::App { ::core::unreachable!() }
            };
            let error = quote_spanned!(manifest.span()=> ::core::compile_error!(#text););
            (stub, Some(error))
        }
    };
    let tokens: TokenStream = match module {
        Some((visibility, name)) => quote! {
            #error
            #visibility mod #name { #items }
        },
        None => quote! {
            #error
            #items
            ::rover::__allocator!();
            fn main() -> ::std::process::ExitCode { ::rover::main(app()) }
        },
    };
    tokens.into()
}
