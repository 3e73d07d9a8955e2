//! What a program may say in a response.

/// Whether a status is one that ends an answer: 1xx announces another (RFC 9110, section
/// 15.2).
pub fn is_final_status(status: f64) -> bool {
    (200.0..=599.0).contains(&status) && status.fract() == 0.0
}

/// Why a program cannot set a header, if it cannot. A header that says where the body ends,
/// or how long the connection stays, is true only where the server writes it (RFC 9112,
/// sections 6 and 9; RFC 9110, section 7.6.1).
pub fn refused_header(name: &str, value: Option<&str>) -> Option<&'static str> {
    const REFUSED: [(&str, &str); 7] = [
        ("content-length", "the server counts the body itself"),
        ("transfer-encoding", "the server frames the body itself"),
        ("trailer", "the server frames the body itself"),
        ("connection", "only `close` can be asked for"),
        (
            "keep-alive",
            "the server's option `keep_alive` says how long a connection stays",
        ),
        (
            "proxy-connection",
            "it is about the connection, which is the server's",
        ),
        (
            "upgrade",
            "the server speaks no other protocol on the connection",
        ),
    ];
    let (name, reason) = *REFUSED
        .iter()
        .find(|(refused, _)| refused.eq_ignore_ascii_case(name))?;
    // What is not known yet may still be `close`.
    let close =
        name == "connection" && value.is_none_or(|value| value.eq_ignore_ascii_case("close"));
    (!close).then_some(reason)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statuses() {
        for (status, last) in [
            (99.0, false),
            (100.0, false),
            (101.0, false),
            (199.0, false),
            (200.0, true),
            (599.0, true),
            (600.0, false),
            (200.5, false),
            (f64::NAN, false),
        ] {
            assert_eq!(is_final_status(status), last, "{status}");
        }
    }

    #[test]
    fn headers() {
        assert!(refused_header("Content-Length", Some("99")).is_some());
        assert!(refused_header("TRANSFER-ENCODING", None).is_some());
        assert!(refused_header("Connection", Some("keep-alive")).is_some());
        assert!(refused_header("Connection", Some("Close")).is_none());
        assert!(refused_header("Connection", None).is_none());
        assert!(refused_header("Content-Type", Some("text/csv")).is_none());
    }
}
