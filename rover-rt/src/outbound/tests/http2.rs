//! HTTP/2: shared connections, servers that leave or refuse.

use std::cell::Cell;
use std::rc::Rc;

use bytes::Bytes;
use h2::server::SendResponse;
use h2::{Reason, RecvStream};
use http::{Request, Response};
use tokio::net::TcpStream;
use tokio::sync::{Notify, oneshot};
use tokio_rustls::server::TlsStream;

use super::super::FetchBody;
use super::authority::{Authority, Flaw};
use super::server::{Server, error, get, request, run};

type Connection = h2::server::Connection<TlsStream<TcpStream>, Bytes>;
type Exchange = (Request<RecvStream>, SendResponse<Bytes>);

/// A server for `localhost`; a test says what becomes of each connection.
async fn server<F, R>(authority: &Authority, serve: F) -> Server
where
    F: Fn(Connection) -> R + 'static,
    R: Future<Output = ()> + 'static,
{
    let serve = Rc::new(serve);
    authority
        .serve("localhost", Flaw::Nothing, "h2", move |stream| {
            let serve = Rc::clone(&serve);
            async move {
                if let Ok(connection) = h2::server::handshake(stream).await {
                    serve(connection).await;
                }
            }
        })
        .await
}

fn answer((request, mut respond): Exchange) {
    let uri = request.uri().to_string();
    let mut stream = respond.send_response(Response::new(()), false).unwrap();
    stream.send_data(uri.into(), true).unwrap();
}

#[test]
fn calls_share_a_connection() {
    run(async {
        let authority = Authority::new();
        let server = server(&authority, |mut connection| async move {
            while let Some(Ok(exchange)) = connection.accept().await {
                answer(exchange);
            }
        })
        .await;
        let client = authority.client();
        let url = server.https("localhost");
        assert_eq!(get(&client, &url).await.unwrap().text(), url);
        let calls: Vec<_> = (0..64)
            .map(|_| tokio::task::spawn_local(client.fetch(request(&client, &url))))
            .collect();
        for call in calls {
            assert_eq!(call.await.unwrap().unwrap().text(), url);
        }
        assert_eq!(server.connections(), 1);
    });
}

#[test]
fn a_server_that_leaves_is_connected_to_again() {
    run(async {
        let authority = Authority::new();
        let server = server(&authority, |mut connection| async move {
            // One exchange for each connection, then GOAWAY.
            if let Some(Ok(exchange)) = connection.accept().await {
                answer(exchange);
                connection.graceful_shutdown();
                while let Some(Ok(exchange)) = connection.accept().await {
                    answer(exchange);
                }
            }
        })
        .await;
        let client = authority.client();
        let url = server.https("localhost");
        for _ in 0..5 {
            assert_eq!(get(&client, &url).await.unwrap().text(), url);
        }
        assert!(server.connections() > 1);
    });
}

#[test]
fn a_refused_stream_is_sent_again() {
    run(async {
        let authority = Authority::new();
        let refusals = Rc::new(Cell::new(2));
        let server = server(&authority, move |mut connection| {
            let refusals = Rc::clone(&refusals);
            async move {
                while let Some(Ok(mut exchange)) = connection.accept().await {
                    if refusals.get() > 0 {
                        refusals.set(refusals.get() - 1);
                        exchange.1.send_reset(Reason::REFUSED_STREAM);
                    } else {
                        answer(exchange);
                    }
                }
            }
        })
        .await;
        let client = authority.client();
        let url = server.https("localhost");
        let request = client.request(b"POST", &url).unwrap();
        assert_eq!(client.fetch(request).await.unwrap().text(), url);
    });
}

#[test]
fn a_server_that_refuses_everything() {
    run(async {
        let authority = Authority::new();
        for reason in [Reason::REFUSED_STREAM, Reason::INTERNAL_ERROR] {
            let server = server(&authority, move |mut connection| async move {
                while let Some(Ok(mut exchange)) = connection.accept().await {
                    exchange.1.send_reset(reason);
                }
            })
            .await;
            let error = error(&authority.client(), &server.https("localhost")).await;
            assert_eq!(error.kind, "closed", "{error}");
            assert!(
                error.message.starts_with("localhost ended the exchange: "),
                "{error}"
            );
        }
    });
}

#[test]
fn a_connection_that_breaks_off() {
    run(async {
        let authority = Authority::new();
        let server = server(&authority, |mut connection| async move {
            let exchange = connection.accept().await;
            drop(exchange);
            connection.abrupt_shutdown(Reason::ENHANCE_YOUR_CALM);
            while connection.accept().await.is_some() {}
        })
        .await;
        let client = authority.client();
        let request = client.request(b"POST", &server.https("localhost")).unwrap();
        let error = client.fetch(request).await.unwrap_err();
        assert_eq!(error.kind, "closed", "{error}");
        assert_eq!(server.connections(), 1);
    });
}

#[test]
fn a_call_that_is_given_up_ends_its_stream_alone() {
    run(async {
        let authority = Authority::new();
        let (arrived, arrival) = oneshot::channel();
        let arrived = Rc::new(Cell::new(Some(arrived)));
        let ended = Rc::new(Notify::new());
        let end = Rc::clone(&ended);
        let server = server(&authority, move |mut connection| {
            let (arrived, ended) = (Rc::clone(&arrived), Rc::clone(&ended));
            async move {
                while let Some(Ok((request, mut respond))) = connection.accept().await {
                    let Some(arrived) = arrived.take() else {
                        answer((request, respond));
                        continue;
                    };
                    arrived.send(()).unwrap();
                    let ended = Rc::clone(&ended);
                    tokio::task::spawn_local(async move {
                        let reset = std::future::poll_fn(|cx| respond.poll_reset(cx)).await;
                        assert_eq!(reset.unwrap(), Reason::CANCEL);
                        ended.notify_one();
                    });
                }
            }
        })
        .await;
        let client = authority.client();
        let url = server.https("localhost");
        tokio::select! {
            answer = client.fetch(request(&client, &url)) => panic!("{answer:?}"),
            arrived = arrival => arrived.unwrap(),
        }
        end.notified().await;
        assert_eq!(get(&client, &url).await.unwrap().text(), url);
        assert_eq!(server.connections(), 1);
    });
}

#[test]
fn a_body_is_read_while_it_comes() {
    run(async {
        let authority = Authority::new();
        let wanted = Rc::new(Notify::new());
        let asked = Rc::clone(&wanted);
        let server = server(&authority, move |mut connection| {
            let asked = Rc::clone(&asked);
            async move {
                while let Some(Ok((_, mut respond))) = connection.accept().await {
                    let asked = Rc::clone(&asked);
                    tokio::task::spawn_local(async move {
                        let mut stream = respond.send_response(Response::new(()), false).unwrap();
                        for part in ["a", "b"] {
                            asked.notified().await;
                            stream.send_data(part.into(), false).unwrap();
                        }
                        asked.notified().await;
                        stream.send_data(Bytes::new(), true).unwrap();
                    });
                }
            }
        })
        .await;
        let client = authority.client();
        let mut request = request(&client, &server.https("localhost"));
        request.stream = true;
        let FetchBody::Stream(mut body) = client.fetch(request).await.unwrap().body else {
            panic!("it is not a stream");
        };
        for expected in [Some("a"), Some("b"), None] {
            wanted.notify_one();
            let chunk = body.chunk().await.unwrap();
            assert_eq!(chunk.as_deref(), expected.map(str::as_bytes));
        }
    });
}
