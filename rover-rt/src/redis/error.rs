//! Errors of commands and connections, as programs see them. None tells an address, which may have a password.

use std::io;

use redis::RedisError;

use crate::wait::error::WaitError;

/// An error that the server tells: its code, which is the first word, and the rest.
pub(super) fn told(code: &str, details: Option<&str>) -> WaitError {
    let message = match details {
        Some(details) => format!("{code} {details}"),
        None => code.to_owned(),
    };
    let mut error = WaitError::new("query", message);
    error.retryable = matches!(
        code,
        "BUSY"
            | "CLUSTERDOWN"
            | "LOADING"
            | "MASTERDOWN"
            | "NOREPLICAS"
            | "OOM"
            | "READONLY"
            | "TRYAGAIN"
    );
    error.code = Some(code.to_owned().into());
    error
}

/// Why commands that were sent together have no answers.
pub(super) fn of_many(error: &RedisError) -> WaitError {
    if let Some(errors) = error.clone().into_server_errors()
        && let Some((at, first)) = errors.first()
    {
        let mut told = told(first.code(), first.details());
        told.message = format!("command {}: {}", at + 1, told.message);
        return told;
    }
    of(error)
}

/// Why a command has no answer.
pub(super) fn of(error: &RedisError) -> WaitError {
    if let Some(code) = error.code() {
        return told(code, error.detail());
    }
    if matches!(error.kind(), redis::ErrorKind::Parse) {
        return unreadable();
    }
    let mut closed = WaitError::new(
        "closed",
        "the connection to the server was lost before it answered",
    );
    closed.retryable = true;
    closed
}

/// The nodes of a cluster name each other.
pub(super) fn redirects() -> WaitError {
    let mut error = WaitError::new(
        "query",
        "the nodes of the cluster do not agree on where the key is",
    );
    error.retryable = true;
    error
}

/// What came is none of the protocol's, or nothing that the command answers.
pub(super) fn unreadable() -> WaitError {
    WaitError::new("closed", "the server's answer cannot be read")
}

/// An answer is larger than what is left for the program.
pub(super) fn too_large() -> WaitError {
    WaitError::new("too_large", "the answer takes more memory than there is")
}

/// There is no connection.
pub(super) fn unreachable(why: &str) -> WaitError {
    let mut error = WaitError::new("connect", format!("the server cannot be reached: {why}"));
    error.retryable = true;
    error
}

/// A connection that has not become an encrypted one.
pub(super) fn of_tls(host: &str, error: &io::Error) -> WaitError {
    let rustls = error
        .get_ref()
        .and_then(|why| why.downcast_ref::<rustls::Error>());
    match rustls {
        Some(why) => WaitError::new("tls", format!("{host}: TLS failed: {why}")),
        None => unreachable(&format!("{host}: {error}")),
    }
}

/// The server does not take who asks it.
pub(super) fn of_greeting(mut error: WaitError) -> WaitError {
    error.message = format!("the server refuses the connection: {}", error.message);
    error.kind = "connect";
    error
}

/// A call has taken too long.
pub(super) fn timed_out(patience: std::time::Duration) -> WaitError {
    let seconds = patience.as_secs_f64();
    let mut error = WaitError::new(
        "timeout",
        format!("the server has not answered for {seconds} s"),
    );
    error.retryable = true;
    error
}
