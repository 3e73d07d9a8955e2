//! What is asked of every server.

use serde_json::{Value, json};

use rover_benches::Failure;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Work {
    Echo,
    Params,
    Rows,
    Post,
    Order,
    Pipeline,
}

const ITEM: &str = r#"{"name":"Teapot","price":24.5,"quantity":3}"#;

impl Work {
    pub(crate) const ALL: [Work; 6] = [
        Work::Echo,
        Work::Params,
        Work::Rows,
        Work::Post,
        Work::Order,
        Work::Pipeline,
    ];

    pub(crate) fn named(name: &str) -> Result<Work, Failure> {
        let known = Work::ALL.into_iter().find(|work| work.name() == name);
        known.ok_or_else(|| format!("no work is called `{name}`").into())
    }

    /// As `load.lua` calls it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Work::Echo => "echo",
            Work::Params => "params",
            Work::Rows => "rows",
            Work::Post => "post",
            Work::Order => "order",
            Work::Pipeline => "pipeline",
        }
    }

    pub(crate) fn title(self) -> &'static str {
        match self {
            Work::Echo => "echo",
            Work::Params => "two parameters, a query value and a header",
            Work::Rows => "50 rows of JSON",
            Work::Post => "POST JSON, three fields checked",
            Work::Order => "POST 2 kB of JSON, objects and lists checked",
            Work::Pipeline => "echo, 16 requests in a pipeline",
        }
    }

    /// Pipelines have no request of their own to time.
    pub(crate) fn has_latencies(self) -> bool {
        self != Work::Pipeline
    }

    pub(crate) fn path(self) -> &'static str {
        match self {
            Work::Echo | Work::Pipeline => "/echo",
            Work::Params => "/users/42/posts/2026-11?limit=20",
            Work::Rows => "/rows?count=50",
            Work::Post => "/items",
            Work::Order => "/orders",
        }
    }

    pub(crate) fn method(self) -> &'static str {
        match self {
            Work::Post | Work::Order => "POST",
            _ => "GET",
        }
    }

    pub(crate) fn header(self) -> Option<(&'static str, &'static str)> {
        match self {
            Work::Params => Some(("x-trace", "a1b2c3d4")),
            Work::Post | Work::Order => Some(("content-type", "application/json")),
            _ => None,
        }
    }

    pub(crate) fn body(self) -> &'static str {
        match self {
            Work::Post => ITEM,
            Work::Order => include_str!("../../../compare/order.json"),
            _ => "",
        }
    }

    pub(crate) fn request(self) -> String {
        let header = self
            .header()
            .map(|(name, value)| format!("{name}: {value}\r\n"));
        let body = self.body();
        format!(
            "{} {} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n{}content-length: {}\r\n\r\n{body}",
            self.method(),
            self.path(),
            header.unwrap_or_default(),
            body.len(),
        )
    }

    pub(crate) fn status(self) -> u16 {
        match self {
            Work::Post | Work::Order => 201,
            _ => 200,
        }
    }

    pub(crate) fn answer(self) -> Value {
        let row = |i: u32| {
            let half = i * 3;
            let score = match half % 2 {
                0 => json!(half / 2),
                _ => json!(f64::from(half) / 2.0),
            };
            json!({
                "id": i,
                "name": format!("User {i}"),
                "email": format!("user{i}@example.com"),
                "active": i.is_multiple_of(2),
                "score": score,
            })
        };
        match self {
            Work::Echo | Work::Pipeline => json!({ "message": "Hello, World!" }),
            Work::Params => {
                json!({ "user": "42", "post": "2026-11", "limit": "20", "trace": "a1b2c3d4" })
            }
            Work::Rows => {
                let rows: Vec<Value> = (1..=50).map(row).collect();
                json!({ "count": 50, "rows": rows })
            }
            Work::Post => json!({ "name": "Teapot", "total": 73.5 }),
            Work::Order => json!({
                "customer": "Ada Lovelace", "city": "London", "coupon": "SPRING-2026",
                "lines": 19, "total": 762.5,
            }),
        }
    }
}
