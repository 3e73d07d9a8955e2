//! hyper in the arrangement that Rover has: a thread, an event loop and a listening socket
//! of its own for each worker, without anything else.

use std::cell::Cell;
use std::convert::Infallible;
use std::net::{Ipv4Addr, SocketAddr};

use bytes::Bytes;
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::header::{CONTENT_TYPE, HeaderValue};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use socket2::{Domain, Socket, Type};
use tokio::task::LocalSet;

type Failure = Box<dyn std::error::Error + Send + Sync>;

/// One worker, which gives every request what `answer` returns.
pub fn serve(
    port: u16,
    answer: impl Fn() -> Response<Full<Bytes>> + Copy + 'static,
) -> Result<(), Failure> {
    serve_requests(port, move |_| async move { answer() })
}

/// One worker, which gives each request what `answer` makes of it.
pub fn serve_requests<A>(
    port: u16,
    answer: impl Fn(Request<Incoming>) -> A + Clone + 'static,
) -> Result<(), Failure>
where
    A: Future<Output = Response<Full<Bytes>>> + 'static,
{
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
    socket.set_reuse_port(true)?;
    socket.set_reuse_address(true)?;
    socket.set_nonblocking(true)?;
    socket.bind(&SocketAddr::from((Ipv4Addr::LOCALHOST, port)).into())?;
    socket.listen(1024)?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    LocalSet::new().block_on(&runtime, async {
        let listener = tokio::net::TcpListener::from_std(socket.into())?;
        loop {
            let (stream, _) = listener.accept().await?;
            stream.set_nodelay(true)?;
            let answer = answer.clone();
            let service = service_fn(move |request| {
                let answered = answer(request);
                async move { Ok::<_, Infallible>(answered.await) }
            });
            let connection = http1::Builder::new()
                .pipeline_flush(true)
                .serve_connection(TokioIo::new(stream), service);
            tokio::task::spawn_local(async move {
                // A client that goes away is no concern of ours.
                let _ = connection.await;
            });
        }
    })
}

/// An answer in JSON.
pub fn json_answer(body: String) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(Bytes::from(body)));
    let json = HeaderValue::from_static("application/json");
    response.headers_mut().insert(CONTENT_TYPE, json);
    response
}

/// Numbers that look random, the same in each run.
pub struct Random(Cell<u64>);

impl Default for Random {
    fn default() -> Self {
        Random(Cell::new(88_172_645_463_325_252))
    }
}

impl Random {
    /// From 1 to so many.
    pub fn up_to(&self, most: u32) -> u32 {
        let mut next = self.0.get();
        next ^= next << 13;
        next ^= next >> 7;
        next ^= next << 17;
        self.0.set(next);
        (next % u64::from(most) + 1) as u32
    }
}
