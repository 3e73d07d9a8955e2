//! The rival of `page`: the same page by askama, in hyper.
//!
//! `paged_askama <port>`

use askama::Template;
use bytes::Bytes;
use http_body_util::Full;
use hyper::Response;
use hyper::header::{CONTENT_TYPE, HeaderValue};
use rover_benches::hyper_worker::serve;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[derive(Template)]
#[template(path = "page.html")]
struct Page<'a> {
    title: &'a str,
    rows: &'a [Row],
}

struct Row {
    id: u32,
    name: String,
    maker: String,
    price: f64,
    note: &'static str,
}

impl Row {
    /// As `rows` in `routes.lua`.
    fn new(id: u32) -> Row {
        Row {
            id,
            name: format!("Nuts & bolts, M{}", id % 12),
            maker: format!("Smith {id} Ltd"),
            price: f64::from(id) * 1.25,
            note: match id % 3 {
                0 => "for doors < 2.5\" & windows",
                _ => "in stock, sent within two days",
            },
        }
    }
}

fn main() -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    let port = std::env::args().nth(1);
    let port = port.ok_or("usage: paged_askama <port>")?.parse()?;
    let rows: &'static [Row] = (1..=100).map(Row::new).collect::<Vec<_>>().leak();
    serve(port, move || answer(rows))
}

fn answer(rows: &[Row]) -> Response<Full<Bytes>> {
    let page = Page {
        title: "Parts & tools",
        rows,
    };
    // Writing into a string fails for nobody.
    let text = page.render().unwrap_or_default();
    let mut response = Response::new(Full::new(Bytes::from(text)));
    let html = HeaderValue::from_static("text/html; charset=utf-8");
    response.headers_mut().insert(CONTENT_TYPE, html);
    response
}
