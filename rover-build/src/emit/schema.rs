//! Schemas as constants of the generated Rust.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use rover_model::guard::{Constant, Format, Kind, Length, Range, Schema, TextRules};

pub(crate) fn schema(schema: &Schema) -> TokenStream {
    let Schema {
        kind,
        required,
        message,
        default,
        nullable,
    } = schema;
    let kind = kind_of(kind);
    let message = option(message.as_ref().map(|message| text(message)));
    let default = option(default.as_ref().map(constant));
    quote! {
        rt::guard::Schema {
            kind: #kind,
            required: #required,
            message: #message,
            default: #default,
            nullable: #nullable,
        }
    }
}

fn kind_of(kind: &Kind) -> TokenStream {
    match kind {
        Kind::Any => quote!(rt::guard::Kind::Any),
        Kind::Boolean => quote!(rt::guard::Kind::Boolean),
        Kind::Number(bounds) => {
            let bounds = range(bounds);
            quote!(rt::guard::Kind::Number(#bounds))
        }
        Kind::Integer(bounds) => {
            let bounds = range(bounds);
            quote!(rt::guard::Kind::Integer(#bounds))
        }
        Kind::String(rules) => {
            let rules = text_rules(rules);
            quote!(rt::guard::Kind::String(#rules))
        }
        Kind::Array(element, bounds) => {
            let (element, bounds) = (schema(element), length(bounds));
            quote!(rt::guard::Kind::Array(rt::guard::Element::Constant(&#element), #bounds))
        }
        Kind::Object(fields) => {
            let fields = fields.iter().map(|field| {
                let (name, schema) = (text(&field.name), schema(&field.schema));
                let plain = field.plain;
                quote!(rt::guard::Field { name: #name, plain: #plain, schema: #schema })
            });
            let fields = borrowed(&quote!(&[#(#fields),*]));
            quote!(rt::guard::Kind::Object(#fields))
        }
    }
}

fn range(range: &Range) -> TokenStream {
    let [min, max] = [range.min, range.max].map(|limit| option(limit.map(|limit| quote!(#limit))));
    quote!(rt::guard::Range { min: #min, max: #max })
}

fn length(length: &Length) -> TokenStream {
    let min = length.min;
    let max = option(length.max.map(|max| quote!(#max)));
    quote!(rt::guard::Length { min: #min, max: #max })
}

fn text_rules(rules: &TextRules) -> TokenStream {
    let length = length(&rules.length);
    let choices = rules.choices.iter().map(|choice| text(choice));
    let choices = borrowed(&quote!(&[#(#choices),*]));
    let pattern = option(rules.pattern.as_ref().map(|pattern| text(pattern)));
    let format = option(rules.format.map(|format| {
        let name = match format {
            Format::Email => "Email",
            Format::Uuid => "Uuid",
            Format::DateTime => "DateTime",
            Format::Uri => "Uri",
        };
        let name = format_ident!("{name}");
        quote!(rt::guard::Format::#name)
    }));
    quote! {
        rt::guard::TextRules {
            length: #length,
            choices: #choices,
            pattern: #pattern,
            format: #format,
        }
    }
}

fn constant(value: &Constant) -> TokenStream {
    match value {
        Constant::Null => quote!(rt::guard::Constant::Null),
        Constant::Boolean(value) => quote!(rt::guard::Constant::Boolean(#value)),
        Constant::Number(value) => quote!(rt::guard::Constant::Number(#value)),
        Constant::Text(value) => {
            let value = text(value);
            quote!(rt::guard::Constant::Text(#value))
        }
        Constant::List(items) => {
            let items = items.iter().map(constant);
            let items = borrowed(&quote!(&[#(#items),*]));
            quote!(rt::guard::Constant::List(#items))
        }
        Constant::Record(fields) => {
            let fields = fields.iter().map(|(name, value)| {
                let (name, value) = (text(name), constant(value));
                quote!((#name, #value))
            });
            let fields = borrowed(&quote!(&[#(#fields),*]));
            quote!(rt::guard::Constant::Record(#fields))
        }
    }
}

fn text(text: &str) -> TokenStream {
    borrowed(&quote!(#text))
}

fn borrowed(value: &TokenStream) -> TokenStream {
    quote!(::std::borrow::Cow::Borrowed(#value))
}

fn option(value: Option<TokenStream>) -> TokenStream {
    match value {
        Some(value) => quote!(::core::option::Option::Some(#value)),
        None => quote!(::core::option::Option::None),
    }
}
