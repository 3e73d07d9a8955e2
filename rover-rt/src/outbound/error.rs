//! What went wrong, in the words that programs see.

use std::borrow::Cow;
use std::error::Error;
use std::io;

use rustls::CertificateError;

use crate::wait::error::WaitError;

use super::head::Wrong;
use super::http1::Broken;

/// Why an exchange ended, and what may be done about it.
#[derive(Debug)]
pub(super) struct Failure {
    pub(super) error: WaitError,
    /// The server has not worked on the request, and will not.
    pub(super) unsent: bool,
}

impl Failure {
    pub(super) fn unsent(error: WaitError) -> Self {
        Failure {
            error,
            unsent: true,
        }
    }

    pub(super) fn sent(error: WaitError) -> Self {
        Failure {
            error,
            unsent: false,
        }
    }
}

/// The program gave something that cannot be sent.
pub(super) fn argument(message: impl Into<String>) -> WaitError {
    WaitError::new("argument", message)
}

pub(super) fn coded(
    kind: &'static str,
    message: String,
    code: impl Into<Option<&'static str>>,
) -> WaitError {
    WaitError {
        code: code.into().map(Cow::Borrowed),
        ..WaitError::new(kind, message)
    }
}

pub(super) fn retryable(error: WaitError) -> WaitError {
    WaitError {
        retryable: true,
        ..error
    }
}

/// The host's name was not found.
pub(super) fn unresolved(host: &str, error: &io::Error) -> WaitError {
    // `getaddrinfo` tells by a text alone, through the standard library.
    let text = error.to_string();
    let text = text
        .strip_prefix("failed to lookup address information: ")
        .unwrap_or(&text);
    let later = text.contains("emporary failure") || text.contains("ry again");
    let code = if later { "EAI_AGAIN" } else { "ENOTFOUND" };
    let error = coded("dns", format!("cannot find the host {host}: {text}"), code);
    WaitError {
        retryable: later,
        ..error
    }
}

/// No connection came to be.
pub(super) fn unconnected(place: &str, error: &io::Error) -> WaitError {
    let message = format!("cannot connect to {place}: {}", io_text(error));
    retryable(coded("connect", message, io_code(error)))
}

/// The handshake of TLS failed.
pub(super) fn handshake(host: &str, error: &io::Error) -> WaitError {
    let Some(tls) = of_tls(error) else {
        let message = format!("{host} ended the TLS handshake: {}", io_text(error));
        return retryable(coded("tls", message, io_code(error)));
    };
    let (code, text) = tls_text(tls);
    coded("tls", format!("{host}: {text}"), code)
}

fn of_tls(error: &io::Error) -> Option<&rustls::Error> {
    error.get_ref()?.downcast_ref()
}

/// A code and a sentence for what rustls found.
fn tls_text(error: &rustls::Error) -> (&'static str, Cow<'static, str>) {
    let rustls::Error::InvalidCertificate(certificate) = error else {
        return match error {
            rustls::Error::AlertReceived(alert) => (
                "TLS_ALERT",
                format!("the server refused the TLS handshake ({alert:?})").into(),
            ),
            rustls::Error::InvalidMessage(_) => (
                "TLS_PROTOCOL",
                "what the server sends is not TLS (is it http?)".into(),
            ),
            rustls::Error::PeerIncompatible(why) => (
                "TLS_INCOMPATIBLE",
                format!("the server has no version or cipher in common ({why:?})").into(),
            ),
            other => ("TLS_PROTOCOL", format!("TLS failed: {other}").into()),
        };
    };
    use CertificateError as C;
    match certificate {
        C::Expired | C::ExpiredContext { .. } => {
            ("CERT_EXPIRED", "the certificate has expired".into())
        }
        C::NotValidYet | C::NotValidYetContext { .. } => (
            "CERT_NOT_YET_VALID",
            "the certificate is not valid yet".into(),
        ),
        C::NotValidForName | C::NotValidForNameContext { .. } => (
            "CERT_WRONG_HOST",
            "the certificate is for another host".into(),
        ),
        C::UnknownIssuer => (
            "CERT_UNKNOWN_ISSUER",
            "the certificate is signed by nobody who is trusted here (`tls = { ca = ... }` adds an authority)".into(),
        ),
        C::Revoked => ("CERT_REVOKED", "the certificate is revoked".into()),
        other => (
            "CERT_INVALID",
            format!("the certificate is not valid ({other})").into(),
        ),
    }
}

/// An exchange by HTTP/1.1 ended before its end.
pub(super) fn interrupted(host: &str, broken: &Broken) -> WaitError {
    match broken {
        Broken::Closed => closed(host),
        Broken::Io(error) => lost(host, error),
        Broken::Head(Wrong::TooLong) => {
            let message = format!("the headers that {host} answers with are too long");
            coded("too_large", message, "HEADERS")
        }
        Broken::Head(Wrong::Malformed(what)) => malformed(host, what),
        Broken::Chunks => malformed(host, "its chunks are malformed"),
    }
}

fn malformed(host: &str, what: &str) -> WaitError {
    let message = format!("{host} does not answer in HTTP: {what}");
    WaitError::new("protocol", message)
}

/// A connection was lost.
fn lost(host: &str, error: &io::Error) -> WaitError {
    if let Some(tls) = of_tls(error) {
        let (code, text) = tls_text(tls);
        return coded("tls", format!("{host}: {text}"), code);
    }
    if error.kind() == io::ErrorKind::UnexpectedEof {
        return closed(host);
    }
    let message = format!("lost the connection to {host}: {}", io_text(error));
    retryable(coded("closed", message, io_code(error)))
}

/// An exchange by HTTP/2 ended by an error of the connection.
pub(super) fn broken(host: &str, error: &hyper::Error) -> WaitError {
    if let Some(io) = source::<io::Error>(error) {
        return lost(host, io);
    }
    if let Some(h2) = source::<h2::Error>(error) {
        return of_http2(host, h2);
    }
    if error.is_incomplete_message() || error.is_canceled() || error.is_closed() {
        return closed(host);
    }
    match error.source() {
        Some(source) => malformed(host, &source.to_string()),
        None => retryable(WaitError::new(
            "closed",
            format!("lost the connection to {host}: {error}"),
        )),
    }
}

/// The server closed the connection before the answer was complete.
pub(super) fn closed(host: &str) -> WaitError {
    retryable(WaitError::new(
        "closed",
        format!("{host} closed the connection before its answer was complete"),
    ))
}

fn of_http2(host: &str, error: &h2::Error) -> WaitError {
    let reason = error.reason();
    let reason = reason
        .as_ref()
        .map_or("it broke off", h2::Reason::description);
    if error.is_remote() || error.is_io() {
        let message = format!("{host} ended the exchange: {reason}");
        return retryable(WaitError::new("closed", message));
    }
    WaitError::new(
        "protocol",
        format!("the answer of {host} cannot be read: {reason}"),
    )
}

/// Whether HTTP/2 says that the request was not worked on (RFC 9113 section 8.7), so that it may be
/// sent again whatever it asks for.
pub(super) fn is_refused(error: &hyper::Error) -> bool {
    source::<h2::Error>(error)
        .is_some_and(|h2| h2.is_remote() && h2.reason() == Some(h2::Reason::REFUSED_STREAM))
}

/// Whether the server is going away by a GOAWAY that names no fault.
pub(super) fn is_leaving(error: &hyper::Error) -> bool {
    source::<h2::Error>(error).is_some_and(|h2| {
        h2.is_go_away() && h2.is_remote() && h2.reason() == Some(h2::Reason::NO_ERROR)
    })
}

/// The first error of a type in the chain of sources.
fn source<T: Error + 'static>(error: &hyper::Error) -> Option<&T> {
    let mut next = error.source();
    while let Some(error) = next {
        if let Some(found) = error.downcast_ref() {
            return Some(found);
        }
        next = error.source();
    }
    None
}

fn io_text(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::ConnectionRefused => "nothing listens there".to_owned(),
        io::ErrorKind::UnexpectedEof => "it was closed".to_owned(),
        _ => {
            let text = error.to_string();
            // The number says nothing that the code does not.
            match text.find(" (os error") {
                Some(end) => text[..end].to_owned(),
                None => text,
            }
        }
    }
}

fn io_code(error: &io::Error) -> Option<&'static str> {
    use io::ErrorKind as E;
    Some(match error.kind() {
        E::ConnectionRefused => "ECONNREFUSED",
        E::ConnectionReset => "ECONNRESET",
        E::ConnectionAborted => "ECONNABORTED",
        E::BrokenPipe => "EPIPE",
        E::HostUnreachable => "EHOSTUNREACH",
        E::NetworkUnreachable => "ENETUNREACH",
        E::TimedOut => "ETIMEDOUT",
        E::AddrNotAvailable => "EADDRNOTAVAIL",
        E::PermissionDenied => "EACCES",
        E::InvalidInput => "EINVAL",
        _ if error.raw_os_error() == Some(EMFILE) => "EMFILE",
        _ => return None,
    })
}

/// Too many files are open (Linux's number).
const EMFILE: i32 = 24;
