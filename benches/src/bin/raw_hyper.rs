//! The rival: hyper with a fixed response, in the arrangement that Rover has.
//!
//! `raw_hyper <port> <workers>`

use bytes::Bytes;
use http_body_util::Full;
use hyper::Response;
use hyper::header::{CONTENT_TYPE, HeaderValue};
use rover_benches::hyper_worker::serve;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

type Failure = Box<dyn std::error::Error + Send + Sync>;

fn main() -> Result<(), Failure> {
    let mut arguments = std::env::args().skip(1);
    let port = arguments
        .next()
        .ok_or("usage: raw_hyper <port> <workers>")?
        .parse()?;
    let workers: usize = arguments
        .next()
        .ok_or("usage: raw_hyper <port> <workers>")?
        .parse()?;
    let threads: Vec<_> = (0..workers)
        .map(|_| std::thread::spawn(move || serve(port, answer)))
        .collect();
    for thread in threads {
        thread.join().map_err(|_| "a worker panicked")??;
    }
    Ok(())
}

fn answer() -> Response<Full<Bytes>> {
    let body = Bytes::from_static(b"{\"message\":\"Hello, World!\"}");
    let mut response = Response::new(Full::new(body));
    let json = HeaderValue::from_static("application/json");
    response.headers_mut().insert(CONTENT_TYPE, json);
    response
}
