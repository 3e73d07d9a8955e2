//! Addresses: what is refused, how they are written, references and base URLs.

use super::super::Client;
use super::super::url::{Spaces, Url};
use super::server::{client, defaults};

#[test]
fn what_would_end_a_line_is_refused() {
    let client = client();
    let urls = [
        (
            "http://a/b c",
            "it has a space (write %20, or give the value in `query`)",
        ),
        ("http://a/b\r\nx: y", "it has a control character"),
        ("http://a/\0", "it has a control character"),
        ("http://a b/", "its host is not a name"),
        ("http://a\r\n/", "its host is not a name"),
        ("http://a\\b/", "it has a backslash"),
        ("http:///x", "it has no host"),
        ("a/b", "it must begin with http:// or https://"),
        (
            "file:///etc/passwd",
            "it must begin with http:// or https://",
        ),
        ("http://a:x/", "its port must be a number"),
        ("http://a:0/", "its port must be from 1 to 65535"),
        ("http://a:65536/", "its port must be from 1 to 65535"),
        (
            "http://127.1/",
            "its host is not an IPv4 address of four numbers",
        ),
        (
            "http://0x7f000001/",
            "its host is not an IPv4 address of four numbers",
        ),
        (
            "http://[::1/",
            "the bracket before its IPv6 address is not closed",
        ),
        (
            "http://[x]/",
            "what stands in brackets is not an IPv6 address",
        ),
        (
            "http://\u{fc}.de/",
            "its host must be written in ASCII (\"xn--...\")",
        ),
    ];
    for (url, why) in urls {
        let error = client.request(b"GET", url).unwrap_err();
        assert_eq!(error.kind, "url", "{url:?}");
        assert!(
            error.message.ends_with(&format!(": {why}")),
            "{url:?}: {error}"
        );
    }
    let shown = client
        .request(b"GET", "http://me:secret@a b/?token=1")
        .unwrap_err();
    assert_eq!(
        shown.message,
        "the URL \"http://a b/\" cannot be used: its host is not a name"
    );
    let mut request = client.request(b"GET", "http://a/").unwrap();
    for (name, value) in [
        ("x", "a\r\nb: c"),
        ("x", "a\0"),
        ("x\r\ny", "a"),
        ("x y", "a"),
        ("", "a"),
        ("content-length", "5"),
        ("transfer-encoding", "chunked"),
        ("Connection", "close"),
    ] {
        let error = request
            .set_header(name.as_bytes(), value.as_bytes())
            .unwrap_err();
        assert_eq!(error.kind, "argument", "{name:?}: {error}");
    }
    for method in ["", "GET /", "G\r\n", "CONNECT", "TRACE"] {
        let error = client.request(method.as_bytes(), "http://a/").unwrap_err();
        assert_eq!(error.kind, "argument", "{method:?}: {error}");
    }
}

#[test]
fn addresses_are_written_in_one_way() {
    for (written, expected) in [
        ("HTTP://Example.COM", "http://example.com/"),
        ("http://a:80/", "http://a/"),
        ("https://a:443", "https://a/"),
        ("https://a:80?x", "https://a:80/?x"),
        ("http://me:pw@a/b#c", "http://a/b"),
        ("http://[0:0:0:0:0:0:0:1]:8080/", "http://[::1]:8080/"),
        ("http://a/\u{e4}{x}", "http://a/%C3%A4%7Bx%7D"),
        ("http://a/%20%zz?a=b+c&d[]=1", "http://a/%20%zz?a=b+c&d[]=1"),
    ] {
        let url = Url::parse(written, Spaces::Refused).unwrap();
        assert_eq!(url.as_str(), expected);
    }
}

/// What a client knows of an address from the one before changes nothing.
#[test]
fn one_address_after_the_other() {
    let client = client();
    for written in [
        "http://a",
        "http://a/b?c",
        "http://a/b?c",
        "http://a/b#c",
        "http://a/\u{e4}",
        "http://a:80/x",
        "http://a:81/x",
        "http://a:8/x",
        "http://ab/x",
        "http://me:pw@a/x",
        "http://a/x",
        "https://a/x",
        "HTTPS://A/x",
    ] {
        let expected = Url::parse(written, Spaces::Refused).unwrap();
        let found = client.request(b"GET", written).unwrap().url;
        assert_eq!(format!("{found:?}"), format!("{expected:?}"));
    }
    for (written, refused) in [("http://a/x y", true), ("http://a/x", false)] {
        assert_eq!(client.request(b"GET", written).is_err(), refused);
    }
}

/// The examples of RFC 3986 section 5.4.
#[test]
fn references_are_resolved() {
    let base = Url::parse("http://a/b/c/d;p?q", Spaces::Refused).unwrap();
    for (reference, expected) in [
        ("g", "http://a/b/c/g"),
        ("./g", "http://a/b/c/g"),
        ("g/", "http://a/b/c/g/"),
        ("/g", "http://a/g"),
        ("//g", "http://g/"),
        ("?y", "http://a/b/c/d;p?y"),
        ("g?y", "http://a/b/c/g?y"),
        ("#s", "http://a/b/c/d;p?q"),
        ("g#s", "http://a/b/c/g"),
        (";x", "http://a/b/c/;x"),
        ("", "http://a/b/c/d;p?q"),
        (".", "http://a/b/c/"),
        ("./", "http://a/b/c/"),
        ("..", "http://a/b/"),
        ("../g", "http://a/b/g"),
        ("../..", "http://a/"),
        ("../../g", "http://a/g"),
        ("../../../g", "http://a/g"),
        ("/./g", "http://a/g"),
        ("/../g", "http://a/g"),
        ("g.", "http://a/b/c/g."),
        ("..g", "http://a/b/c/..g"),
        ("./g/.", "http://a/b/c/g/"),
        ("g/../h", "http://a/b/c/h"),
        ("g;x=1/../y", "http://a/b/c/y"),
        ("g?y/../x", "http://a/b/c/g?y/../x"),
        ("https://B:443/x y", "https://b/x%20y"),
    ] {
        assert_eq!(
            base.resolve(reference).unwrap().as_str(),
            expected,
            "{reference:?}"
        );
    }
}

#[test]
fn a_base_url_is_continued() {
    let with = |base: &str| {
        let mut defaults = defaults();
        defaults.base_url(base).unwrap();
        Client::new(defaults)
    };
    for (base, path, expected) in [
        (
            "https://api.example/v1",
            "/users",
            "https://api.example/v1/users",
        ),
        (
            "https://api.example/v1/",
            "users?x=1",
            "https://api.example/v1/users?x=1",
        ),
        ("https://api.example", "", "https://api.example/"),
        ("https://api.example/v1", "", "https://api.example/v1"),
        ("https://api.example/v1", "?x", "https://api.example/v1?x"),
        (
            "https://api.example",
            "//evil.example/",
            "https://api.example//evil.example/",
        ),
        (
            "https://api.example",
            "@evil.example/",
            "https://api.example/@evil.example/",
        ),
        (
            "https://api.example",
            "https://API.example/x",
            "https://api.example/x",
        ),
    ] {
        let request = with(base).request(b"GET", path).unwrap();
        assert_eq!(request.url.as_str(), expected, "{base} {path}");
    }
    for url in [
        "https://evil.example/",
        "http://api.example/",
        "https://api.example:8443/",
    ] {
        let error = with("https://api.example")
            .request(b"GET", url)
            .unwrap_err();
        assert_eq!(error.kind, "url");
    }
}
