//! Rows in parts.

use serde_json::json;

use crate::base::Base;

#[test]
#[ignore = "needs a PostgreSQL: .ci/postgres"]
fn rows_come_in_parts() {
    let base = Base::new();
    let program = base.start(&[("ROVER_TEST_MOST", "3")]);
    assert_eq!(
        program.get("/each/0"),
        json!({"count": 100000, "sum": 5000050000_i64})
    );
    // Who ends early ends the query.
    for most in [1, 255, 256, 257, 1000] {
        for _ in 0..4 {
            let got = program.get(&format!("/each/{most}"));
            assert_eq!(got["count"], most);
        }
    }
    base.until_connections("state <> 'idle'", 0);
    let broken = program.get("/broken");
    assert_eq!(broken["failed"]["kind"], "value", "{broken}");
    assert_eq!(program.get("/broken"), broken);
    base.until_connections("state <> 'idle'", 0);
    assert!(base.connections("true") <= 3);
}
