use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;

use rover_model::admission::parse_rate;

use super::*;

fn limit(rate: &str, burst: Option<u32>) -> Limit {
    let read = parse_rate(rate).expect("a rate");
    let options = RateLimit {
        is_open: true,
        rate: read,
        burst: burst.unwrap_or(read.count),
        name: None,
        written: rate.to_owned(),
    };
    Limit::new(options, "here")
}

fn pass(limits: &Limits, milliseconds: u64) {
    limits.clock.advance(milliseconds);
    limits.due.clock().advance(milliseconds);
}

/// So many are let in at once.
fn let_in(limits: &Limits, limit: &Limit, name: &str) -> u32 {
    let asked = (0..).map(|_| limits.ask_by_name(limit, name.as_bytes()));
    asked.take_while(|standing| standing.wait.is_none()).count() as u32
}

#[test]
fn as_many_come_at_once_as_may_and_then_at_the_rate() {
    let (limits, limit) = (Limits::default(), limit("1000/h", None));
    assert_eq!(let_in(&limits, &limit, "a"), 1000);
    let refused = limits.ask_by_name(&limit, b"a");
    let wait = refused.wait.expect("is refused");
    assert!((3.0e9..=3.6e9).contains(&wait), "{wait}");
    assert_eq!(refused.remaining, 0);
    // Others are not concerned.
    assert_eq!(limits.ask_by_name(&limit, b"b").remaining, 999);
    pass(&limits, 36_000);
    assert_eq!(let_in(&limits, &limit, "a"), 10);
    pass(&limits, 3_600_000);
    assert_eq!(let_in(&limits, &limit, "a"), 1000);
}

#[test]
fn who_is_refused_loses_nothing_by_asking() {
    let (limits, limit) = (Limits::default(), limit("60/min", Some(1)));
    assert_eq!(let_in(&limits, &limit, "a"), 1);
    for _ in 0..100 {
        assert!(limits.ask_by_name(&limit, b"a").wait.is_some());
    }
    pass(&limits, 1_000);
    assert_eq!(let_in(&limits, &limit, "a"), 1);
}

#[test]
fn threads_do_not_let_in_more() {
    let (limits, limit) = (Limits::default(), limit("5000/day", None));
    let let_in = AtomicU32::new(0);
    thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                for _ in 0..1000 {
                    if limits.ask_by_name(&limit, b"a").wait.is_none() {
                        let_in.fetch_add(1, Ordering::Relaxed);
                    }
                }
            });
        }
    });
    assert_eq!(let_in.into_inner(), 5000);
}

#[test]
fn clients_are_told_apart_by_address_network_and_name() {
    let (limits, limit) = (Limits::default(), limit("1/day", None));
    let asks = |address: &str| {
        let address = address.parse().expect("an address");
        limits.ask_by_address(&limit, address).wait.is_none()
    };
    assert!(asks("192.0.2.1"));
    assert!(!asks("192.0.2.1"));
    assert!(!asks("::ffff:192.0.2.1"));
    assert!(asks("192.0.2.2"));
    assert!(asks("2001:db8:0:1::1"));
    assert!(!asks("2001:db8:0:1:ffff::2"));
    assert!(asks("2001:db8:0:2::1"));
    let long = "x".repeat(1000);
    assert_eq!(let_in(&limits, &limit, &long), 1);
    assert_eq!(let_in(&limits, &limit, &long), 0);
    assert_eq!(let_in(&limits, &limit, &long[1..]), 1);
}

#[test]
fn spaces_are_told_apart() {
    let limits = Limits::default();
    let here = limit("1/day", None);
    let there = Limit::new(here.options.clone(), "there");
    assert_eq!(let_in(&limits, &here, "a"), 1);
    assert_eq!(let_in(&limits, &there, "a"), 1);
    assert_eq!(
        let_in(&limits, &Limit::new(here.options.clone(), "here"), "a"),
        0
    );
}

#[test]
fn nothing_is_kept_of_clients_that_may_do_all_again() {
    let (limits, limit) = (Limits::default(), limit("10/s", None));
    for client in 0..1000 {
        limits.ask_by_name(&limit, format!("{client}").as_bytes());
    }
    assert_eq!(limits.due.size(), 1000);
    pass(&limits, 200);
    assert_eq!(limits.due.size(), 0);
}
