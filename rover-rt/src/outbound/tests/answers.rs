//! Redirects, compressed bodies, streams and proxies.

use std::io::Write as _;
use std::rc::Rc;

use flate2::Compression;
use flate2::write::GzEncoder;
use tokio::io::AsyncWriteExt as _;
use tokio::sync::Notify;

use super::super::FetchBody;
use super::server::{Server, client, error, get, ok, read_request, request, run, until_closed};

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// Many zeros, in members of 64 KiB.
fn gzip_of_zeros(length: usize) -> Vec<u8> {
    gzip(&[0; 64 << 10]).repeat(length >> 16)
}

/// 100 MiB of zeros.
const BROTLI_BOMB: &str = "cbffff3ff82700e2b14020f7fe8fffff7ff04f00c4611180eefd1fffffffe09f0088c30200ddfb3ffeffffc13f0110870500baf77ffcffff837f02200e0b0074effff8ffff07ff04401c1600e8defff1ffff0ffe0980382c00d0bdffe3ffff1ffc1300715800a07bffc7ffff3ff82700e2b00040f7fe8fffff7ff04f00c4610180eefd1fffffffe09f0088c30200ddfb3ffeffffc13f0110870500baf77ff9ffff837f02200e0b0074ef7f00";
/// `hello, brotli! ` ten times.
const BROTLI: &str = "1b9500f89d09364ea87737bc041143eb1016363a5526976c696fa1600850b0acbe00";

fn hex(text: &str) -> Vec<u8> {
    let digits = text.as_bytes().chunks(2);
    let digits = digits.map(|two| std::str::from_utf8(two).unwrap());
    digits
        .map(|two| u8::from_str_radix(two, 16).unwrap())
        .collect()
}

fn encoded(encoding: &str, body: &[u8]) -> Vec<u8> {
    let length = body.len();
    let head = format!(
        "HTTP/1.1 200 OK\r\ncontent-encoding: {encoding}\r\ncontent-length: {length}\r\n\r\n"
    );
    [head.as_bytes(), body].concat()
}

#[test]
fn compressed_bodies_are_decoded() {
    run(async {
        let text = "hello, gzip! ".repeat(10_000);
        let two = [gzip(b"one, "), gzip(b"two")].concat();
        let cases = [
            ("gzip", gzip(text.as_bytes()), text.as_str()),
            ("X-GZip", gzip(b""), ""),
            ("gzip", two, "one, two"),
            ("br", hex(BROTLI), &"hello, brotli! ".repeat(10)),
            ("gzip", Vec::new(), ""),
        ];
        for (encoding, body, expected) in cases {
            let server = Server::writing(encoded(encoding, &body)).await;
            let answer = get(&client(), &server.url("/")).await.unwrap();
            assert_eq!(answer.text(), expected);
            let kept = answer.header("content-encoding").is_some();
            assert_eq!(kept, body.is_empty(), "{encoding}");
        }
    });
}

#[test]
fn other_encodings_and_those_that_were_asked_for_stay() {
    run(async {
        let server = Server::writing(encoded("unknown", b"abc")).await;
        assert_eq!(
            get(&client(), &server.url("/")).await.unwrap().text(),
            "abc"
        );
        let server = Server::writing(encoded("gzip", b"not decoded")).await;
        let client = client();
        let mut request = request(&client, &server.url("/"));
        request.set_header(b"accept-encoding", b"gzip").unwrap();
        let answer = client.fetch(request).await.unwrap();
        assert_eq!(answer.text(), "not decoded");
        assert_eq!(answer.header("content-encoding"), Some("gzip"));
    });
}

#[test]
fn a_small_body_that_becomes_large_ends_at_the_limit() {
    run(async {
        let cases = [("gzip", gzip_of_zeros(9 << 20)), ("br", hex(BROTLI_BOMB))];
        for (encoding, bomb) in cases {
            let server = Server::writing(encoded(encoding, &bomb)).await;
            let error = error(&client(), &server.url("/")).await;
            assert_eq!(error.kind, "too_large", "{error}");
            assert_eq!(
                error.message,
                "127.0.0.1 answers with more than 8388608 bytes"
            );
        }
    });
}

#[test]
fn malformed_and_cut_off_encodings() {
    run(async {
        let whole = gzip(b"hello, hello, hello");
        let mut wrong_sum = whole.clone();
        let at = wrong_sum.len() - 8;
        wrong_sum[at] ^= 1;
        let cases = [
            ("gzip", b"not gzip at all".to_vec()),
            ("gzip", whole[..whole.len() - 1].to_vec()),
            ("gzip", whole[..15].to_vec()),
            ("gzip", whole[..5].to_vec()),
            ("gzip", wrong_sum),
            ("gzip", [&whole[..], b"and more"].concat()),
            ("br", b"\xff\xff\xff\xff".to_vec()),
            ("br", hex(&BROTLI[..BROTLI.len() - 4])),
            ("br", hex(&format!("{BROTLI}00"))),
        ];
        for (encoding, body) in cases {
            let server = Server::writing(encoded(encoding, &body)).await;
            let error = error(&client(), &server.url("/")).await;
            assert_eq!(error.kind, "decode", "{encoding} {body:?}: {error}");
            assert!(
                error.message.starts_with("the answer of 127.0.0.1 "),
                "{error}"
            );
        }
    });
}

/// What a request with this method becomes after a redirect with this status: the second request's
/// head and body.
async fn redirected(status: u16, method: &str) -> String {
    let server = Server::answering(move |head| {
        if head.contains(" /from ") {
            format!("HTTP/1.1 {status} X\r\nlocation: /to\r\ncontent-length: 0\r\n\r\n")
        } else {
            ok(head)
        }
    })
    .await;
    let client = client();
    let mut request = client
        .request(method.as_bytes(), &server.url("/from"))
        .unwrap();
    if method != "GET" && method != "HEAD" {
        request.json("{}".into());
    }
    let answer = client.fetch(request).await.unwrap();
    assert_eq!(answer.url.as_str(), server.url("/to"));
    assert_eq!(server.connections(), 1);
    answer.text().to_owned()
}

#[test]
fn redirects_change_the_method_as_browsers_do() {
    run(async {
        for (status, method, becomes) in [
            (301, "POST", "GET"),
            (302, "POST", "GET"),
            (303, "POST", "GET"),
            (303, "PUT", "GET"),
            (301, "PUT", "PUT"),
            (302, "DELETE", "DELETE"),
            (307, "POST", "POST"),
            (308, "POST", "POST"),
            (301, "GET", "GET"),
        ] {
            let second = redirected(status, method).await;
            assert!(
                second.starts_with(&format!("{becomes} /to ")),
                "{status} {method}: {second}"
            );
            let has_body = second.ends_with("\r\n\r\n{}");
            assert_eq!(has_body, becomes != "GET", "{status} {method}: {second}");
            assert_eq!(
                second.contains("content-type"),
                has_body,
                "{status} {method}: {second}"
            );
        }
    });
}

#[test]
fn redirects_end_somewhere() {
    run(async {
        let to = |location: &str| {
            let location = location.to_owned();
            Server::answering(move |_| {
                format!("HTTP/1.1 302 X\r\nlocation: {location}\r\ncontent-length: 0\r\n\r\n")
            })
        };
        let client = client();
        let server = to("/again").await;
        let found = error(&client, &server.url("/")).await;
        assert_eq!(found.kind, "redirect");
        assert_eq!(found.message, "127.0.0.1 redirects again after 5 redirects");
        let mut none = request(&client, &server.url("/"));
        none.redirects = 0;
        let answer = client.fetch(none).await.unwrap();
        assert_eq!(
            (answer.status.as_u16(), answer.header("location")),
            (302, Some("/again"))
        );
        for location in ["ftp://a/", "http://", "javascript:alert(1)", "http://a b/"] {
            let server = to(location).await;
            let found = error(&client, &server.url("/")).await;
            assert_eq!(found.kind, "redirect", "{location}: {found}");
        }
    });
}

#[test]
fn another_origin_does_not_hear_who_calls() {
    run(async {
        let second = Server::answering(ok).await;
        let to = second.url("/to");
        let first = Server::answering(move |_| {
            format!("HTTP/1.1 307 X\r\nlocation: {to}\r\ncontent-length: 0\r\n\r\n")
        })
        .await;
        let client = client();
        let mut request = request(&client, &first.url("/"));
        for name in ["authorization", "cookie", "x-other"] {
            request.set_header(name.as_bytes(), b"secret").unwrap();
        }
        let answer = client.fetch(request).await.unwrap();
        let heard = answer.text();
        assert!(heard.contains("x-other: secret"), "{heard}");
        assert!(
            !heard.contains("authorization") && !heard.contains("cookie"),
            "{heard}"
        );
        assert!(
            heard.contains(&format!("host: {}\r\n", second.address)),
            "{heard}"
        );
    });
}

#[test]
fn a_body_is_read_while_it_comes() {
    run(async {
        let wanted = Rc::new(Notify::new());
        let asked = Rc::clone(&wanted);
        let server = Server::start(move |mut stream| {
            let asked = Rc::clone(&asked);
            async move {
                while read_request(&mut stream).await.is_some() {
                    let head = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";
                    stream.write_all(head.as_bytes()).await.unwrap();
                    for part in ["1\r\na\r\n", "1\r\nb\r\n", "0\r\n\r\n"] {
                        asked.notified().await;
                        stream.write_all(part.as_bytes()).await.unwrap();
                    }
                }
            }
        })
        .await;
        let client = client();
        for _ in 0..3 {
            let mut request = request(&client, &server.url("/"));
            request.stream = true;
            let FetchBody::Stream(mut body) = client.fetch(request).await.unwrap().body else {
                panic!("it is not a stream");
            };
            for expected in [Some("a"), Some("b"), None] {
                wanted.notify_one();
                let chunk = body.chunk().await.unwrap();
                assert_eq!(chunk.as_deref(), expected.map(str::as_bytes));
            }
            assert_eq!(body.chunk().await.unwrap(), None);
        }
        assert_eq!(server.connections(), 1);
    });
}

#[test]
fn a_compressed_stream_comes_in_small_parts() {
    run(async {
        let large = 4 << 20;
        let server = Server::writing(encoded("gzip", &gzip_of_zeros(large))).await;
        let client = client();
        let mut request = request(&client, &server.url("/"));
        request.stream = true;
        let FetchBody::Stream(mut body) = client.fetch(request).await.unwrap().body else {
            panic!("it is not a stream");
        };
        let mut read = 0;
        while let Some(chunk) = body.chunk().await.unwrap() {
            assert!(chunk.len() <= 64 << 10, "{}", chunk.len());
            read += chunk.len();
        }
        assert_eq!(read, large);
    });
}

#[test]
fn a_stream_that_is_dropped_closes_its_connection() {
    run(async {
        let closed = Rc::new(Notify::new());
        let gone = Rc::clone(&closed);
        let server = Server::start(move |mut stream| {
            let gone = Rc::clone(&gone);
            async move {
                read_request(&mut stream).await;
                let head = "HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\nbegin";
                stream.write_all(head.as_bytes()).await.unwrap();
                until_closed(&mut stream).await;
                gone.notify_one();
            }
        })
        .await;
        let client = client();
        let mut request = request(&client, &server.url("/"));
        request.stream = true;
        let FetchBody::Stream(mut body) = client.fetch(request).await.unwrap().body else {
            panic!("it is not a stream");
        };
        assert_eq!(body.chunk().await.unwrap().as_deref(), Some(&b"begin"[..]));
        drop(body);
        closed.notified().await;
    });
}

#[test]
fn a_proxy_is_asked_in_absolute_form() {
    run(async {
        let proxy = Server::answering(ok).await;
        let client = client();
        let mut request = request(&client, "http://example.test/a?b");
        let address = format!("http://me:p%40ss@{}", proxy.address);
        request.proxy(&address).unwrap();
        let answer = client.fetch(request).await.unwrap();
        let heard = answer.text();
        assert!(
            heard.starts_with("GET http://example.test/a?b HTTP/1.1\r\n"),
            "{heard}"
        );
        assert!(heard.contains("\r\nhost: example.test\r\n"), "{heard}");
        assert!(
            heard.contains("\r\nproxy-authorization: Basic bWU6cEBzcw==\r\n"),
            "{heard}"
        );
    });
}

#[test]
fn a_proxy_that_refuses_a_tunnel() {
    run(async {
        let head = "HTTP/1.1 407 Who are you\r\ncontent-length: 2\r\n\r\nno";
        let proxy = Server::writing(head).await;
        let client = client();
        let mut request = request(&client, "https://example.test/");
        request.proxy(&proxy.url("/")).unwrap();
        let error = client.fetch(request).await.unwrap_err();
        assert_eq!(error.kind, "connect");
        assert_eq!(error.code.as_deref(), Some("PROXY_AUTHENTICATION"));
        assert_eq!(
            error.message,
            "the proxy 127.0.0.1 refuses example.test:443: 407"
        );
    });
}

#[test]
fn a_name_and_a_password_in_the_address_are_sent_as_a_header() {
    run(async {
        let server = Server::answering(ok).await;
        let url = format!("http://me:secret@{}/", server.address);
        let answer = get(&client(), &url).await.unwrap();
        assert!(
            answer
                .text()
                .contains("\r\nauthorization: Basic bWU6c2VjcmV0\r\n")
        );
        assert_eq!(answer.url.as_str(), server.url("/"));
    });
}
