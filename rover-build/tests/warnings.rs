//! What the compiler warns of, and goes on.

use std::path::Path;

fn warnings_of(manifest: &str) -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/warnings");
    let compiled = rover_build::compile_file(&folder.join(manifest)).expect("it compiles");
    let mut warnings = compiled.warnings.lines();
    warnings.sort();
    warnings
}

#[test]
fn a_global_that_only_a_handler_writes() {
    let expected = [
        "tests/warnings/lib/store.lua:4:3: R0806: `last` is a global that nothing declares \
         (write `local last`, or declare it outside of functions: `last = nil`)",
        "tests/warnings/routes.lua:6:3: R0806: `found` is a global that nothing declares \
         (write `local found`, or declare it outside of functions: `found = nil`)",
    ];
    let mut warnings = warnings_of("routes.lua");
    warnings.retain(|warning| warning.contains("is a global"));
    assert_eq!(warnings, expected);
    let items = rover_build::warnings(&warnings).to_string();
    assert!(items.contains("deprecated"), "{items}");
}

/// State that handlers write and every worker has for itself: one warning for each name, and
/// none where a comment says that it is meant, of weak tables, and of one worker.
#[test]
fn state_of_one_worker() {
    let warnings = warnings_of("routes.lua");
    let state: Vec<(&str, &str)> = warnings
        .iter()
        .filter(|warning| warning.contains("is one worker's own"))
        .filter_map(|warning| {
            let (place, rest) = warning.split_once(": R0807: `")?;
            Some((place, rest.split_once('`')?.0))
        })
        .collect();
    let expected = [
        ("tests/warnings/lib/store.lua:5:3", "total"),
        ("tests/warnings/routes.lua:18:16", "names"),
        ("tests/warnings/routes.lua:19:3", "store.last_name"),
        ("tests/warnings/routes.lua:24:3", "visits"),
        ("tests/warnings/routes.lua:5:3", "count"),
    ];
    assert_eq!(state, expected);
    let visits = warnings
        .iter()
        .find(|w| w.contains("`visits`"))
        .expect("a warning");
    assert_eq!(
        visits,
        "tests/warnings/routes.lua:24:3: R0807: `visits` is one worker's own: requests that another \
         worker answers do not see what is written here (keep it in a store of all workers, \
         `rover.shared \"name\"`, or write `workers = 1` in rover.server, or, where it is meant, \
         `-- rover: per-worker` above its declaration, line 10)"
    );
    assert_eq!(warnings_of("one_worker.lua"), Vec::<String>::new());
}

/// A program that starts only where a variable is not set.
#[test]
fn a_route_that_only_some_environments_have() {
    assert_eq!(
        warnings_of("environment.lua"),
        [
            "tests/warnings/environment.lua:6:1: R0211: `api.debug.get` depends on the environment: \
             the program starts only where it is as in the build (routes are compiled, so they are \
             the same wherever the program runs. Define it always, and decide in its function: \
             `if not os.getenv \"DEBUG\" then return api.error(404, \"Not Found\") end`)"
        ]
    );
}
