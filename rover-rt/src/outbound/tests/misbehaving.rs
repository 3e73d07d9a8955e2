//! Servers that break the rules, or go away, or take their time.

use std::time::Duration;

use tokio::io::AsyncWriteExt as _;
use tokio::sync::oneshot;

use super::super::{Client, Defaults};
use super::server::{
    Server, client, defaults, error, get, ok, read_request, request, run, until_closed,
};

/// What a GET ends with when the server writes these bytes and closes.
async fn error_of(bytes: impl Into<Vec<u8>>) -> (&'static str, String) {
    let server = Server::writing(bytes).await;
    let error = error(&client(), &server.url("/")).await;
    assert!(error.message.contains("127.0.0.1"), "{error}");
    (error.kind, error.message)
}

#[test]
fn a_server_that_closes_early() {
    run(async {
        let cases = [
            "",
            "HTTP/1.1 200 OK\r\n",
            "HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhello",
            "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n",
            "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhel",
        ];
        for bytes in cases {
            let server = Server::writing(bytes).await;
            let error = error(&client(), &server.url("/")).await;
            assert_eq!(error.kind, "closed", "{bytes:?}: {error}");
            assert!(error.retryable, "{bytes:?}");
            let message = "127.0.0.1 closed the connection before its answer was complete";
            assert_eq!(error.message, message, "{bytes:?}");
        }
    });
}

#[test]
fn a_server_that_does_not_speak_http() {
    run(async {
        let cases = [
            "SSH-2.0-OpenSSH_9.2\r\n\r\n",
            "HTTP/1.1 abc OK\r\n\r\n",
            "HTTP/1.1 200 OK\r\nbad header\r\n\r\n",
            "HTTP/1.1 200 OK\r\ncontent-length: abc\r\n\r\nx",
            "HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nxy",
            "HTTP/1.1 200 OK\r\ncontent-length: -1\r\n\r\n",
            "HTTP/1.1 200 OK\r\ncontent-length: 1, 2\r\n\r\nxy",
            "HTTP/1.0 200 OK\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
            "HTTP/1.1 099 Odd\r\n\r\n",
            "HTTP/2.0 200 OK\r\n\r\n",
            "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nxyz\r\n",
            "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhelloXX0\r\n\r\n",
            "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nfffffffffffffffff\r\n",
        ];
        for bytes in cases {
            let (kind, message) = error_of(bytes).await;
            assert_eq!(kind, "protocol", "{bytes:?}: {message}");
        }
    });
}

#[test]
fn endless_headers() {
    run(async {
        for line in ["x-more: 0123456789\r\n", "0123456789"] {
            let server = Server::start(move |mut stream| async move {
                read_request(&mut stream).await;
                let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nx-first: ").await;
                while stream.write_all(line.as_bytes()).await.is_ok() {}
            })
            .await;
            let error = error(&client(), &server.url("/")).await;
            assert_eq!(error.kind, "too_large", "{error}");
            assert_eq!(
                error.message,
                "the headers that 127.0.0.1 answers with are too long"
            );
        }
    });
}

#[test]
fn endless_answers_that_are_none() {
    run(async {
        let server = Server::start(|mut stream| async move {
            read_request(&mut stream).await;
            while stream
                .write_all(b"HTTP/1.1 103 Early Hints\r\n\r\n")
                .await
                .is_ok()
            {}
        })
        .await;
        let client = client();
        let mut request = request(&client, &server.url("/"));
        request.timeout = Duration::from_millis(200);
        assert_eq!(client.fetch(request).await.unwrap_err().kind, "timeout");
    });
}

#[test]
fn hints_before_the_answer_are_passed_over() {
    run(async {
        let hints = "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\n";
        let server = Server::answering(move |_| format!("{hints}{}", ok("then"))).await;
        assert_eq!(
            get(&client(), &server.url("/")).await.unwrap().text(),
            "then"
        );
    });
}

#[test]
fn a_server_that_does_not_answer() {
    run(async {
        let beginnings = [
            "",
            "HTTP/1.1 200 OK\r\n",
            "HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nab",
        ];
        for beginning in beginnings {
            let server = Server::start(move |mut stream| async move {
                read_request(&mut stream).await;
                let _ = stream.write_all(beginning.as_bytes()).await;
                until_closed(&mut stream).await;
            })
            .await;
            let client = client();
            let mut request = request(&client, &server.url("/"));
            request.timeout = Duration::from_millis(200);
            let error = client.fetch(request).await.unwrap_err();
            assert_eq!(error.kind, "timeout");
            assert!(error.retryable);
            assert!(error.message.contains("127.0.0.1"), "{error}");
            assert!(error.message.ends_with("within 200ms"), "{error}");
        }
    });
}

#[test]
fn what_follows_an_answer_is_no_answer() {
    run(async {
        let server = Server::answering(|_| format!("{}{}", ok("mine"), ok("smuggled"))).await;
        let client = client();
        for calls in 1..4 {
            assert_eq!(get(&client, &server.url("/")).await.unwrap().text(), "mine");
            assert_eq!(server.connections(), calls);
        }
    });
}

#[test]
fn connections_that_may_not_be_kept_are_not() {
    run(async {
        let answers = [
            "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 1\r\n\r\nx",
            "HTTP/1.0 200 OK\r\ncontent-length: 1\r\n\r\nx",
            "HTTP/1.1 200 OK\r\nconnection: x, Close\r\ncontent-length: 1\r\n\r\nx",
            // Somebody on the way may see another end.
            "HTTP/1.1 200 OK\r\ncontent-length: 9\r\ntransfer-encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n",
        ];
        for answer in answers {
            let server = Server::answering(move |_| answer.to_owned()).await;
            let client = client();
            for calls in 1..4 {
                assert_eq!(get(&client, &server.url("/")).await.unwrap().text(), "x");
                assert_eq!(server.connections(), calls, "{answer:?}");
            }
        }
    });
}

#[test]
fn connections_are_kept_after_unusual_answers() {
    run(async {
        let answers = [
            "HTTP/1.0 200 OK\r\nconnection: keep-alive\r\ncontent-length: 1\r\n\r\nx",
            "HTTP/1.1 200 OK\r\ncontent-length: 1, 1\r\ncontent-length: 1\r\n\r\nx",
            "HTTP/1.1 200 OK\ncontent-length: 1\n\nx",
            "HTTP/1.1 200\r\nTransfer-Encoding: Chunked\r\n\r\n1;a=b \r\nx\r\n0  \r\nt: x\r\n\r\n",
        ];
        for answer in answers {
            let server = Server::answering(move |_| answer.to_owned()).await;
            let client = client();
            for _ in 0..3 {
                assert_eq!(get(&client, &server.url("/")).await.unwrap().text(), "x");
            }
            assert_eq!(server.connections(), 1, "{answer:?}");
        }
    });
}

#[test]
fn an_answer_that_comes_byte_by_byte() {
    run(async {
        let server = Server::start(|mut stream| async move {
            while read_request(&mut stream).await.is_some() {
                let answer = "HTTP/1.1 103 Early\r\n\r\nHTTP/1.1 200 OK\r\nx-one: 1\r\n\
                     transfer-encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n";
                for byte in answer.bytes() {
                    stream.write_all(&[byte]).await.unwrap();
                    tokio::task::yield_now().await;
                }
            }
        })
        .await;
        let client = client();
        for _ in 0..2 {
            let answer = get(&client, &server.url("/")).await.unwrap();
            assert_eq!(
                (answer.text(), answer.header("x-one")),
                ("abcde", Some("1"))
            );
        }
        assert_eq!(server.connections(), 1);
    });
}

#[test]
fn a_protocol_that_nobody_asked_for() {
    run(async {
        let answer = "HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\n\r\nanything";
        let server = Server::answering(move |_| answer.to_owned()).await;
        let client = client();
        for calls in 1..3 {
            let answer = get(&client, &server.url("/")).await.unwrap();
            assert_eq!((answer.status.as_u16(), answer.text()), (101, ""));
            assert_eq!(server.connections(), calls);
        }
    });
}

#[test]
fn a_body_without_a_length_goes_to_the_end() {
    run(async {
        let server = Server::writing("HTTP/1.1 200 OK\r\n\r\nall of this").await;
        assert_eq!(
            get(&client(), &server.url("/")).await.unwrap().text(),
            "all of this"
        );
    });
}

#[test]
fn answers_without_a_body_have_none() {
    run(async {
        for head in [
            "204 No Content\r\n",
            "304 Not Modified\r\ncontent-length: 5\r\n",
        ] {
            let server = Server::answering(move |_| format!("HTTP/1.1 {head}\r\n")).await;
            let client = client();
            for _ in 0..3 {
                assert_eq!(get(&client, &server.url("/")).await.unwrap().text(), "");
            }
            assert_eq!(server.connections(), 1);
        }
        let head = "HTTP/1.1 200 OK\r\ncontent-length: 99999999\r\ncontent-encoding: gzip\r\n\r\n";
        let server = Server::answering(|_| head.to_owned()).await;
        let client = client();
        let request = client.request(b"HEAD", &server.url("/")).unwrap();
        let answer = client.fetch(request).await.unwrap();
        assert_eq!(answer.text(), "");
        assert_eq!(answer.header("content-length"), Some("99999999"));
    });
}

#[test]
fn an_answer_that_comes_before_the_body_was_read() {
    run(async {
        let server = Server::start(|mut stream| async move {
            let mut head = [0; 16];
            let _ = tokio::io::AsyncReadExt::read_exact(&mut stream, &mut head).await;
            let answer =
                "HTTP/1.1 413 Too Large\r\ncontent-length: 3\r\nconnection: close\r\n\r\nbig";
            let _ = stream.write_all(answer.as_bytes()).await;
            until_closed(&mut stream).await;
        })
        .await;
        let client = client();
        let mut request = client.request(b"POST", &server.url("/")).unwrap();
        request.bytes(vec![0; 4 << 20].into(), None);
        let answer = client.fetch(request).await.unwrap();
        assert_eq!((answer.status.as_u16(), answer.text()), (413, "big"));
    });
}

#[test]
fn an_answer_that_is_longer_than_is_wanted() {
    run(async {
        let long = "x".repeat(100);
        let length = long.len();
        let heads = [
            format!("HTTP/1.1 200 OK\r\ncontent-length: {length}\r\n\r\n{long}"),
            format!(
                "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n64\r\n{long}\r\n0\r\n\r\n"
            ),
            format!("HTTP/1.1 200 OK\r\n\r\n{long}"),
        ];
        for bytes in heads {
            let server = Server::writing(bytes).await;
            let client = client();
            for (limit, expected) in [(99, None), (100, Some(&long))] {
                let mut request = request(&client, &server.url("/"));
                request.max_body = Some(limit);
                let answer = client.fetch(request).await;
                match expected {
                    Some(body) => assert_eq!(answer.unwrap().text(), body),
                    None => {
                        let error = answer.unwrap_err();
                        assert_eq!(error.kind, "too_large");
                        assert_eq!(error.message, "127.0.0.1 answers with more than 99 bytes");
                    }
                }
            }
        }
    });
}

#[test]
fn a_call_that_is_given_up_closes_its_connection() {
    run(async {
        for beginning in ["", "HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nab"] {
            let (arrived, arrival) = oneshot::channel();
            let (gone, end) = oneshot::channel();
            let ends = std::rc::Rc::new(std::cell::RefCell::new(Some((arrived, gone))));
            let server = Server::start(move |mut stream| {
                let ends = ends.borrow_mut().take();
                async move {
                    let (arrived, gone) = ends.unwrap();
                    read_request(&mut stream).await;
                    stream.write_all(beginning.as_bytes()).await.unwrap();
                    let _ = arrived.send(());
                    until_closed(&mut stream).await;
                    let _ = gone.send(());
                }
            })
            .await;
            let client = client();
            let call = client.fetch(request(&client, &server.url("/")));
            tokio::select! {
                answer = call => panic!("{answer:?}"),
                arrived = arrival => arrived.unwrap(),
            }
            end.await.unwrap();
        }
    });
}

#[test]
fn a_call_that_is_given_up_gives_its_turn_to_the_next() {
    run(async {
        let server = Server::start(|mut stream| async move {
            let asked = read_request(&mut stream).await.unwrap_or_default();
            if asked.starts_with("GET /stuck") {
                until_closed(&mut stream).await;
            } else {
                let _ = stream.write_all(ok("mine").as_bytes()).await;
            }
        })
        .await;
        let client = Client::new(Defaults {
            max_connections: Some(1),
            ..defaults()
        });
        let stuck = client.fetch(request(&client, &server.url("/stuck")));
        let stuck = tokio::task::spawn_local(stuck);
        let next = tokio::task::spawn_local(client.fetch(request(&client, &server.url("/"))));
        while server.connections() == 0 {
            tokio::task::yield_now().await;
        }
        stuck.abort();
        assert_eq!(next.await.unwrap().unwrap().text(), "mine");
    });
}

#[test]
fn only_what_never_arrived_is_sent_again() {
    run(async {
        // Nothing listens at first: the port is known, and free.
        let place = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = place.local_addr().unwrap();
        drop(place);
        let client = client();
        let mut again = request(&client, &format!("http://{address}/"));
        again.retries = 20;
        again.timeout = Duration::from_secs(60);
        let mut once = client
            .request(b"POST", &format!("http://{address}/"))
            .unwrap();
        once.retries = 20;
        let error = client.fetch(once).await.unwrap_err();
        assert_eq!(error.kind, "connect");
        let call = tokio::task::spawn_local(client.fetch(again));
        tokio::task::yield_now().await;
        let listener = std::net::TcpListener::bind(address).unwrap();
        listener.set_nonblocking(true).unwrap();
        let listener = tokio::net::TcpListener::from_std(listener).unwrap();
        let (mut stream, _) = listener.accept().await.unwrap();
        read_request(&mut stream).await;
        stream.write_all(ok("at last").as_bytes()).await.unwrap();
        assert_eq!(call.await.unwrap().unwrap().text(), "at last");

        let server = Server::writing("").await;
        let mut sent = request(&client, &server.url("/"));
        sent.retries = 5;
        assert_eq!(client.fetch(sent).await.unwrap_err().kind, "closed");
        assert_eq!(server.connections(), 1);
    });
}
