//! Methods, values, pipelines, scripts, errors.

use serde_json::{Value, json};

use crate::base::Server;

#[test]
#[ignore = "needs a Redis: .ci/redis"]
fn every_method() {
    let server = Server::new();
    let program = server.start(&[]);
    let is = |method, arguments, expected: Value| {
        assert_eq!(program.given(method, arguments), expected, "{method}");
    };
    is("get", json!(["k"]), Value::Null);
    is("set", json!(["k", "v"]), json!(true));
    is("get", json!(["k"]), json!("v"));
    is("set", json!(["k", "w", {"if_absent": true}]), json!(false));
    is(
        "set",
        json!(["n", "w", {"if_absent": true, "ttl": "90s"}]),
        json!(true),
    );
    is("ttl", json!(["n"]), json!(90));
    is("ttl", json!(["k"]), json!(-1));
    is("ttl", json!(["nothing"]), json!(-2));
    is("expire", json!(["k", 60]), json!(true));
    is("expire", json!(["nothing", "1h"]), json!(false));
    is("ttl", json!(["k"]), json!(60));
    is("exists", json!(["k"]), json!(true));
    is("exists", json!(["nothing"]), json!(false));
    is("del", json!(["k", "n", "nothing"]), json!(2));
    is("incr", json!(["i"]), json!(1));
    is("incr", json!(["i", 41]), json!(42));
    is("decr", json!(["i"]), json!(41));
    is("decr", json!(["i", 50]), json!(-9));
    is("del", json!([["i", "nothing"]]), json!(1));

    is("hset", json!(["h", "a", 1]), json!(1));
    is("hset", json!(["h", {"a": 2, "b": "x"}]), json!(1));
    is("hget", json!(["h", "a"]), json!("2"));
    is("hget", json!(["h", "z"]), Value::Null);
    is("hgetall", json!(["h"]), json!({"a": "2", "b": "x"}));
    is("hdel", json!(["h", "a", "z"]), json!(1));
    is("hgetall", json!(["h"]), json!({"b": "x"}));

    is("rpush", json!(["l", "b", "c"]), json!(2));
    is("lpush", json!(["l", ["a"]]), json!(3));
    is("lrange", json!(["l", 0, -1]), json!(["a", "b", "c"]));
    is("lrange", json!(["nothing", 0, -1]), json!([]));
    is("lpop", json!(["l"]), json!("a"));
    is("rpop", json!(["l"]), json!("c"));
    is("rpop", json!(["nothing"]), Value::Null);

    is("sadd", json!(["s", "a", "b", "a"]), json!(2));
    is("srem", json!(["s", ["a", "z"]]), json!(1));
    is("smembers", json!(["s"]), json!(["b"]));

    is("zadd", json!(["z", 2, "b"]), json!(1));
    is("zadd", json!(["z", {"a": 1.5, "c": 3}]), json!(2));
    is("zrange", json!(["z", 0, -1]), json!(["a", "b", "c"]));
    is(
        "zrange",
        json!(["z", 0, 1, {"scores": true}]),
        json!([{"member": "a", "score": 1.5}, {"member": "b", "score": 2}]),
    );
    is(
        "zrange",
        json!(["z", 0, 0, {"reverse": true}]),
        json!(["c"]),
    );

    is("publish", json!(["channel", "message"]), json!(0));
    is("call", json!(["append", "k", "xyz"]), json!(3));
    is("call", json!(["SETRANGE", "k", 1, "-"]), json!(3));
    is("get", json!(["k"]), json!("x-z"));
    is("call", json!(["ping"]), json!("PONG"));
    is(
        "call",
        json!(["mget", "k", "nothing"]),
        json!(["x-z", null]),
    );
    let script = "return {KEYS[1], ARGV[1], ARGV[2], redis.call('incr', KEYS[1])}";
    is(
        "eval",
        json!([script, ["count"], ["a", 2]]),
        json!(["count", "a", "2", 1]),
    );
    is("eval", json!(["return false"]), Value::Null);
}

#[test]
#[ignore = "needs a Redis: .ci/redis"]
fn values_stay_what_they_are() {
    let server = Server::new();
    let program = server.start(&[]);
    assert_eq!(
        program.get("/raw"),
        json!({"kept": true, "number": "9007199254740991", "fraction": "0.1", "hash": true, "null": true, "list": "[]"})
    );
    let counts = |text: &str| program.given("call", json!(["set", "n", text]));
    counts("9007199254740991");
    assert_eq!(
        program.given("incr", json!(["n"])),
        json!(9007199254740992_i64)
    );
    // No number of Lua.
    assert_eq!(
        program.given("incr", json!(["n"])),
        json!("9007199254740993")
    );
    counts("-9223372036854775807");
    assert_eq!(
        program.given("decr", json!(["n"])),
        json!("-9223372036854775808")
    );
    assert_eq!(program.get("/large"), json!({"count": 4, "same": true}));
}

#[test]
#[ignore = "needs a Redis: .ci/redis"]
fn pipelines_give_lists() {
    let server = Server::new();
    let program = server.start(&[]);
    for is_atomic in [false, true] {
        program.given("del", json!(["a", "h", "text"]));
        let steps = [
            ("set", json!(["a", "x"])),
            ("set", json!(["a", "y", {"if_absent": true}])),
            ("get", json!(["a"])),
            ("get", json!(["nothing"])),
            ("hset", json!(["h", {"f": "v"}])),
            ("hgetall", json!(["h"])),
            ("exists", json!(["nothing"])),
            ("lrange", json!(["nothing", 0, -1])),
        ];
        let given = program.pipeline(&steps, is_atomic);
        assert_eq!(
            given["ok"],
            json!([true, false, "x", null, 1, {"f": "v"}, false, []]),
            "{given}"
        );
        let one = program.pipeline(&[("lrange", json!(["nothing", 0, -1]))], is_atomic);
        assert_eq!(one["ok"], json!([[]]));
        assert_eq!(program.pipeline(&[], is_atomic)["ok"], json!([]));

        program.given("set", json!(["text", "t"]));
        let steps = [
            ("incr", json!(["before"])),
            ("incr", json!(["text"])),
            ("incr", json!(["behind"])),
        ];
        let failed = program.pipeline(&steps, is_atomic)["failed"].clone();
        assert_eq!(failed["kind"], "query", "{failed}");
        assert_eq!(failed["code"], "ERR", "{failed}");
        let message = failed["message"].as_str().expect("a text");
        assert!(
            message.contains("command 2: ERR value is not an integer"),
            "{message}"
        );
        // The server has gone on, as it does.
        let rounds = json!(if is_atomic { "2" } else { "1" });
        assert_eq!(program.given("get", json!(["behind"])), rounds);
    }
}

#[test]
#[ignore = "needs a Redis: .ci/redis"]
fn errors_are_the_servers_own() {
    let server = Server::new();
    let program = server.start(&[]);
    program.given("rpush", json!(["l", "a"]));
    let failed = program.failed("incr", json!(["l"]));
    assert_eq!(failed["kind"], "query", "{failed}");
    assert_eq!(failed["code"], "WRONGTYPE", "{failed}");
    assert_eq!(failed["retryable"], false, "{failed}");
    let message = failed["message"].as_str().expect("a text");
    assert!(
        message.starts_with("WRONGTYPE Operation against a key"),
        "{message}"
    );

    let failed = program.failed("call", json!(["nonsense"]));
    assert_eq!(failed["code"], "ERR", "{failed}");
    let failed = program.failed("eval", json!(["return redis.error_reply('OWN it is so')"]));
    assert_eq!(failed["code"], "OWN", "{failed}");
    let failed = program.failed("eval", json!(["this is no script"]));
    assert_eq!(failed["kind"], "query", "{failed}");

    let told = program.get("/misused");
    for (case, expected) in [
        (
            "table",
            "argument 2 of SET: a text or a number expected, got table (a table is kept as a text: rover.json.encode(value))",
        ),
        (
            "boolean",
            "argument 2 of SET: a text or a number expected, got boolean",
        ),
        ("missing", "bad argument #1 to 'get'"),
        ("dot", "call it with a colon: redis:get(...)"),
        ("option", "unknown option"),
        ("ttl", "a time is seconds or a text such as \"30s\""),
        ("later", "the pipeline has been sent"),
        ("unknown", "unknown member of what rover.redis gives"),
        ("blocking", "`BLPOP` waits in the server"),
        ("multi", "redis:pipeline(fn, { atomic = true })"),
        ("nan", "is no number"),
        ("late", "redis:subscribe is said while the program loads"),
    ] {
        let told = told[case].as_str().expect("a text");
        assert!(told.contains(expected), "{case}: {told}");
    }
}
