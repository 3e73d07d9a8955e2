//! hyper in the arrangement that Rover has: a thread, an event loop and a listening socket
//! of its own for each worker, without anything else.

use std::convert::Infallible;
use std::net::{Ipv4Addr, SocketAddr};

use bytes::Bytes;
use http_body_util::Full;
use hyper::Response;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use socket2::{Domain, Socket, Type};
use tokio::task::LocalSet;

/// One worker, which gives every request what `answer` returns.
pub fn serve(
    port: u16,
    answer: impl Fn() -> Response<Full<Bytes>> + Copy + 'static,
) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
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
            let connection = http1::Builder::new().pipeline_flush(true).serve_connection(
                TokioIo::new(stream),
                service_fn(move |_| async move { Ok::<_, Infallible>(answer()) }),
            );
            tokio::task::spawn_local(async move {
                // A client that goes away is no concern of ours.
                let _ = connection.await;
            });
        }
    })
}
