//! The option `sessions`, for the compiler, which refuses wrong values, and the runtime.

use std::fmt;

use crate::option_fields::{FieldProblem, Fields, WrongField};
use crate::{LIFETIME, OptionValue, lifetime_of_seconds, parse_lifetime};

/// The fields of the option.
const FIELDS: [&str; 6] = ["secret", "ttl", "store", "name", "same_site", "secure"];

/// The bytes that a secret has at least: those of the keys that are made of it.
pub const SECRET_BYTES: usize = 32;
/// What is written for a secret.
const MAKE_ONE: &str = "`secret = rover.env.SESSION_SECRET`, and start the program with a text of at least 32 bytes in that variable, such as `openssl rand -hex 32` prints";
const USUAL_TTL: u64 = 7 * 86_400_000;
/// No time is shorter: cookies live for whole seconds.
const LEAST_TTL: u64 = 1000;

/// A text that is not shown.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(pub String);

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(..)")
    }
}

/// Where the data of sessions is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SessionStore {
    /// In the cookie itself, encrypted.
    Cookie,
    /// In the store that the workers share; the cookie names it.
    Shared,
    /// In a database; the cookie names it.
    Database,
}

/// When a cookie is sent that a page of another site causes (RFC 6265bis, section 5.6.7).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SameSite {
    /// Never.
    Strict,
    /// When the client goes to a page.
    Lax,
    /// Always.
    None,
}

impl SameSite {
    /// As the attribute of `Set-Cookie` has it.
    pub fn text(self) -> &'static str {
        match self {
            SameSite::Strict => "Strict",
            SameSite::Lax => "Lax",
            SameSite::None => "None",
        }
    }
}

/// The option `sessions`, with defaults.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionOptions {
    /// The first one signs, all are accepted.
    pub secrets: Vec<Secret>,
    /// Milliseconds after which a session that nobody has used has ended.
    pub ttl: u64,
    /// Where the data is kept.
    pub store: SessionStore,
    /// The name of the cookie.
    pub name: String,
    /// When it is sent.
    pub same_site: SameSite,
    /// Whether it goes over HTTPS only; nothing for as the request came.
    pub secure: Option<bool>,
}

impl SessionOptions {
    /// The name of the cookie where a program says none.
    pub const NAME: &'static str = "session";

    /// The name of the cookie, as far as it is a text.
    pub fn cookie(fields: &[(String, OptionValue)]) -> Option<&str> {
        match field(fields, "name") {
            Some(OptionValue::Text(name)) => Some(name),
            _ => None,
        }
    }

    /// Whether the data is in a database, whatever else is wrong or not known yet.
    pub fn are_in_database(fields: &[(String, OptionValue)]) -> bool {
        matches!(field(fields, "store"), Some(OptionValue::Database))
    }

    /// Reads the option's table.
    pub(crate) fn read(fields: &[(String, OptionValue)]) -> Result<Self, Vec<WrongField>> {
        let mut read = Fields::new(fields, &FIELDS);
        let name = name(&mut read);
        let same_site = same_site(&mut read);
        let options = SessionOptions {
            secrets: secrets(&mut read),
            ttl: ttl(&mut read),
            store: store(&mut read),
            secure: secure(&mut read, &name, same_site),
            same_site,
            name,
        };
        read.finish(options)
    }
}

fn field<'f>(fields: &'f [(String, OptionValue)], name: &str) -> Option<&'f OptionValue> {
    let found = fields.iter().find(|(known, _)| known == name);
    found.map(|(_, value)| value)
}

fn secrets(read: &mut Fields<'_>) -> Vec<Secret> {
    let secrets = match read.value("secret") {
        None => {
            read.wrong("secret", None, FieldProblem::Missing(MAKE_ONE.to_owned()));
            return Vec::new();
        }
        Some(text @ OptionValue::Text(_)) => match secret(text) {
            Ok(secret) => return vec![secret],
            Err(problem) => {
                read.wrong("secret", None, problem);
                return Vec::new();
            }
        },
        Some(OptionValue::List(items)) => read.items("secret", items, secret).into_owned(),
        Some(OptionValue::Table(none)) if none.is_empty() => Vec::new(),
        Some(_) => {
            let problem = FieldProblem::value(
                "must be a text, or a list of texts of which the first signs",
                format!("write {MAKE_ONE}"),
            );
            read.wrong("secret", None, problem);
            return Vec::new();
        }
    };
    if secrets.is_empty() && !matches!(read.value("secret"), Some(OptionValue::List(_))) {
        read.wrong("secret", None, FieldProblem::Missing(MAKE_ONE.to_owned()));
    }
    secrets
}

fn secret(value: &OptionValue) -> Result<Secret, FieldProblem> {
    match value {
        OptionValue::Text(text) if text.contains('\u{fffd}') => Err(FieldProblem::value(
            "a secret must be a text, and this one has bytes that are no UTF-8",
            "give the digits as they are, without `rover.hex.decode`",
        )),
        OptionValue::Text(text) if text.len() < SECRET_BYTES => {
            let problem = format!(
                "a secret must have at least {SECRET_BYTES} bytes, and this one has {}",
                text.len()
            );
            Err(FieldProblem::value(problem, format!("write {MAKE_ONE}")))
        }
        OptionValue::Text(text) => Ok(Secret(text.clone())),
        _ => Err(FieldProblem::value(
            "a secret must be a text",
            format!("write {MAKE_ONE}"),
        )),
    }
}

fn ttl(read: &mut Fields<'_>) -> u64 {
    let ttl = match read.value("ttl") {
        None => return USUAL_TTL,
        Some(OptionValue::Number(seconds)) => lifetime_of_seconds(*seconds),
        Some(OptionValue::Text(text)) => parse_lifetime(text),
        Some(_) => None,
    };
    ttl.filter(|ttl| *ttl >= LEAST_TTL).unwrap_or_else(|| {
        let problem = format!("must be {LIFETIME}, and at least a second");
        let problem = FieldProblem::value(problem, "write `ttl = \"7d\"`");
        read.wrong("ttl", None, problem);
        USUAL_TTL
    })
}

fn store(read: &mut Fields<'_>) -> SessionStore {
    match read.value("store") {
        None => SessionStore::Cookie,
        Some(OptionValue::Text(text)) if text == "cookie" => SessionStore::Cookie,
        Some(OptionValue::Text(text)) if text == "shared" => SessionStore::Shared,
        Some(OptionValue::Database) => SessionStore::Database,
        Some(_) => {
            let problem = FieldProblem::value(
                "must be \"cookie\", \"shared\" or a database",
                "write `store = \"cookie\"` to keep the data in the cookie, encrypted, `store = \"shared\"` to keep it in the server, or `store = db` with what `rover.db` gave",
            );
            read.wrong("store", None, problem);
            SessionStore::Cookie
        }
    }
}

/// A token of RFC 9110, section 5.6.2: what the name of a cookie is (RFC 6265, section 4.1.1).
fn is_token(text: &str) -> bool {
    let symbol = |b: u8| b"!#$%&'*+-.^_`|~".contains(&b);
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || symbol(b))
}

fn name(read: &mut Fields<'_>) -> String {
    match read.value("name") {
        None => SessionOptions::NAME.to_owned(),
        Some(OptionValue::Text(text)) if text.len() <= 64 && is_token(text) => text.clone(),
        Some(_) => {
            let problem = FieldProblem::value(
                "must be the name of a cookie: letters, digits, `-` and `_`, 64 at most",
                "write `name = \"session\"`, or `name = \"__Host-session\"`, which browsers take over HTTPS only and from this host only",
            );
            read.wrong("name", None, problem);
            SessionOptions::NAME.to_owned()
        }
    }
}

fn same_site(read: &mut Fields<'_>) -> SameSite {
    match read.value("same_site") {
        None => SameSite::Lax,
        Some(OptionValue::Text(text)) if text.eq_ignore_ascii_case("strict") => SameSite::Strict,
        Some(OptionValue::Text(text)) if text.eq_ignore_ascii_case("lax") => SameSite::Lax,
        Some(OptionValue::Text(text)) if text.eq_ignore_ascii_case("none") => SameSite::None,
        Some(_) => {
            let problem = FieldProblem::value(
                "must be \"strict\", \"lax\" or \"none\"",
                "write `same_site = \"lax\"`, or leave it out, which means the same",
            );
            read.wrong("same_site", None, problem);
            SameSite::Lax
        }
    }
}

/// Browsers do not take some cookies that are not secure (RFC 6265bis, sections 4.1.3 and 5.7).
fn secure(read: &mut Fields<'_>, name: &str, same_site: SameSite) -> Option<bool> {
    let given = read.boolean("secure");
    let prefix = ["__host-", "__secure-"];
    let prefix = prefix
        .iter()
        .any(|prefix| name.to_ascii_lowercase().starts_with(prefix));
    let needed = match (prefix, same_site) {
        (true, _) => Some(format!("the name `{name}`")),
        (_, SameSite::None) => Some("`same_site = \"none\"`".to_owned()),
        _ => None,
    };
    let Some(needed) = needed else {
        return given;
    };
    if given == Some(false) {
        let problem = FieldProblem::value(
            format!("browsers refuse a cookie with {needed} that is not secure"),
            "write `secure = true`, or leave it out",
        );
        read.wrong("secure", None, problem);
    }
    Some(true)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::OptionValue::{Boolean, List, Number, Text};

    const GOOD: &str = "0123456789abcdef0123456789abcdef";

    fn read(given: &[(&str, OptionValue)]) -> Result<SessionOptions, Vec<(String, FieldProblem)>> {
        let given: Vec<_> = given
            .iter()
            .map(|(name, value)| ((*name).to_owned(), value.clone()))
            .collect();
        let wrong = |wrong: Vec<WrongField>| {
            let wrong = wrong.into_iter();
            wrong.map(|wrong| (wrong.field, wrong.problem)).collect()
        };
        SessionOptions::read(&given).map_err(wrong)
    }

    fn text(text: &str) -> OptionValue {
        Text(text.to_owned())
    }

    #[test]
    fn a_secret_is_all_that_is_needed() {
        let options = read(&[("secret", text(GOOD))]).expect("it is enough");
        assert_eq!(options.secrets, [Secret(GOOD.to_owned())]);
        assert_eq!(options.ttl, 604_800_000);
        assert_eq!(options.store, SessionStore::Cookie);
        assert_eq!((options.name.as_str(), options.secure), ("session", None));
        assert!(!format!("{options:?}").contains(GOOD));
    }

    #[test]
    fn secrets_that_are_none_are_refused() {
        let short = &GOOD[1..];
        for value in [
            text(short),
            text(""),
            Number(5.0),
            Boolean(true),
            OptionValue::Table(Vec::new()),
            List(vec![text(GOOD), text(short)]),
            List(vec![text(GOOD), Number(1.0)]),
            text(&format!("{GOOD}\u{fffd}")),
        ] {
            let wrong = read(&[("secret", value.clone())]).expect_err("it is refused");
            assert_eq!(wrong.len(), 1, "{value:?}: {wrong:?}");
            assert_eq!(wrong[0].0, "secret");
            assert!(!format!("{wrong:?}").contains(short), "it is not shown");
        }
        assert!(read(&[]).is_err());
        let several = read(&[("secret", List(vec![text(GOOD), text(&GOOD.repeat(2))]))]);
        assert_eq!(several.map(|options| options.secrets.len()), Ok(2));
    }

    #[test]
    fn what_browsers_refuse_is_refused() {
        let secret = ("secret", text(GOOD));
        let options = |more: &[(&'static str, OptionValue)]| {
            let mut all = vec![secret.clone()];
            all.extend(more.iter().cloned());
            read(&all)
        };
        let host = ("name", text("__Host-s"));
        let secure = options(std::slice::from_ref(&host)).map(|options| options.secure);
        assert_eq!(secure, Ok(Some(true)));
        assert!(options(&[host, ("secure", Boolean(false))]).is_err());
        let none = ("same_site", text("none"));
        assert!(options(&[none, ("secure", Boolean(false))]).is_err());
        for (name, value) in [
            ("name", text("a b")),
            ("name", text("")),
            ("ttl", text("soon")),
            ("ttl", Number(0.5)),
            ("store", text("memory")),
            ("same_site", text("Lax!")),
            ("secrets", text(GOOD)),
        ] {
            assert!(
                options(&[(name, value.clone())]).is_err(),
                "{name} {value:?}"
            );
        }
    }
}
