//! A cluster of three nodes, of which the program is told one.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use rover_tests::Process;
use serde_json::{Value, json};

use crate::base::{Program, until, variable};

struct Node {
    port: u16,
    process: Child,
}

impl Node {
    fn start(folder: &Path) -> Node {
        let ports: Vec<_> = (0..2)
            .map(|_| TcpListener::bind("127.0.0.1:0").expect("a free port"))
            .collect();
        let port = |at: usize| ports[at].local_addr().expect("bound").port();
        let (port, bus) = (port(0), port(1));
        drop(ports);
        let folder = folder.join(port.to_string());
        std::fs::create_dir_all(&folder).expect("a folder");
        let process = Command::new(variable("ROVER_TEST_REDIS_SERVER"))
            .args([
                "--port",
                &port.to_string(),
                "--cluster-port",
                &bus.to_string(),
            ])
            .args([
                "--cluster-enabled",
                "yes",
                "--save",
                "",
                "--bind",
                "127.0.0.1",
            ])
            .arg("--dir")
            .arg(folder)
            .stdout(Stdio::null())
            .spawn()
            .expect("it starts");
        let node = Node { port, process };
        until("a node answers", || node.says(&["ping"]) == "PONG");
        node
    }

    fn says(&self, words: &[&str]) -> String {
        let mut command = Command::new(variable("ROVER_TEST_REDIS_CLI"));
        let command = command.args(["-p", &self.port.to_string()]).args(words);
        let output = command
            .stderr(Stdio::null())
            .output()
            .expect("redis-cli runs");
        String::from_utf8_lossy(&output.stdout)
            .trim_end()
            .to_owned()
    }

    fn id(&self) -> String {
        self.says(&["cluster", "myid"])
    }
}

/// Three nodes with a third of the slots each.
struct Cluster {
    nodes: Vec<Node>,
    folder: PathBuf,
}

impl Cluster {
    fn start(name: &str) -> Cluster {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        let _ = std::fs::remove_dir_all(&folder);
        let nodes: Vec<Node> = (0..3).map(|_| Node::start(&folder)).collect();
        let ranges = [("0", "5460"), ("5461", "10922"), ("10923", "16383")];
        for (node, (first, last)) in nodes.iter().zip(ranges) {
            assert_eq!(node.says(&["cluster", "addslotsrange", first, last]), "OK");
        }
        let info = nodes[0].says(&["config", "get", "cluster-port"]);
        let bus = info.lines().last().expect("a port").to_owned();
        for node in &nodes[1..] {
            let port = nodes[0].port.to_string();
            assert_eq!(
                node.says(&["cluster", "meet", "127.0.0.1", &port, &bus]),
                "OK"
            );
        }
        let cluster = Cluster { nodes, folder };
        cluster.until_whole();
        cluster
    }

    fn until_whole(&self) {
        until("the cluster is whole", || {
            let whole = |node: &Node| {
                let info = node.says(&["cluster", "info"]);
                info.contains("cluster_state:ok") && info.contains("cluster_known_nodes:3")
            };
            self.nodes.iter().all(whole)
        });
    }

    fn program(&self) -> Program {
        let mut command = Command::new(env!("CARGO_BIN_EXE_redis"));
        command.args(["--port", "0", "--workers", "1"]);
        let url = format!("redis://127.0.0.1:{}", self.nodes[0].port);
        command.env("ROVER_TEST_REDIS", url);
        command.env("ROVER_TEST_LISTEN", "yes");
        Program(Process::start(&mut command))
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        for node in &mut self.nodes {
            let _ = node.process.kill();
            let _ = node.process.wait();
        }
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

#[test]
#[ignore = "needs a Redis: .ci/redis"]
fn keys_are_found_on_all_nodes() {
    let cluster = Cluster::start("redis-cluster");
    let program = cluster.program();
    let keys: Vec<String> = (0..60).map(|at| format!("key:{at}")).collect();
    for key in &keys {
        assert_eq!(program.given("set", json!([key, key])), true);
    }
    for node in &cluster.nodes {
        assert_ne!(node.says(&["dbsize"]), "0", "each has some");
    }
    // The second time they are known.
    for key in &keys {
        assert_eq!(program.given("get", json!([key])), json!(key));
    }
    // A pipeline is divided, and its list has the order of its commands.
    let steps: Vec<(&str, Value)> = keys.iter().map(|key| ("get", json!([key]))).collect();
    assert_eq!(program.pipeline(&steps, false), json!({ "ok": keys }));
    // Also where nothing is known yet.
    let fresh = cluster.program();
    assert_eq!(fresh.pipeline(&steps, false), json!({ "ok": keys }));
    // A transaction is of one node, whichever that is.
    for tag in ["a", "b", "c", "d", "e"] {
        let (one, two) = (format!("{{{tag}}}1"), format!("{{{tag}}}2"));
        let steps = [
            ("incr", json!([one])),
            ("incr", json!([two])),
            ("incr", json!([one])),
        ];
        assert_eq!(fresh.pipeline(&steps, true), json!({ "ok": [1, 1, 2] }));
    }
    let far = [("incr", json!(["a"])), ("incr", json!(["b"]))];
    assert_eq!(fresh.pipeline(&far, true)["failed"]["kind"], "query");
    assert_eq!(
        program.given(
            "eval",
            json!(["return redis.call('get', KEYS[1])", ["key:7"]])
        ),
        "key:7"
    );
    // Messages go to all nodes.
    until("it listens", || {
        !cluster.nodes[0].says(&["pubsub", "channels"]).is_empty()
    });
    cluster.nodes[2].says(&["publish", "news", "far"]);
    until("it is heard", || {
        program.get("/heard") == json!(["news: far"])
    });
}

#[test]
#[ignore = "needs a Redis: .ci/redis"]
fn a_slot_that_moves_is_followed() {
    let cluster = Cluster::start("redis-cluster-moving");
    let program = cluster.program();
    assert_eq!(program.given("set", json!(["foo", "old"])), true);
    // The slot of `foo` is 12182: the third node's.
    let (from, to) = (&cluster.nodes[2], &cluster.nodes[1]);
    assert_eq!(from.says(&["get", "foo"]), "old");
    let (from_id, to_id) = (from.id(), to.id());
    assert_eq!(
        to.says(&["cluster", "setslot", "12182", "importing", &from_id]),
        "OK"
    );
    assert_eq!(
        from.says(&["cluster", "setslot", "12182", "migrating", &to_id]),
        "OK"
    );
    let port = to.port.to_string();
    assert_eq!(
        from.says(&["migrate", "127.0.0.1", &port, "foo", "0", "5000"]),
        "OK"
    );
    // On its way it is asked for where it goes.
    assert_eq!(program.given("get", json!(["foo"])), "old");
    let steps = [("get", json!(["foo"])), ("get", json!(["key:1"]))];
    assert_eq!(
        program.pipeline(&steps, false),
        json!({ "ok": ["old", null] })
    );
    for node in [to, from, &cluster.nodes[0]] {
        assert_eq!(
            node.says(&["cluster", "setslot", "12182", "node", &to_id]),
            "OK"
        );
    }
    assert_eq!(program.given("set", json!(["foo", "new"])), true);
    assert_eq!(to.says(&["get", "foo"]), "new");
    assert_eq!(program.given("get", json!(["foo"])), "new");
}
