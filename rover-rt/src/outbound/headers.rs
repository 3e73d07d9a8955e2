//! Headers: what is always sent, and what a program may send.

use http::header::{self, HeaderMap, HeaderName, HeaderValue};

use crate::wait::error::WaitError;

use super::decode::ACCEPTED;
use super::error::argument;

/// What is sent unless a program says otherwise.
pub(super) fn usual_headers() -> HeaderMap {
    const USUAL: [(HeaderName, &str); 3] = [
        (header::ACCEPT, "*/*"),
        (header::ACCEPT_ENCODING, ACCEPTED),
        (
            header::USER_AGENT,
            concat!("rover/", env!("CARGO_PKG_VERSION")),
        ),
    ];
    USUAL
        .into_iter()
        .map(|(name, value)| (name, HeaderValue::from_static(value)))
        .collect()
}

/// Those that say how the message travels, which is not a program's to say.
const OWN: [HeaderName; 8] = [
    header::CONNECTION,
    header::CONTENT_LENGTH,
    header::EXPECT,
    header::PROXY_AUTHORIZATION,
    header::TE,
    header::TRAILER,
    header::TRANSFER_ENCODING,
    header::UPGRADE,
];

pub(super) fn checked_header(
    name: &[u8],
    value: &[u8],
) -> Result<(HeaderName, HeaderValue), WaitError> {
    let shown = || String::from_utf8_lossy(name).escape_debug().to_string();
    let checked = HeaderName::from_bytes(name)
        .map_err(|_| argument(format!("\"{}\" is not the name of a header", shown())))?;
    let is_own =
        OWN.contains(&checked) || matches!(checked.as_str(), "keep-alive" | "proxy-connection");
    if is_own {
        return Err(argument(format!(
            "the header {checked} cannot be set: it says how the message travels"
        )));
    }
    let value = HeaderValue::from_bytes(value).map_err(|_| {
        argument(format!(
            "the value of the header {checked} has a line break or another control character"
        ))
    })?;
    Ok((checked, value))
}
