//! Printing values into pages: what the compiler found to be around a value decides how it
//! is written.
//!
//! Nothing here knows templates or Lua: a value is a text, and its place an [`Escape`].

mod css;
mod script;
mod text;
mod url;

use rover_model::{Escape, Place, Rule};

/// Appends a text.
pub(crate) fn write(value: &[u8], escape: Escape, out: &mut Vec<u8>) {
    match escape.rule {
        Rule::Raw => out.extend_from_slice(value),
        Rule::Html => around(value, escape.place, out),
        Rule::Url | Rule::Srcset | Rule::UrlHead | Rule::UrlPath | Rule::UrlQuery => {
            inside(escape.place, out, |out| url::write(value, escape.rule, out));
        }
        Rule::CssValue => inside(escape.place, out, |out| css::value(value, out)),
        Rule::CssString => inside(escape.place, out, |out| css::string(value, out)),
        Rule::JsValue => inside(escape.place, out, |out| script::value(value, out)),
        Rule::JsString => inside(escape.place, out, |out| script::string(value, out)),
    }
}

/// Appends what is HTML already: as it is where HTML stands. In an attribute its quotes and
/// brackets are escaped, and what reads scripts, styles and URLs gets its text.
pub(crate) fn write_html(value: &[u8], escape: Escape, out: &mut Vec<u8>) {
    match (escape.rule, escape.place) {
        (Rule::Html, Place::Text | Place::Raw) => out.extend_from_slice(value),
        (Rule::Html, Place::Rcdata | Place::Attribute) => text::brackets(value, out),
        (Rule::Html, Place::Unquoted) => text::unquoted(value, out),
        _ => write(value, escape, out),
    }
}

/// Appends JSON as a value of a script, and as a text anywhere else.
pub(crate) fn write_json(json: &[u8], escape: Escape, out: &mut Vec<u8>) {
    match escape.rule {
        Rule::JsValue => inside(escape.place, out, |out| script::json(json, out)),
        _ => write(json, escape, out),
    }
}

/// Escapes for the place.
fn around(value: &[u8], place: Place, out: &mut Vec<u8>) {
    match place {
        Place::Text | Place::Rcdata | Place::Attribute => text::escape(value, out),
        Place::Unquoted => text::unquoted(value, out),
        Place::Raw => out.extend_from_slice(value),
    }
}

/// Lets `f` write, then escapes that for the place.
fn inside(place: Place, out: &mut Vec<u8>, f: impl FnOnce(&mut Vec<u8>)) {
    if place == Place::Raw {
        return f(out);
    }
    let mut inner = Vec::new();
    f(&mut inner);
    around(&inner, place, out);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(rule: Rule, place: Place, value: &str) -> String {
        let mut out = Vec::new();
        write(value.as_bytes(), Escape { rule, place }, &mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn no_place_lets_its_delimiters_through() {
        let hostile = "a\"b'c<d>e&f`g h\ni=j/k\\l\u{2028}</script>-->]]>";
        for (rule, _) in Rule::ALL.into_iter().skip(1) {
            for (place, _) in Place::ALL {
                let text = written(rule, place, hostile);
                let refused: &[char] = match place {
                    Place::Text | Place::Rcdata => &['<', '>'],
                    Place::Attribute => &['"', '\'', '<', '>'],
                    Place::Unquoted => &['"', '\'', '<', '>', '`', ' ', '\n'],
                    Place::Raw if rule == Rule::Html => continue,
                    Place::Raw => &['<', '>', '\n'],
                };
                let found = text.chars().find(|c| refused.contains(c));
                assert_eq!(found, None, "{rule:?} in {place:?}: {text}");
            }
        }
    }
}
