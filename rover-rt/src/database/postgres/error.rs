//! PostgreSQL's errors, as programs see them. None tells a value.

use std::error::Error as _;

use tokio_postgres::error::{DbError, Severity};

use super::encode::Unfit;
use crate::database::rows::TooLarge;
use crate::wait::error::WaitError;

/// SQLSTATE of what may be done or not, as the connection was lost before the answer: "transaction
/// resolution unknown".
const UNKNOWN: &str = "08007";

/// Why a statement gave nothing.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PostgresError {
    #[error(transparent)]
    Postgres(#[from] tokio_postgres::Error),
    /// The connection was lost; whether the statement may have been sent.
    #[error("the connection to the database was lost: {why}")]
    Lost { why: String, sent: bool },
    #[error("the rows take more memory than there is")]
    TooLarge,
    #[error(
        "the column `{column}` has the type `{kind}`, which has no value in Lua: `{column}::text` is its text"
    )]
    Unread { column: String, kind: String },
    #[error("the column `{0}` cannot be read")]
    Malformed(String),
    #[error("the statement has taken too long")]
    TimedOut,
}

impl From<TooLarge> for PostgresError {
    fn from(_: TooLarge) -> Self {
        PostgresError::TooLarge
    }
}

impl PostgresError {
    fn server(&self) -> Option<&DbError> {
        match self {
            PostgresError::Postgres(error) => error.as_db_error(),
            _ => None,
        }
    }

    /// Whether the server has refused it, which ends a transaction that it belongs to.
    pub(crate) fn is_refusal(&self) -> bool {
        self.server().is_some()
    }

    /// Whether a statement that was prepared must be prepared again: tables have changed, or the
    /// connection has another server behind it.
    pub(crate) fn is_outdated(&self) -> bool {
        self.server().is_some_and(|error| {
            let code = error.code().code();
            let revalidates = error.routine() == Some("RevalidateCachedQuery");
            code == "26000" || (code == "0A000" && revalidates)
        })
    }

    /// Whether the server cannot make sense of it, which may be so as tables have changed since it
    /// was prepared: a column has another type than its place was taken to have.
    pub(crate) fn is_of_meaning(&self) -> bool {
        self.server().is_some_and(|error| {
            let is_of_value = error.where_().and_then(place).is_some();
            is_of_value || error.code().code().starts_with("42")
        })
    }

    /// Whether a value is none of the type that its place has.
    pub(crate) fn is_unfit(&self) -> bool {
        match self {
            PostgresError::Postgres(error) => error.source().is_some_and(|why| why.is::<Unfit>()),
            _ => false,
        }
    }

    /// Whether the server has never seen it.
    pub(crate) fn is_unsent(&self) -> bool {
        matches!(self, PostgresError::Lost { sent: false, .. })
    }

    /// The error of a part of a transaction: a lost connection takes back all of it.
    pub(crate) fn taken_back(self) -> WaitError {
        match self {
            PostgresError::Lost { why, .. } => lost(&why),
            error => error.into(),
        }
    }
}

/// Whether the server ends the connection with this message. A message that comes while an answer
/// is awaited does not tell whether the statement was done: a server that logs how long statements
/// take may be ended between the commit and the answer.
pub(crate) fn is_last(error: &DbError) -> bool {
    match error.parsed_severity() {
        Some(severity) => matches!(severity, Severity::Fatal | Severity::Panic),
        None => matches!(error.severity(), "FATAL" | "PANIC"),
    }
}

impl From<PostgresError> for WaitError {
    fn from(error: PostgresError) -> WaitError {
        match &error {
            PostgresError::Postgres(error) => of(error),
            PostgresError::Lost { why, sent: false } => lost(why),
            PostgresError::Lost { why, sent: true } => unanswered(why),
            PostgresError::TooLarge => WaitError::new("too_large", error.to_string()),
            PostgresError::Unread { .. } => WaitError::new("argument", error.to_string()),
            PostgresError::Malformed(_) => WaitError::new("connect", error.to_string()),
            // What was cancelled may have been done before.
            PostgresError::TimedOut => WaitError {
                code: Some(UNKNOWN.into()),
                ..WaitError::new("timeout", error.to_string())
            },
        }
    }
}

/// An error of a statement.
fn of(error: &tokio_postgres::Error) -> WaitError {
    if let Some(error) = error.as_db_error() {
        return told(error);
    }
    if let Some(unfit) = error.source().and_then(|why| why.downcast_ref::<Unfit>()) {
        let place = error.to_string();
        let index = place
            .rsplit(' ')
            .next()
            .and_then(|it| it.parse::<usize>().ok());
        let number = index.unwrap_or_default() + 1;
        return WaitError::new("argument", format!("${number}: {unfit}"));
    }
    unanswered(&why(error))
}

/// An error of a connection that has not come to be.
pub(crate) fn of_connect(error: &tokio_postgres::Error) -> WaitError {
    match error.as_db_error() {
        Some(error) => {
            let mut told = told(error);
            told.kind = "connect";
            told.retryable = !is_refused(error.code().code());
            told
        }
        None => {
            let text = why(error);
            let is_tls = error.to_string().contains("TLS");
            match is_tls {
                true => WaitError::new("tls", format!("the database: {text}")),
                false => lost(&text),
            }
        }
    }
}

/// Whether a connection will be refused again: name, password, database.
fn is_refused(code: &str) -> bool {
    code.starts_with("28") || code == "3D000"
}

/// An error of the driver's, with its reason.
pub(crate) fn why(error: &tokio_postgres::Error) -> String {
    match (error.as_db_error(), error.source()) {
        (Some(error), _) => error.message().to_owned(),
        (None, Some(source)) => source.to_string(),
        (None, None) => error.to_string(),
    }
}

/// There is no connection, or no more.
pub(crate) fn lost(why: &str) -> WaitError {
    let message = format!("the database cannot be reached: {why}");
    let mut error = WaitError::new("connect", message);
    error.retryable = true;
    error
}

/// There is no connection any more, and there was no answer.
fn unanswered(why: &str) -> WaitError {
    let message = format!(
        "the connection to the database was lost before the answer came, so that it may be done or not: {why}"
    );
    let mut error = WaitError::new("connect", message);
    error.code = Some(UNKNOWN.into());
    error.retryable = true;
    error
}

/// The transaction has ended by an error that the program has caught.
pub(crate) fn aborted() -> WaitError {
    let message =
        "a statement of the transaction has failed, so that the database has taken all of it back";
    let mut error = WaitError::new("aborted", message);
    error.code = Some("25P02".into());
    error
}

/// An error that the server tells.
pub(crate) fn told(error: &DbError) -> WaitError {
    let code = error.code().code();
    let (kind, retryable) = kind(code);
    let mut message = error.message().to_owned();
    if code.starts_with("22") {
        message = without_values(&message);
    }
    if let (Some(hint), true) = (error.hint(), code.starts_with("42")) {
        message = format!("{message} ({hint})");
    }
    let place = error.where_().and_then(place);
    let mut told = match place {
        Some(place) if kind == "value" => WaitError::new("argument", format!("{place}: {message}")),
        _ => WaitError::new(kind, message),
    };
    told.retryable = retryable;
    told.code = Some(code.to_owned().into());
    let about = [
        ("constraint", error.constraint()),
        ("table", error.table()),
        ("column", error.column()),
    ];
    let known = about
        .into_iter()
        .filter_map(|(name, value)| Some((name, value?.to_owned())));
    told.about = known.collect();
    told
}

/// The kind of an error, and whether the same may succeed when it is tried again
/// (PostgreSQL's appendix A).
fn kind(code: &str) -> (&'static str, bool) {
    match code {
        "23505" => ("unique", false),
        "23503" => ("foreign_key", false),
        "23502" => ("not_null", false),
        "40001" | "40P01" => ("serialization", true),
        "57014" => ("timeout", false),
        "55P03" => ("timeout", true),
        "25P02" => ("aborted", false),
        "53300" => ("connect", true),
        _ if is_refused(code) => ("connect", false),
        _ => match &code[..2] {
            "23" => ("check", false),
            "22" => ("value", false),
            "08" | "57" => ("connect", true),
            "53" | "58" => ("storage", true),
            _ => ("syntax", false),
        },
    }
}

/// The parameter that the server speaks of: `unnamed portal parameter $1`.
fn place(context: &str) -> Option<&str> {
    let (_, after) = context.split_once("portal parameter $")?;
    let digits = after.bytes().take_while(u8::is_ascii_digit).count();
    let start = context.len() - after.len() - 1;
    (digits > 0).then(|| &context[start..=start + digits])
}

/// A message without what stands in quotes, which is a value: `value "300" is out of range`.
fn without_values(message: &str) -> String {
    let (Some(first), Some(last)) = (message.find('"'), message.rfind('"')) else {
        return message.to_owned();
    };
    let before = message[..first].trim_end().trim_end_matches(':');
    let after = message.get(last + 1..).unwrap_or_default();
    format!("{before}{after}")
}

#[cfg(test)]
mod tests {
    use super::{kind, place, without_values};

    #[test]
    fn messages_tell_no_values() {
        let told = without_values;
        assert_eq!(
            told("invalid input syntax for type uuid: \"a\"b\""),
            "invalid input syntax for type uuid"
        );
        assert_eq!(
            told("value \"300\" is out of range for type smallint"),
            "value is out of range for type smallint"
        );
        assert_eq!(told("division by zero"), "division by zero");
    }

    #[test]
    fn the_parameter_is_named() {
        assert_eq!(place("unnamed portal parameter $12 = '...'"), Some("$12"));
        assert_eq!(place("unnamed portal parameter $1"), Some("$1"));
        assert_eq!(place("PL/pgSQL function f() line 3"), None);
    }

    #[test]
    fn kinds_of_codes() {
        assert_eq!(kind("23P01"), ("check", false));
        assert_eq!(kind("57P01"), ("connect", true));
        assert_eq!(kind("42703"), ("syntax", false));
        assert_eq!(kind("28P01"), ("connect", false));
    }
}
