//! The rival of a handler that calls another server: hyper's client called from hyper, in the
//! arrangement that Rover has.
//!
//! `UPSTREAM=http://127.0.0.1:5000 upstream_hyper <port>`

use bytes::Bytes;
use http_body_util::{BodyExt, Empty, Full};
use hyper::Response;
use hyper::header::{CONTENT_TYPE, HeaderValue};
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use rover_benches::hyper_worker::serve_requests;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

type Failure = Box<dyn std::error::Error + Send + Sync>;

fn main() -> Result<(), Failure> {
    let port = std::env::args()
        .nth(1)
        .ok_or("usage: upstream_hyper <port>")?;
    let upstream: hyper::Uri = format!("{}/", std::env::var("UPSTREAM")?).parse()?;
    let mut connector = hyper_util::client::legacy::connect::HttpConnector::new();
    connector.set_nodelay(true);
    let client: Client<_, Empty<Bytes>> = Client::builder(TokioExecutor::new()).build(connector);
    serve_requests(port.parse()?, move |_| {
        let asked = client.get(upstream.clone());
        async move {
            let body = match asked.await {
                Ok(answer) => answer.into_body().collect().await.map(|b| b.to_bytes()),
                Err(_) => Ok(Bytes::from_static(b"failed")),
            };
            let mut response = Response::new(Full::new(body.unwrap_or_default()));
            let text = HeaderValue::from_static("text/plain; charset=utf-8");
            response.headers_mut().insert(CONTENT_TYPE, text);
            response
        }
    })
}
