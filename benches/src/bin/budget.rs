//! What a budget costs: nanoseconds for one round of a loop and for one call, with the
//! counting that the compiler writes into them and without, compiled and interpreted.

use std::time::Instant;

use mlua::Lua;

const ROUNDS: f64 = 2e7;

const WORKS: [(&str, &str); 4] = [
    (
        "arithmetic loop",
        "local x = 0 for i = 1, N do CHECK x = x + i % 7 end return x",
    ),
    (
        "table loop",
        "local t, x = {}, 0 for i = 1, 100 do t[i] = i end \
         for i = 1, N do CHECK x = x + t[i % 100 + 1] end return x",
    ),
    (
        "string loop",
        "local s, x = ('abc'):rep(50), 0 for i = 1, N do CHECK x = x + s:byte(i % 150 + 1) end return x",
    ),
    (
        "calls",
        "local function f(a) CHECK if a > 5 then return a - 1 end return a + 1 end \
         local x = 1 for i = 1, N do CHECK x = f(x) end return x",
    ),
];

fn main() -> mlua::Result<()> {
    println!(
        "{:<16} {:>9} {:>9} {:>7}",
        "", "plain ns", "counted ns", "ratio"
    );
    for (kind, jit) in [("compiled", "jit.on()"), ("interpreted", "jit.off()")] {
        for (name, text) in WORKS {
            let [plain, counted] = ["", "b = b - 1 if b < 0 then b = check() end"].map(|check| {
                let rounds = if kind == "compiled" {
                    ROUNDS
                } else {
                    ROUNDS / 10.0
                };
                time(jit, &text.replace("CHECK", check), rounds)
            });
            let (plain, counted) = (plain?, counted?);
            let ratio = counted / plain;
            println!("{name:<16} {plain:>9.2} {counted:>9.2} {ratio:>7.2}  {kind}");
        }
    }
    Ok(())
}

/// The check looks at no clock here: that is a call of some 30 ns for each 1000 rounds.
///
/// The fastest of some runs: what disturbs a machine only ever adds time.
fn time(jit: &str, text: &str, rounds: f64) -> mlua::Result<f64> {
    let lua = Lua::new();
    lua.load(jit).exec()?;
    let chunk = format!(
        "local b, checks = 1000, 0 local function check() checks = checks + 1 return 1000 end \
         return function(N) {text} end"
    );
    let run: mlua::Function = lua.load(chunk).eval()?;
    let mut best = f64::INFINITY;
    for _ in 0..7 {
        let start = Instant::now();
        run.call::<f64>(rounds)?;
        best = best.min(start.elapsed().as_secs_f64());
    }
    Ok(best / rounds * 1e9)
}
