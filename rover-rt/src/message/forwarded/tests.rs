use httparse::Header;
use proptest::prelude::*;

use super::*;

/// What is said to a server whose peer is 127.0.0.1, and that trusts it and `10.0.0.0/8`: the
/// client, the host and the scheme, as far as they are said.
fn told(lines: &[(&str, &str)]) -> String {
    told_to("127.0.0.1", lines)
}

fn told_to(peer: &str, lines: &[(&str, &str)]) -> String {
    let list: Vec<_> = lines
        .iter()
        .map(|(name, value)| Header {
            name,
            value: value.as_bytes(),
        })
        .collect();
    let trusted = ["loopback", "10.0.0.0/8"].map(|text| Network::parse(text).expect("a network"));
    let peer = Peer {
        address: peer.parse().expect("an address"),
        trusted: &trusted.concat(),
    };
    let Said {
        client,
        host,
        scheme,
    } = peer.said(&Headers::new(&list));
    let host = host.map(|host| String::from_utf8(host.into_owned()).expect("ASCII"));
    let words = [
        Some(client.to_string()),
        scheme.map(|scheme| scheme.as_str().to_owned()),
        host,
    ];
    let words: Vec<String> = words.into_iter().flatten().collect();
    words.join(" ")
}

fn forwarded(value: &str) -> String {
    told(&[("Forwarded", value)])
}

fn clients(value: &str) -> String {
    told(&[("X-Forwarded-For", value)])
}

#[test]
fn only_trusted_peers_are_believed() {
    let lines = [
        ("x-forwarded-for", "192.0.2.1"),
        ("x-forwarded-host", "a.example"),
        ("x-forwarded-proto", "https"),
    ];
    assert_eq!(told_to("127.0.0.1", &lines), "192.0.2.1 https a.example");
    assert_eq!(told_to("::1", &lines), "192.0.2.1 https a.example");
    let mapped = "::ffff:10.1.2.3";
    assert_eq!(told_to(mapped, &lines), "192.0.2.1 https a.example");
    assert_eq!(told_to("198.51.100.7", &lines), "198.51.100.7");
    assert_eq!(told_to("::ffff:198.51.100.7", &lines), "198.51.100.7");
    let line = [("forwarded", "for=192.0.2.1;host=a.example;proto=https")];
    assert_eq!(told_to("127.0.0.1", &line), "192.0.2.1 https a.example");
    assert_eq!(told_to("2001:db8::1", &line), "2001:db8::1");
}

#[test]
fn chains_of_the_older_headers() {
    for (value, expected) in [
        ("192.0.2.1", "192.0.2.1"),
        ("192.0.2.1, 10.0.0.5", "192.0.2.1"),
        ("6.6.6.6, 192.0.2.1,10.0.0.5,\t10.0.0.6 ", "192.0.2.1"),
        // All are trusted: the first.
        ("10.0.0.4, 10.0.0.5", "10.0.0.4"),
        ("", "127.0.0.1"),
        (" , ,", "127.0.0.1"),
        ("6.6.6.6, , 192.0.2.1, ,10.0.0.5,", "192.0.2.1"),
        ("192.0.2.1:4711", "192.0.2.1"),
        ("2001:db8::1", "2001:db8::1"),
        ("[2001:db8::1]", "2001:db8::1"),
        ("[2001:db8::1]:4711", "2001:db8::1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("6.6.6.6, ::ffff:10.0.0.5", "6.6.6.6"),
    ] {
        assert_eq!(clients(value), expected, "{value}");
    }
}

/// What an address cannot be read from.
const NO_ADDRESSES: [&str; 26] = [
    "unknown",
    "_hidden",
    "example.com",
    "1.2.3",
    "1.2.3.4.5",
    "01.2.3.4",
    "1.2.3.256",
    "1.2.3.4:",
    "1.2.3.4:x",
    "1.2.3.4:123456",
    "1.2.3.4:_",
    "1.2.3.4:80:80",
    "1.2.3.4 5.6.7.8",
    "1.2.3.4/8",
    "[1.2.3.4]",
    "[::1",
    "::1]",
    "[::1]80",
    "[::1]:",
    "[fe80::1%eth0]",
    "fe80::1%eth0",
    "2001:db8::1:4711:x",
    "1.2.3.4\u{0}",
    "1.2.3.4\u{e9}",
    "\"1.2.3.4",
    "-",
];

#[test]
fn a_chain_ends_where_it_cannot_be_read() {
    for wrong in NO_ADDRESSES {
        assert_eq!(clients(wrong), "127.0.0.1", "{wrong}");
        let value = format!("6.6.6.6, {wrong}, 10.0.0.5");
        assert_eq!(clients(&value), "10.0.0.5", "{value}");
        let quoted = wrong.replace('"', "\\\"");
        let value = format!("for=6.6.6.6, for=\"{quoted}\", for=10.0.0.5");
        assert_eq!(forwarded(&value), "10.0.0.5", "{value}");
    }
}

#[test]
fn the_older_headers_go_hop_by_hop() {
    let says = |client, scheme, host| {
        told(&[
            ("x-forwarded-for", client),
            ("x-forwarded-proto", scheme),
            ("x-forwarded-host", host),
        ])
    };
    // One value is what all proxies pass on.
    let all = says("192.0.2.1, 10.0.0.5", "https", "a.example");
    assert_eq!(all, "192.0.2.1 https a.example");
    let each = says("192.0.2.1, 10.0.0.5", "https, http", "a.example, b.example");
    assert_eq!(each, "192.0.2.1 https a.example");
    // What the client has put before.
    let spoofed = says("6.6.6.6, 192.0.2.1", "http, https", "evil, a.example");
    assert_eq!(spoofed, "192.0.2.1 https a.example");
    let hidden = says("6.6.6.6, unknown", "http, https", "evil, a.example");
    assert_eq!(hidden, "127.0.0.1 https a.example");
    let without = [("x-forwarded-proto", "http, https")];
    assert_eq!(told(&without), "127.0.0.1 https");
    let without = [("x-forwarded-host", "evil, a.example")];
    assert_eq!(told(&without), "127.0.0.1 a.example");
}

#[test]
fn hosts_and_schemes_that_are_none_are_not_taken() {
    for host in [
        "a b",
        "u@a",
        "a/b",
        "a:80:80",
        "a:99999",
        ":80",
        "[::1",
        "a\u{0}",
        "a\rb",
        "b\u{fc}cher",
        "\"a\"",
        "<a>",
    ] {
        let lines = [("x-forwarded-host", host), ("x-forwarded-proto", "HTTPS")];
        assert_eq!(told(&lines), "127.0.0.1 https", "{host}");
        let quoted = host.replace('"', "\\\"");
        let value = format!("for=192.0.2.1;proto=https;host=\"{quoted}\"");
        assert_eq!(forwarded(&value), "192.0.2.1 https", "{value}");
    }
    for scheme in ["ftp", "wss", "https:", "javascript", "http s", "\u{0}"] {
        let lines = [("x-forwarded-proto", scheme), ("x-forwarded-host", "a")];
        assert_eq!(told(&lines), "127.0.0.1 a", "{scheme}");
        let value = format!("for=192.0.2.1;host=a;proto=\"{scheme}\"");
        assert_eq!(forwarded(&value), "192.0.2.1 a", "{value}");
    }
    // The nearer proxy has said a good one.
    let value = "for=192.0.2.1;host=\"a b\";proto=ftp, for=10.0.0.5;host=a;proto=https";
    assert_eq!(forwarded(value), "192.0.2.1 https a");
}

#[test]
fn elements_of_forwarded() {
    for (value, expected) in [
        ("for=192.0.2.1", "192.0.2.1"),
        (
            "For=192.0.2.1;Host=\"a:1\";PROTO=HTTPS",
            "192.0.2.1 https a:1",
        ),
        ("for=\"192.0.2.1:4711\"", "192.0.2.1"),
        ("for=\"192.0.2.1:_port\"", "192.0.2.1"),
        ("for=\"[2001:db8::1]\"", "2001:db8::1"),
        ("for=\"[2001:db8::1]:4711\"", "2001:db8::1"),
        ("for=\"192.0.\\2.1\"", "192.0.2.1"),
        (
            "by=10.0.0.9;for=192.0.2.1;secret=\"a,b;c=\\\"d\"",
            "192.0.2.1",
        ),
        (" ; for=192.0.2.1 ; proto=https ;; ", "192.0.2.1 https"),
        ("for=6.6.6.6, for=192.0.2.1, for=10.0.0.5", "192.0.2.1"),
        ("for=6.6.6.6, for=192.0.2.1,, for=10.0.0.5 ,", "192.0.2.1"),
        ("for=10.0.0.4, for=10.0.0.5", "10.0.0.4"),
        (
            "for=6.6.6.6;host=evil;proto=http, for=192.0.2.1;host=a;proto=https",
            "192.0.2.1 https a",
        ),
        (
            "for=192.0.2.1;host=a;proto=https, for=10.0.0.5;host=b;proto=http",
            "192.0.2.1 https a",
        ),
        ("for=192.0.2.1, for=10.0.0.5;proto=https", "192.0.2.1 https"),
        ("for=unknown;proto=https;host=a", "127.0.0.1 https a"),
        ("for=_hidden;proto=https", "127.0.0.1 https"),
        ("proto=https;host=a", "127.0.0.1 https a"),
        // A list goes on behind an element without an address for nobody.
        ("for=6.6.6.6, proto=https", "127.0.0.1 https"),
        ("", "127.0.0.1"),
    ] {
        assert_eq!(forwarded(value), expected, "{value}");
    }
}

#[test]
fn an_element_that_cannot_be_read_ends_the_list() {
    for wrong in [
        "for",
        "for=",
        "=1.2.3.4",
        "for =1.2.3.4",
        "for= 1.2.3.4",
        "for=1.2.3.4 5.6.7.8",
        "for=[2001:db8::1]",
        "for=2001:db8::1",
        "for=1.2.3.4:80",
        "for=1.2.3.4;host=a:1",
        "for=\"1.2.3.4",
        "for=\"1.2.3.4\\\"",
        "for=\"1.2.3.4\"x",
        "for=1.2.3.4\"",
        "for=1.2.3.4;proto",
        "for=1.2.3.4;for=1.2.3.4",
        "for=1.2.3.4;proto=http;Proto=http",
        "f\u{e9}r=1.2.3.4",
        "1.2.3.4",
    ] {
        assert_eq!(forwarded(wrong), "127.0.0.1", "{wrong}");
        // Whatever a client writes, what a proxy puts behind it is read.
        let value = format!("{wrong}, for=192.0.2.1;proto=https;host=\"a:1\"");
        assert_eq!(forwarded(&value), "192.0.2.1 https a:1", "{value}");
        let value = format!("for=6.6.6.6, {wrong}, for=10.0.0.5");
        assert_eq!(forwarded(&value), "10.0.0.5", "{value}");
    }
}

#[test]
fn repeated_headers_are_one_list() {
    let lines = [
        ("X-Forwarded-For", "6.6.6.6, 192.0.2.1"),
        ("x-forwarded-for", ""),
        ("X-FORWARDED-FOR", "10.0.0.5, 10.0.0.6"),
    ];
    assert_eq!(told(&lines), "192.0.2.1");
    let lines = [
        ("Forwarded", "for=6.6.6.6, for=192.0.2.1;proto=https"),
        ("forwarded", "for=10.0.0.5"),
    ];
    assert_eq!(told(&lines), "192.0.2.1 https");
    let lines = [
        ("Forwarded", "for=\"6.6.6.6"),
        ("forwarded", "for=192.0.2.1"),
    ];
    assert_eq!(told(&lines), "192.0.2.1");
}

#[test]
fn what_is_passed_on_unread_is_not_believed() {
    let spoofed = ("Forwarded", "for=6.6.6.6;host=evil;proto=http");
    let lines = [spoofed, ("X-Forwarded-For", "192.0.2.1")];
    assert_eq!(told(&lines), "192.0.2.1");
    let lines = [spoofed, ("X-Forwarded-Proto", "https")];
    assert_eq!(told(&lines), "127.0.0.1 https");
}

proptest! {
    /// Whatever comes before it, what the proxy appends counts.
    #[test]
    fn a_client_cannot_change_what_a_proxy_appends(
        before in "[ -~\\t]{0,40}|(for=|host=|\"|,|;|\\\\|1\\.2\\.3\\.4|10\\.0\\.0\\.5|=|a| ){0,12}",
        separate: bool,
    ) {
        let (name, added) = ("Forwarded", "for=192.0.2.1;host=\"a,\\\"b\";proto=https");
        let expected = "192.0.2.1 https";
        let value = format!("{before}, {added}");
        prop_assert_eq!(told(&[(name, &value)]), expected);
        if separate {
            prop_assert_eq!(told(&[(name, &before), (name, added)]), expected);
        }
        let value = format!("{before}, 192.0.2.1");
        prop_assert_eq!(clients(&value), "192.0.2.1");
    }

    /// What is made by the grammar is read, and what is not is no panic.
    #[test]
    fn any_text_has_an_end(text in "\\PC{0,60}", other in "[\",;=\\\\ a:\\[\\].0-9]{0,60}") {
        for value in [text, other] {
            forwarded(&value);
            clients(&value);
            told(&[("x-forwarded-host", &value), ("x-forwarded-proto", &value)]);
        }
    }

    /// The way there and back.
    #[test]
    fn quoted_texts_are_read_as_they_were(text in "[ -~]{0,20}", after in "[ -~]{0,20}") {
        let written: String = text.chars().flat_map(|c| ['\\', c]).collect();
        let written = format!("{written}\"{after}");
        let (value, rest) = quoted(written.as_bytes()).expect("it ends");
        prop_assert_eq!(&*value, text.as_bytes());
        prop_assert_eq!(rest, after.as_bytes());
    }
}
