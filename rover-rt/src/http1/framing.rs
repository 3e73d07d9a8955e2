//! What a head says about the bytes that follow it (RFC 9112, sections 6 and 9).

use super::refusal::Refusal;
use crate::message::headers::{Headers, Known};

/// How a request's body is delimited (RFC 9112, section 6.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Framing {
    Length(u64),
    Chunked,
}

/// Lengths that servers could disagree about are refused.
pub(super) fn framing(headers: &Headers<'_>, old: bool) -> Result<Framing, Refusal> {
    let coded = headers.known(Known::TransferEncoding).next().is_some();
    let mut lengths = headers.known(Known::ContentLength);
    match (coded, lengths.next()) {
        (false, None) => Ok(Framing::Length(0)),
        (false, Some(length)) => match number(length) {
            Some(number) if lengths.next().is_none() => Ok(Framing::Length(number)),
            _ => Err(Refusal::bad("Malformed Content-Length")),
        },
        (true, Some(_)) => Err(Refusal::bad("Content-Length with Transfer-Encoding")),
        // Section 6.1: HTTP/1.0 knows no codings, so its framing is faulty.
        (true, None) if old => Err(Refusal::bad("Transfer-Encoding in HTTP/1.0")),
        (true, None) => codings(headers).map(|()| Framing::Chunked),
    }
}

/// `1*DIGIT`
fn number(text: &[u8]) -> Option<u64> {
    let digits = !text.is_empty() && text.iter().all(u8::is_ascii_digit);
    let text = std::str::from_utf8(text).ok().filter(|_| digits)?;
    text.parse().ok()
}

/// Sections 6.1 and 6.3: `chunked` comes last and once, or the body has no end that can be
/// told (400). A coding below it is one that we do not have (501).
fn codings(headers: &Headers<'_>) -> Result<(), Refusal> {
    let mut others = 0;
    let mut chunked = 0;
    let mut last = false;
    for line in headers.known(Known::TransferEncoding) {
        for coding in line.split(|byte| *byte == b',') {
            let coding = coding.trim_ascii();
            last = coding.eq_ignore_ascii_case(b"chunked");
            match last {
                true => chunked += 1,
                false if coding.is_empty() => return Err(MALFORMED_CODING),
                false => others += 1,
            }
        }
    }
    match (last && chunked == 1, others) {
        (true, 0) => Ok(()),
        (true, _) => Err(Refusal::UNKNOWN_CODING),
        (false, _) => Err(MALFORMED_CODING),
    }
}

const MALFORMED_CODING: Refusal = Refusal::bad("Malformed Transfer-Encoding");

/// Whether the connection stays after the answer (section 9.3).
pub(super) fn keep_alive(headers: &Headers<'_>, old: bool) -> bool {
    let has = |token: &[u8]| {
        let lines = headers.known(Known::Connection);
        lines
            .flat_map(|line| line.split(|b| *b == b','))
            .any(|option| option.trim_ascii().eq_ignore_ascii_case(token))
    };
    match old {
        true => has(b"keep-alive") && !has(b"close"),
        false => !has(b"close"),
    }
}

/// Whether the client waits for a `100 Continue` (RFC 9110, section 10.1.1); anything else
/// that it expects, nobody here fulfils.
pub(super) fn expects_continue(headers: &Headers<'_>, old: bool) -> Result<bool, Refusal> {
    let mut expects = false;
    if old {
        return Ok(expects);
    }
    for line in headers.known(Known::Expect) {
        if !line.eq_ignore_ascii_case(b"100-continue") {
            return Err(Refusal::EXPECTATION);
        }
        expects = true;
    }
    Ok(expects)
}
