//! The rival of a handler that calls another server: hyper's client called from hyper, in the
//! arrangement that Rover has.
//!
//! `UPSTREAM=http://127.0.0.1:5000 upstream_hyper <port>`

use std::convert::Infallible;
use std::net::{Ipv4Addr, SocketAddr};

use bytes::Bytes;
use http_body_util::{BodyExt, Empty, Full};
use hyper::Response;
use hyper::header::{CONTENT_TYPE, HeaderValue};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::client::legacy::Client;
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::task::LocalSet;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

type Failure = Box<dyn std::error::Error + Send + Sync>;

fn main() -> Result<(), Failure> {
    let port = std::env::args()
        .nth(1)
        .ok_or("usage: upstream_hyper <port>")?;
    let upstream: hyper::Uri = format!("{}/", std::env::var("UPSTREAM")?).parse()?;
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port.parse()?));
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    LocalSet::new().block_on(&runtime, async {
        let listener = tokio::net::TcpListener::bind(address).await?;
        let mut connector = hyper_util::client::legacy::connect::HttpConnector::new();
        connector.set_nodelay(true);
        let client: Client<_, Empty<Bytes>> =
            Client::builder(TokioExecutor::new()).build(connector);
        loop {
            let (stream, _) = listener.accept().await?;
            stream.set_nodelay(true)?;
            let (client, upstream) = (client.clone(), upstream.clone());
            let service = service_fn(move |_| {
                let asked = client.get(upstream.clone());
                async move {
                    let body = match asked.await {
                        Ok(answer) => answer.into_body().collect().await.map(|b| b.to_bytes()),
                        Err(_) => Ok(Bytes::from_static(b"failed")),
                    };
                    let mut response = Response::new(Full::new(body.unwrap_or_default()));
                    let text = HeaderValue::from_static("text/plain; charset=utf-8");
                    response.headers_mut().insert(CONTENT_TYPE, text);
                    Ok::<_, Infallible>(response)
                }
            });
            let connection = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
            tokio::task::spawn_local(async move {
                // A client that goes away is no concern of ours.
                let _ = connection.await;
            });
        }
    })
}
