//! A plan's values as constants of the generated Rust.
//!
//! It is a format of serde: what a plan is made of is said by its types alone, and whoever adds
//! a field to one has nothing to do here. A struct and a variant are named as they are in
//! `rover::__private`, which the generated code calls `rt`; texts, bytes and lists are borrowed.

use std::fmt;

use proc_macro2::{Literal, TokenStream};
use quote::{ToTokens, format_ident, quote};
use serde::ser::{self, Serialize, Serializer};

/// The expression of a value.
pub(super) fn constant(value: &impl Serialize) -> TokenStream {
    // No type of a plan has anything that this format cannot say.
    value.serialize(Constant).unwrap_or_else(|error| {
        let text = error.to_string();
        quote!(::core::compile_error!(#text))
    })
}

/// What generated code cannot hold.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct Unprintable(String);

impl ser::Error for Unprintable {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Unprintable(message.to_string())
    }
}

struct Constant;

/// The parts of a value, and what becomes of them.
struct Several {
    parts: Vec<TokenStream>,
    kind: SeveralKind,
}

enum SeveralKind {
    List,
    Tuple,
    /// A struct's or a variant's path.
    Fields(TokenStream),
    Arguments(TokenStream),
}

impl Several {
    fn new(kind: SeveralKind) -> Result<Self, Unprintable> {
        let parts = Vec::new();
        Ok(Several { parts, kind })
    }

    fn add(&mut self, value: &(impl Serialize + ?Sized)) -> Result<(), Unprintable> {
        self.parts.push(value.serialize(Constant)?);
        Ok(())
    }

    fn add_field(
        &mut self,
        name: &str,
        value: &(impl Serialize + ?Sized),
    ) -> Result<(), Unprintable> {
        let name = format_ident!("{name}");
        let value = value.serialize(Constant)?;
        self.parts.push(quote!(#name: #value));
        Ok(())
    }

    fn finish(self) -> TokenStream {
        let parts = self.parts;
        match self.kind {
            SeveralKind::List => quote!(rt::Borrowed(&[#(#parts),*])),
            SeveralKind::Tuple => quote!((#(#parts),*)),
            SeveralKind::Fields(path) => quote!(#path { #(#parts),* }),
            SeveralKind::Arguments(path) => quote!(#path(#(#parts),*)),
        }
    }
}

fn named(name: &str) -> TokenStream {
    let name = format_ident!("{name}");
    quote!(rt::#name)
}

fn variant(of: &str, name: &str) -> TokenStream {
    let (of, name) = (format_ident!("{of}"), format_ident!("{name}"));
    quote!(rt::#of::#name)
}

/// Numbers, whose types their places tell.
macro_rules! numbers {
    ($($function:ident: $type:ty, $literal:ident;)+) => {
        $(fn $function(self, value: $type) -> Result<TokenStream, Unprintable> {
            Ok(Literal::$literal(value).to_token_stream())
        })+
    };
}

impl Serializer for Constant {
    type Ok = TokenStream;
    type Error = Unprintable;
    type SerializeSeq = Several;
    type SerializeTuple = Several;
    type SerializeTupleStruct = Several;
    type SerializeTupleVariant = Several;
    type SerializeMap = ser::Impossible<TokenStream, Unprintable>;
    type SerializeStruct = Several;
    type SerializeStructVariant = Several;

    numbers! {
        serialize_i8: i8, i8_unsuffixed;
        serialize_i16: i16, i16_unsuffixed;
        serialize_i32: i32, i32_unsuffixed;
        serialize_i64: i64, i64_unsuffixed;
        serialize_u8: u8, u8_unsuffixed;
        serialize_u16: u16, u16_unsuffixed;
        serialize_u32: u32, u32_unsuffixed;
        serialize_u64: u64, u64_unsuffixed;
        serialize_u128: u128, u128_unsuffixed;
        serialize_f32: f32, f32_unsuffixed;
        serialize_f64: f64, f64_unsuffixed;
        serialize_char: char, character;
    }

    fn serialize_bool(self, value: bool) -> Result<TokenStream, Unprintable> {
        Ok(value.to_token_stream())
    }

    fn serialize_str(self, text: &str) -> Result<TokenStream, Unprintable> {
        Ok(quote!(rt::Borrowed(#text)))
    }

    fn serialize_bytes(self, bytes: &[u8]) -> Result<TokenStream, Unprintable> {
        let bytes = Literal::byte_string(bytes);
        Ok(quote!(rt::Borrowed(#bytes)))
    }

    fn serialize_none(self) -> Result<TokenStream, Unprintable> {
        Ok(quote!(::core::option::Option::None))
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<TokenStream, Unprintable> {
        let value = value.serialize(self)?;
        Ok(quote!(::core::option::Option::Some(#value)))
    }

    fn serialize_unit(self) -> Result<TokenStream, Unprintable> {
        Ok(quote!(()))
    }

    fn serialize_unit_struct(self, name: &'static str) -> Result<TokenStream, Unprintable> {
        Ok(named(name))
    }

    fn serialize_unit_variant(
        self,
        name: &'static str,
        _: u32,
        of: &'static str,
    ) -> Result<TokenStream, Unprintable> {
        Ok(variant(name, of))
    }

    /// The one such type is the schema of an array's elements, which has the others' form where
    /// it is made at run time.
    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        name: &'static str,
        value: &T,
    ) -> Result<TokenStream, Unprintable> {
        let (path, value) = (variant(name, "Constant"), value.serialize(self)?);
        Ok(quote!(#path(&#value)))
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        name: &'static str,
        _: u32,
        of: &'static str,
        value: &T,
    ) -> Result<TokenStream, Unprintable> {
        let (path, value) = (variant(name, of), value.serialize(self)?);
        Ok(quote!(#path(#value)))
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Several, Unprintable> {
        Several::new(SeveralKind::List)
    }

    fn serialize_tuple(self, _: usize) -> Result<Several, Unprintable> {
        Several::new(SeveralKind::Tuple)
    }

    fn serialize_tuple_struct(self, name: &'static str, _: usize) -> Result<Several, Unprintable> {
        Several::new(SeveralKind::Arguments(named(name)))
    }

    fn serialize_tuple_variant(
        self,
        name: &'static str,
        _: u32,
        of: &'static str,
        _: usize,
    ) -> Result<Several, Unprintable> {
        Several::new(SeveralKind::Arguments(variant(name, of)))
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Self::SerializeMap, Unprintable> {
        Err(ser::Error::custom("a plan has no maps"))
    }

    fn serialize_struct(self, name: &'static str, _: usize) -> Result<Several, Unprintable> {
        Several::new(SeveralKind::Fields(named(name)))
    }

    fn serialize_struct_variant(
        self,
        name: &'static str,
        _: u32,
        of: &'static str,
        _: usize,
    ) -> Result<Several, Unprintable> {
        Several::new(SeveralKind::Fields(variant(name, of)))
    }
}

/// The traits of serde for values with parts, which differ in names only.
macro_rules! several {
    ($($of:ident: $add:ident),+ $(,)?) => {
        $(impl ser::$of for Several {
            type Ok = TokenStream;
            type Error = Unprintable;

            fn $add<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Unprintable> {
                self.add(value)
            }

            fn end(self) -> Result<TokenStream, Unprintable> {
                Ok(self.finish())
            }
        })+
    };
}

several! {
    SerializeSeq: serialize_element,
    SerializeTuple: serialize_element,
    SerializeTupleStruct: serialize_field,
    SerializeTupleVariant: serialize_field,
}

macro_rules! with_names {
    ($($of:ident),+) => {
        $(impl ser::$of for Several {
            type Ok = TokenStream;
            type Error = Unprintable;

            fn serialize_field<T: Serialize + ?Sized>(
                &mut self,
                name: &'static str,
                value: &T,
            ) -> Result<(), Unprintable> {
                self.add_field(name, value)
            }

            fn end(self) -> Result<TokenStream, Unprintable> {
                Ok(self.finish())
            }
        })+
    };
}

with_names!(SerializeStruct, SerializeStructVariant);
