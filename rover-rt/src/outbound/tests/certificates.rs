//! TLS: whom the client believes.

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_rustls::server::TlsStream;

use super::super::{Client, Defaults};
use super::authority::{Authority, Flaw};
use super::server::{
    Server, client, defaults, error, get, ok, read_request, request, run, until_closed,
};
use crate::tls::Trust;

async fn answer(mut stream: TlsStream<TcpStream>) {
    while read_request(&mut stream).await.is_some() {
        if stream.write_all(ok("safe").as_bytes()).await.is_err() {
            return;
        }
    }
}

#[test]
fn a_certificate_of_a_trusted_authority() {
    run(async {
        let authority = Authority::new();
        for name in ["localhost", "127.0.0.1"] {
            let server = authority
                .serve(name, Flaw::Nothing, "http/1.1", answer)
                .await;
            let client = authority.client();
            for _ in 0..3 {
                let answer = get(&client, &server.https(name)).await.unwrap();
                assert_eq!(answer.text(), "safe");
            }
            assert_eq!(server.connections(), 1);
        }
    });
}

#[test]
fn certificates_that_prove_nothing() {
    run(async {
        let authority = Authority::new();
        let cases = [
            (
                "localhost",
                Flaw::Expired,
                "CERT_EXPIRED",
                "the certificate has expired",
            ),
            (
                "localhost",
                Flaw::NotYetValid,
                "CERT_NOT_YET_VALID",
                "the certificate is not valid yet",
            ),
            (
                "other.test",
                Flaw::Nothing,
                "CERT_WRONG_HOST",
                "the certificate is for another host",
            ),
            (
                "localhost",
                Flaw::SelfSigned,
                "CERT_UNKNOWN_ISSUER",
                "the certificate is signed by nobody who is trusted here (`tls = { ca = ... }` adds an authority)",
            ),
        ];
        for (name, flaw, code, text) in cases {
            let server = authority.serve(name, flaw, "http/1.1", answer).await;
            let error = error(&authority.client(), &server.https("localhost")).await;
            assert_eq!(error.kind, "tls", "{error}");
            assert_eq!(error.code.as_deref(), Some(code), "{error}");
            assert_eq!(error.message, format!("localhost: {text}"));
            assert!(!error.retryable);
            // Who does not ask for a proof gets an answer.
            let careless = Client::new(Defaults {
                trust: Trust::Anybody,
                ..defaults()
            });
            let answer = get(&careless, &server.https("localhost")).await.unwrap();
            assert_eq!(answer.text(), "safe");
        }
    });
}

#[test]
fn the_system_does_not_trust_a_tests_authority() {
    run(async {
        let server = Authority::new()
            .serve("localhost", Flaw::Nothing, "http/1.1", answer)
            .await;
        let error = error(&client(), &server.https("localhost")).await;
        assert_eq!(
            error.code.as_deref(),
            Some("CERT_UNKNOWN_ISSUER"),
            "{error}"
        );
    });
}

#[test]
fn servers_without_tls() {
    run(async {
        let authority = Authority::new();
        let server = Server::start(|mut stream| async move {
            let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await;
            until_closed(&mut stream).await;
        })
        .await;
        let found = error(&authority.client(), &server.https("localhost")).await;
        assert_eq!(found.kind, "tls", "{found}");
        let server = Server::start(|stream| async move { drop(stream) }).await;
        let found = error(&authority.client(), &server.https("localhost")).await;
        assert_eq!(found.kind, "tls", "{found}");
        assert!(found.retryable);
    });
}

#[test]
fn authorities_that_are_none() {
    let client = client();
    let mut request = request(&client, "https://a/");
    for pem in [
        "",
        "abc",
        "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
    ] {
        request.trust(Trust::Authorities(pem.as_bytes().into()));
        let error = request.check_trust().unwrap_err();
        assert_eq!(error.kind, "argument", "{pem:?}");
        assert!(error.message.starts_with("`ca` has "), "{error}");
    }
}

/// A body that ends where the connection does must be ended by TLS, too: anybody can cut a
/// connection.
#[test]
fn an_answer_that_was_cut() {
    run(async {
        let authority = Authority::new();
        let server = authority
            .serve(
                "localhost",
                Flaw::Nothing,
                "http/1.1",
                |mut stream| async move {
                    read_request(&mut stream).await;
                    let _ = stream.write_all(b"HTTP/1.1 200 OK\r\n\r\nonly half").await;
                    let _ = stream.flush().await;
                    // The socket is closed without an end of TLS.
                },
            )
            .await;
        let error = error(&authority.client(), &server.https("localhost")).await;
        assert_eq!(error.kind, "closed", "{error}");
    });
}

#[test]
fn https_does_not_lead_to_http() {
    run(async {
        let plain = Server::answering(|_| ok("open")).await;
        let to = plain.url("/");
        let authority = Authority::new();
        let server = authority
            .serve("localhost", Flaw::Nothing, "http/1.1", move |mut stream| {
                let to = to.clone();
                async move {
                    read_request(&mut stream).await;
                    let head =
                        format!("HTTP/1.1 302 X\r\nlocation: {to}\r\ncontent-length: 0\r\n\r\n");
                    let _ = stream.write_all(head.as_bytes()).await;
                }
            })
            .await;
        let error = error(&authority.client(), &server.https("localhost")).await;
        assert_eq!(error.kind, "redirect");
        assert_eq!(
            error.message,
            "localhost redirects from https to http, which is not followed"
        );
    });
}

#[test]
fn a_tunnel_by_a_proxy() {
    run(async {
        let authority = Authority::new();
        let server = authority
            .serve("secret.test", Flaw::Nothing, "http/1.1", answer)
            .await;
        let to = server.address;
        // It reads exactly the head, so that what follows is the tunnel's.
        let proxy = Server::start(move |mut stream| async move {
            let mut head = Vec::new();
            while !head.ends_with(b"\r\n\r\n") {
                head.push(stream.read_u8().await.unwrap());
            }
            let head = String::from_utf8(head).unwrap();
            assert_eq!(
                head,
                "CONNECT secret.test:443 HTTP/1.1\r\nhost: secret.test:443\r\n\
                 proxy-authorization: Basic bWU6cHc=\r\n\r\n"
            );
            stream
                .write_all(b"HTTP/1.1 200 Connected\r\n\r\n")
                .await
                .unwrap();
            let mut other = TcpStream::connect(to).await.unwrap();
            let _ = tokio::io::copy_bidirectional(&mut stream, &mut other).await;
        })
        .await;
        let client = authority.client();
        for _ in 0..3 {
            let mut request = request(&client, "https://secret.test/");
            request
                .proxy(&format!("http://me:pw@{}", proxy.address))
                .unwrap();
            let answer = client.fetch(request).await.unwrap();
            assert_eq!(answer.text(), "safe");
        }
        assert_eq!(proxy.connections(), 1);
    });
}
