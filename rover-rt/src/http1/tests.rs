//! Exchanges with a service that is no program.

use std::cell::Cell;
use std::net::{IpAddr, Ipv4Addr};
use std::task::{Context, Poll, Waker};

use http::StatusCode;
use rover_model::{LogLevel, Network};

use super::{Answer, Conditions, Exchange, HeadLimits, Prepared, Progress, Service};
use crate::log::Log;
use crate::message::path::Path;
use crate::message::reply::Reply;
use crate::message::request::{RequestData, RequestIds};
use crate::time::clock::Clock;

/// Tells clients what it was asked.
struct Echo {
    ids: RequestIds,
    log: Log,
    prepared: Prepared,
    /// How many answers nobody waited for any more.
    cancelled: Cell<u32>,
}

enum Found {
    Echo,
    Prepared,
    /// An answer that is there when it was asked for so often.
    Later(u32),
}

impl Service for Echo {
    type Found = Found;
    type Task = u32;

    fn head_limits(&self) -> HeadLimits {
        HeadLimits {
            line: 1000,
            head: 1000,
            headers: 10,
        }
    }

    fn trusted_proxies(&self) -> &[Network] {
        &[]
    }

    fn ids(&self) -> &RequestIds {
        &self.ids
    }

    fn log(&self) -> &Log {
        &self.log
    }

    fn find(&self, method: &str, _: &mut Path<'_>) -> Found {
        match method {
            "GET" => Found::Prepared,
            "PUT" => Found::Later(2),
            _ => Found::Echo,
        }
    }

    fn whole_server(&self) -> Found {
        Found::Prepared
    }

    fn body_limit(&self, found: &Found) -> Option<u64> {
        matches!(found, Found::Echo | Found::Later(_)).then_some(5)
    }

    fn runs_program(&self, found: &Found) -> bool {
        matches!(found, Found::Echo)
    }

    fn answer(&self, request: &mut RequestData<'_>, found: Found) -> Answer<'_, u32> {
        match found {
            Found::Echo => {}
            Found::Prepared => return Answer::Prepared(&self.prepared),
            Found::Later(turns) => return Answer::Pending(turns),
        }
        let mut reply = Reply::empty(StatusCode::CREATED);
        reply.body = [request.path.raw().as_bytes(), request.body.unwrap_or(b"-")].concat();
        Answer::Reply(reply)
    }

    fn refused(&self, _: &RequestData<'_>, refusal: Reply) -> Answer<'_, u32> {
        Answer::Reply(refusal)
    }

    fn poll(&self, turns: &mut u32, request: &RequestData<'_>, _: &mut Context<'_>) -> Poll<Reply> {
        if *turns > 0 {
            *turns -= 1;
            return Poll::Pending;
        }
        let mut reply = Reply::empty(StatusCode::OK);
        reply.body = [request.path.raw().as_bytes(), request.body.unwrap_or(b"-")].concat();
        Poll::Ready(reply)
    }

    fn timeout(&self, _: &u32) -> u32 {
        0
    }

    fn time_out(&self, _: &mut u32, _: &RequestData<'_>) -> Option<Reply> {
        Some(Reply::empty(StatusCode::SERVICE_UNAVAILABLE))
    }

    fn cancel(&self, _: u32, _: &RequestData<'_>) {
        self.cancelled.set(self.cancelled.get() + 1);
    }

    fn add_headers(&self, _: &RequestData<'_>, _: &mut Reply, _: &mut Vec<u8>) {}

    fn add_to_prepared(&self, _: &RequestData<'_>, _: &mut Vec<u8>) {}

    fn give_back(&self, _: Vec<u8>) {}
}

impl Echo {
    fn new() -> Self {
        Echo {
            ids: RequestIds::new(),
            log: Log::new(LogLevel::Off),
            prepared: Prepared::new(Reply::state(StatusCode::OK, "prepared"), false),
            cancelled: Cell::new(0),
        }
    }

    /// The answers to what a client sends in pieces, each as its status and its body, and
    /// whether the connection stays.
    fn told(&self, pieces: &[&str], late: Option<&Cell<u64>>) -> (Vec<(u16, String)>, bool) {
        let clock = Clock::new();
        let conditions = Conditions {
            service: self,
            clock: &clock,
            peer: IpAddr::V4(Ipv4Addr::LOCALHOST),
            stopping: false,
            late,
            room: 100,
        };
        let mut exchange = Exchange::default();
        let (mut input, mut out, mut stays) = (Vec::new(), Vec::new(), true);
        for piece in pieces {
            input.extend_from_slice(piece.as_bytes());
            while stays {
                if exchange.is_waiting() {
                    let mut context = Context::from_waker(Waker::noop());
                    let polled = exchange.poll(&conditions, &mut context, &mut out);
                    stays = !matches!(polled, Poll::Ready(Progress::Close { .. }));
                    continue;
                }
                match exchange.step(&conditions, &input, &mut out) {
                    Progress::More => break,
                    Progress::Consumed(bytes) => drop(input.drain(..bytes)),
                    Progress::Close { .. } => stays = false,
                }
            }
        }
        let out = String::from_utf8(out).unwrap();
        let answers = out.split("HTTP/1.1 ").skip(1);
        let answers = answers.map(|answer| {
            let (head, body) = answer.split_once("\r\n\r\n").unwrap();
            (head[..3].parse().unwrap(), body.to_owned())
        });
        (answers.collect(), stays)
    }
}

fn answers(all: &[(u16, &str)]) -> Vec<(u16, String)> {
    let all = all.iter();
    all.map(|(status, body)| (*status, (*body).to_owned()))
        .collect()
}

const PREPARED: (u16, &str) = (200, r#"{"status":"prepared"}"#);

#[test]
fn a_service_answers_requests_one_after_the_other() {
    let pieces = [
        "GET / HTTP/1.1\r\nhost: a\r\n\r\nPOST /a%20b HTTP/1.1\r\nhost: a\r\n",
        "content-length: 5\r\n\r\nhel",
        "loPOST /none HTTP/1.1\r\nhost: a\r\n\r\n",
    ];
    let expected = [PREPARED, (201, "/a%20bhello"), (201, "/none-")];
    assert_eq!(Echo::new().told(&pieces, None), (answers(&expected), true));
}

#[test]
fn a_body_is_read_up_to_the_services_limit() {
    let echo = Echo::new();
    let large = "POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 6\r\n\r\n";
    let (told, stays) = echo.told(&[large], None);
    assert_eq!((told[0].0, stays), (413, false));
    // Nobody reads this one: it is passed over.
    let unread = "GET / HTTP/1.1\r\nhost: a\r\ncontent-length: 6\r\n\r\n";
    let told = echo.told(&[unread, "lar", "ge"], None);
    assert_eq!(told, (answers(&[PREPARED]), true));
}

#[test]
fn who_comes_late_is_counted_and_costs_no_time_of_the_program() {
    let late = Cell::new(0);
    let request = "POST / HTTP/1.1\r\nhost: a\r\n\r\nGET / HTTP/1.1\r\nhost: a\r\n\r\n";
    let (told, stays) = Echo::new().told(&[request], Some(&late));
    assert_eq!((told[0].0, stays, late.get()), (503, true, 1));
    assert_eq!(told[1..], answers(&[PREPARED]));
}

#[test]
fn an_answer_that_comes_later_keeps_its_place_and_its_request() {
    let pieces = [
        "PUT /a%20b HTTP/1.1\r\nhost: a\r\ncontent-length: 5\r\n\r\nhello",
        "PUT /c HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n2\r\nhe\r\n0\r\n\r\nGET / HTTP/1.1\r\nhost: a\r\n\r\n",
        "PUT /d HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n",
    ];
    let expected = [(200, "/a%20bhello"), (200, "/che"), PREPARED, (200, "/d-")];
    assert_eq!(Echo::new().told(&pieces, None), (answers(&expected), false));
}

#[test]
fn who_goes_away_cancels_the_answer() {
    let (echo, clock) = (Echo::new(), Clock::new());
    let conditions = Conditions {
        service: &echo,
        clock: &clock,
        peer: IpAddr::V4(Ipv4Addr::LOCALHOST),
        stopping: false,
        late: None,
        room: 100,
    };
    let mut exchange = Exchange::default();
    let (request, mut out) = (b"PUT / HTTP/1.1\r\nhost: a\r\n\r\n", Vec::new());
    let progress = exchange.step(&conditions, request, &mut out);
    assert_eq!(progress, Progress::Consumed(request.len()));
    assert!(exchange.is_waiting() && !exchange.is_between() && out.is_empty());
    exchange.cancel(&echo);
    assert!(!exchange.is_waiting() && out.is_empty());
    assert_eq!(echo.cancelled.get(), 1);
}
