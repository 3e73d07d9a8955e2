/// How a template prints a value: for what reads it, then for where that is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Escape {
    /// What reads the value.
    pub rule: Rule,
    /// What is around it.
    pub place: Place,
}

/// What reads a printed value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum Rule {
    /// Nothing: `{{{ value }}}`.
    Raw,
    /// HTML itself.
    Html,
    /// A URL of which nothing is written yet: its scheme is looked at.
    Url,
    /// As `Url`, as a candidate in a `srcset`.
    Srcset,
    /// A URL in which no delimiter was written yet: a colon would end a scheme.
    UrlHead,
    /// The path of a URL.
    UrlPath,
    /// The query or fragment of a URL.
    UrlQuery,
    /// A value in CSS.
    CssValue,
    /// A string in CSS.
    CssString,
    /// A value in JavaScript.
    JsValue,
    /// A string in JavaScript.
    JsString,
}

/// What is around a printed value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum Place {
    /// The text of an element.
    Text,
    /// The text of an element that has no others inside: `title`, `textarea`.
    Rcdata,
    /// An attribute's value in quotes.
    Attribute,
    /// An attribute's value without quotes.
    Unquoted,
    /// `script` and `style`, where nothing is escaped.
    Raw,
}

impl Rule {
    /// Every rule, with the name that the runtime's Lua half knows it by.
    pub const ALL: [(Rule, &'static str); 11] = [
        (Rule::Raw, "Raw"),
        (Rule::Html, "Html"),
        (Rule::Url, "Url"),
        (Rule::Srcset, "Srcset"),
        (Rule::UrlHead, "UrlHead"),
        (Rule::UrlPath, "UrlPath"),
        (Rule::UrlQuery, "UrlQuery"),
        (Rule::CssValue, "CssValue"),
        (Rule::CssString, "CssString"),
        (Rule::JsValue, "JsValue"),
        (Rule::JsString, "JsString"),
    ];
}

impl Place {
    /// Every place, with its name.
    pub const ALL: [(Place, &'static str); 5] = [
        (Place::Text, "Text"),
        (Place::Rcdata, "Rcdata"),
        (Place::Attribute, "Attribute"),
        (Place::Unquoted, "Unquoted"),
        (Place::Raw, "Raw"),
    ];
}
