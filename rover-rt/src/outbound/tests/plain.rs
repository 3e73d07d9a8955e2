//! Requests and answers, kept connections, limits of them.

use super::super::{Client, Defaults};
use super::server::{Server, client, defaults, error, get, ok, request, run};

#[test]
fn an_answer_has_what_the_server_sent() {
    run(async {
        let server = Server::answering(|_| {
            "HTTP/1.1 404 Not Found\r\nX-One: 1\r\nX-Two: 2\r\nx-one: 3\r\ncontent-length: 4\r\n\r\nnone"
                .to_owned()
        })
        .await;
        let answer = get(&client(), &server.url("/a?b=c#d")).await.unwrap();
        assert_eq!(answer.status, 404);
        assert_eq!(answer.text(), "none");
        assert_eq!(answer.url.as_str(), server.url("/a?b=c"));
        let headers: Vec<_> = answer
            .headers
            .iter()
            .map(|(name, value)| [name, b"=", value].concat())
            .map(|header| String::from_utf8(header).unwrap())
            .collect();
        assert_eq!(
            headers,
            ["x-one=1", "x-two=2", "x-one=3", "content-length=4"]
        );
    });
}

#[test]
fn a_request_is_sent_as_it_is_described() {
    run(async {
        let server = Server::answering(ok).await;
        let client = client();
        let mut request = client.request(b"POST", &server.url("/a?x=1")).unwrap();
        request.query([(&b"q r"[..], &b"1&2"[..])].into_iter());
        request.set_header(b"X-Key", b"k").unwrap();
        request.form([(&b"name"[..], &b"A B"[..]), (b"s", b"\xc3\xa4")].into_iter());
        request.pass_on("traceparent", b"00-1-2-00");
        let answer = client.fetch(request).await.unwrap();
        let host = server.address;
        let expected = format!(
            "POST /a?x=1&q%20r=1%262 HTTP/1.1\r\naccept: */*\r\naccept-encoding: gzip, br\r\n\
             user-agent: rover/{}\r\nx-key: k\r\ncontent-type: application/x-www-form-urlencoded\r\n\
             traceparent: 00-1-2-00\r\nhost: {host}\r\ncontent-length: 17\r\n\r\nname=A+B&s=%C3%A4",
            env!("CARGO_PKG_VERSION"),
        );
        assert_eq!(answer.text(), expected);
    });
}

#[test]
fn a_post_without_a_body_says_so() {
    run(async {
        let server = Server::answering(ok).await;
        let client = client();
        let request = client.request(b"POST", &server.url("/")).unwrap();
        let answer = client.fetch(request).await.unwrap();
        assert!(
            answer.text().contains("content-length: 0\r\n"),
            "{}",
            answer.text()
        );
    });
}

#[test]
fn one_connection_serves_one_call_after_the_other() {
    run(async {
        let server = Server::answering(|_| ok("hello")).await;
        let client = client();
        for _ in 0..10 {
            assert_eq!(
                get(&client, &server.url("/")).await.unwrap().text(),
                "hello"
            );
        }
        assert_eq!(server.connections(), 1);
    });
}

#[test]
fn a_kept_connection_that_the_server_closed_is_replaced() {
    run(async {
        // Each connection answers once and closes without saying so.
        let server = Server::writing(ok("once")).await;
        let client = client();
        for calls in 1..5 {
            assert_eq!(get(&client, &server.url("/")).await.unwrap().text(), "once");
            assert_eq!(server.connections(), calls);
        }
    });
}

#[test]
fn sixty_four_calls_go_at_once() {
    run(async {
        let barrier = std::rc::Rc::new(tokio::sync::Barrier::new(64));
        let server = Server::start(move |mut stream| {
            let barrier = std::rc::Rc::clone(&barrier);
            async move {
                super::server::read_request(&mut stream).await;
                // All must be there before one is answered.
                barrier.wait().await;
                let answer = ok("together");
                let _ = tokio::io::AsyncWriteExt::write_all(&mut stream, answer.as_bytes()).await;
            }
        })
        .await;
        let client = client();
        let calls: Vec<_> = (0..64)
            .map(|_| tokio::task::spawn_local(client.fetch(request(&client, &server.url("/")))))
            .collect();
        for call in calls {
            assert_eq!(call.await.unwrap().unwrap().text(), "together");
        }
        assert_eq!(server.connections(), 64);
    });
}

#[test]
fn a_client_has_no_more_connections_than_it_may() {
    run(async {
        let server = Server::answering(|_| ok("x")).await;
        let client = Client::new(Defaults {
            max_connections: Some(3),
            ..defaults()
        });
        let calls: Vec<_> = (0..30)
            .map(|_| tokio::task::spawn_local(client.fetch(request(&client, &server.url("/")))))
            .collect();
        for call in calls {
            assert_eq!(call.await.unwrap().unwrap().text(), "x");
        }
        assert_eq!(server.connections(), 3);
    });
}

#[test]
fn idle_connections_make_room_for_another_server() {
    run(async {
        let one = Server::answering(|_| ok("one")).await;
        let two = Server::answering(|_| ok("two")).await;
        let client = Client::new(Defaults {
            max_connections: Some(1),
            ..defaults()
        });
        for _ in 0..3 {
            assert_eq!(get(&client, &one.url("/")).await.unwrap().text(), "one");
            assert_eq!(get(&client, &two.url("/")).await.unwrap().text(), "two");
        }
        assert_eq!((one.connections(), two.connections()), (3, 3));
    });
}

#[test]
fn nothing_listens() {
    run(async {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap());
        drop(listener);
        let error = error(&client(), &url).await;
        assert_eq!(error.kind, "connect");
        assert_eq!(error.code.as_deref(), Some("ECONNREFUSED"));
        assert!(error.retryable);
        let place = url.trim_start_matches("http://").trim_end_matches('/');
        assert_eq!(
            error.message,
            format!("cannot connect to {place}: nothing listens there")
        );
    });
}

#[test]
fn a_name_that_nobody_has() {
    run(async {
        let error = error(&client(), "http://nobody.invalid/").await;
        assert_eq!(error.kind, "dns");
        assert!(
            error
                .message
                .starts_with("cannot find the host nobody.invalid: "),
            "{error}"
        );
    });
}

#[test]
fn names_of_the_hosts_file_are_found() {
    run(async {
        let server = Server::answering(|_| ok("local")).await;
        let url = format!("http://localhost:{}/", server.address.port());
        assert_eq!(get(&client(), &url).await.unwrap().text(), "local");
    });
}
