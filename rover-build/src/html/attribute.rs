//! What reads an attribute's value, by the attribute's name.

use super::css::Css;
use super::js::Js;
use super::url::Urls;

/// Where in an attribute's value a template is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Value {
    Plain,
    Url(Urls),
    Srcset(Urls),
    Css(Css),
    Js(Js),
    /// A document of its own.
    Document,
}

/// Attributes that hold a URL, by the HTML Standard's index of attributes, with those that
/// browsers still know.
const URLS: [&str; 18] = [
    "action",
    "archive",
    "background",
    "cite",
    "classid",
    "codebase",
    "data",
    "formaction",
    "href",
    "icon",
    "longdesc",
    "manifest",
    "ping",
    "poster",
    "profile",
    "src",
    "usemap",
    "base",
];

impl Value {
    pub(super) fn of(name: &str) -> Value {
        // `xlink:href`, `xml:base`
        let local = match name.split_once(':') {
            Some(("xlink" | "xml", local)) => local,
            _ => name,
        };
        match local {
            "style" => Value::Css(Css::default()),
            "srcset" | "imagesrcset" => Value::Srcset(Urls::default()),
            "srcdoc" => Value::Document,
            _ if is_code(name) => Value::Js(Js::default()),
            _ if URLS.contains(&local) => Value::Url(Urls::default()),
            _ => Value::Plain,
        }
    }

    pub(super) fn advance(&mut self, c: char) {
        match self {
            Value::Plain | Value::Document => {}
            Value::Url(url) => url.advance(c),
            // The next candidate, or the end of one before its descriptor.
            Value::Srcset(url) if c == ',' => *url = Urls::default(),
            Value::Srcset(url) => url.advance(c),
            Value::Css(css) => css.advance(c),
            Value::Js(js) => js.advance(c),
        }
    }

    /// Whether a template can go on from either.
    pub(super) fn fits(&self, other: &Value) -> bool {
        match (self, other) {
            (Value::Url(_), Value::Url(_)) | (Value::Srcset(_), Value::Srcset(_)) => true,
            (a, b) => a == b,
        }
    }

    /// Whether what was read as standing in the other may stand here.
    pub(super) fn is_in(&self, other: &Value) -> bool {
        match (self, other) {
            (Value::Url(a), Value::Url(b)) | (Value::Srcset(a), Value::Srcset(b)) => a.are_among(b),
            (a, b) => a == b,
        }
    }

    pub(super) fn join(&mut self, other: &Value) {
        if let (Value::Url(a), Value::Url(b)) | (Value::Srcset(a), Value::Srcset(b)) = (self, other)
        {
            a.join(b);
        }
    }

    pub(super) fn settle(&mut self) {
        match self {
            Value::Css(css) => css.settle(),
            Value::Js(js) => js.settle(),
            _ => {}
        }
    }
}

/// Event handlers, and the attributes that common libraries read as JavaScript.
fn is_code(name: &str) -> bool {
    name.starts_with("on")
        || ["@", ":", "v-", "x-", "hx-on"]
            .iter()
            .any(|prefix| name.starts_with(prefix))
}

/// The character that a reference at the start of a text stands for, and its length: those
/// that matter to what reads a value.
pub(super) fn reference(text: &str) -> Option<(char, usize)> {
    let body = text.strip_prefix('&')?;
    if let Some(number) = body.strip_prefix('#') {
        let (digits, radix) = match number.strip_prefix(['x', 'X']) {
            Some(hex) => (hex, 16),
            None => (number, 10),
        };
        let count = digits.chars().take_while(|c| c.is_digit(radix)).count();
        let code = u32::from_str_radix(&digits[..count], radix).ok()?;
        let length = text.len() - digits.len() + count;
        let semicolon = usize::from(text[length..].starts_with(';'));
        return Some((char::from_u32(code)?, length + semicolon));
    }
    NAMED.iter().find_map(|(name, c)| {
        let rest = body.strip_prefix(name)?;
        rest.starts_with(';').then_some((*c, name.len() + 2))
    })
}

/// Named references of ASCII characters (HTML Standard, 13.5).
const NAMED: [(&str, char); 38] = [
    ("quot", '"'),
    ("amp", '&'),
    ("apos", '\''),
    ("lt", '<'),
    ("gt", '>'),
    ("Tab", '\t'),
    ("NewLine", '\n'),
    ("excl", '!'),
    ("num", '#'),
    ("dollar", '$'),
    ("percnt", '%'),
    ("lpar", '('),
    ("rpar", ')'),
    ("ast", '*'),
    ("midast", '*'),
    ("plus", '+'),
    ("comma", ','),
    ("period", '.'),
    ("sol", '/'),
    ("colon", ':'),
    ("semi", ';'),
    ("equals", '='),
    ("quest", '?'),
    ("commat", '@'),
    ("lsqb", '['),
    ("lbrack", '['),
    ("bsol", '\\'),
    ("rsqb", ']'),
    ("rbrack", ']'),
    ("Hat", '^'),
    ("lowbar", '_'),
    ("grave", '`'),
    ("lcub", '{'),
    ("lbrace", '{'),
    ("verbar", '|'),
    ("vert", '|'),
    ("rcub", '}'),
    ("rbrace", '}'),
];
