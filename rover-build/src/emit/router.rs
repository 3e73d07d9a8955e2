//! The router of the generated code: a perfect hash of the paths without parameters, and a
//! function that the tree of the others is printed as.

use proc_macro2::{Literal, TokenStream};
use quote::quote;
use rover_model::plan::{Ends, Route, RouteTree, static_paths};
use rover_model::{Layout, layout};

use super::constant::constant;

/// The map of paths without parameters.
pub(super) fn paths(routes: &[Route]) -> TokenStream {
    let paths = static_paths(routes);
    let entries: Vec<(&[u8], TokenStream)> = paths
        .iter()
        .map(|(path, ends)| {
            let ends = ends.iter().map(constant);
            (path.as_bytes(), quote!(&[#(#ends),*]))
        })
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

/// The function for paths with parameters.
pub(super) fn dynamic(routes: &[Route]) -> TokenStream {
    let body = node(&RouteTree::new(routes), 0);
    quote! {
        #[allow(unused_variables, clippy::all)]
        fn dynamic(method: rt::Method, path: &rt::Path<'_>) -> ::core::option::Option<u16> {
            #body
            ::core::option::Option::None
        }
    }
}

fn found(ends: &Ends) -> TokenStream {
    let arms = ends.iter().map(|(method, index)| {
        let method = constant(method);
        quote!(#method => return ::core::option::Option::Some(#index),)
    });
    quote!(match method { #(#arms)* _ => {} })
}

/// A match on a segment compares one literal after the other; above so many a perfect
/// hash is quicker.
const MATCH_LITERALS: usize = 8;

fn literals(of: &RouteTree, depth: usize) -> Option<TokenStream> {
    if of.literals.is_empty() {
        return None;
    }
    let children = of.literals.values().map(|child| node(child, depth + 1));
    if of.literals.len() <= MATCH_LITERALS {
        let texts = of.literals.keys();
        let texts = texts.map(|text| Literal::byte_string(text.as_bytes()));
        return Some(quote!(match path.segment(#depth) { #(#texts => { #children })* _ => {} }));
    }
    let texts = of.literals.keys().enumerate();
    let entries: Vec<(&[u8], TokenStream)> = texts
        .map(|(index, text)| {
            let index = Literal::u16_suffixed(index as u16);
            (text.as_bytes(), quote!(#index))
        })
        .collect();
    let map = perfect_map(&entries);
    let numbers = (0..of.literals.len()).map(|index| Literal::u16_suffixed(index as u16));
    Some(quote! {
        static LITERALS: rt::PerfectMap<u16> = #map;
        match LITERALS.get(path.segment(#depth)) {
            #(::core::option::Option::Some(#numbers) => { #children })*
            _ => {}
        }
    })
}

/// Code that returns on a match and falls through, to the less specific ones, without.
fn node(of: &RouteTree, depth: usize) -> TokenStream {
    let mut inner = TokenStream::new();
    inner.extend(literals(of, depth));
    if let Some(child) = &of.param {
        let child = node(child, depth + 1);
        inner.extend(quote!(if !path.segment(#depth).is_empty() { #child }));
    }
    if !of.rest.is_empty() {
        let found = found(&of.rest);
        inner.extend(quote!(if path.rest_nonempty(#depth) { #found }));
    }
    let end = (!of.ends.is_empty()).then(|| {
        let found = found(&of.ends);
        quote!(if path.len() == #depth { #found })
    });
    let below = (!inner.is_empty()).then(|| quote!(if path.len() > #depth { #inner }));
    quote!(#end #below)
}
