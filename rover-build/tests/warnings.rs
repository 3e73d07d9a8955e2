//! What the compiler warns of, and goes on.

use std::path::Path;

#[test]
fn a_global_that_only_a_handler_writes() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/warnings");
    let compiled = rover_build::compile_file(&folder.join("routes.lua")).expect("it compiles");
    let expected = [
        "tests/warnings/lib/store.lua:4:3: `last` is a global that nothing declares \
         (write `local last`, or declare it outside of functions: `last = nil`)",
        "tests/warnings/routes.lua:6:3: `found` is a global that nothing declares \
         (write `local found`, or declare it outside of functions: `found = nil`)",
    ];
    let mut warnings = compiled.warnings;
    warnings.sort();
    assert_eq!(warnings, expected);
    let items = rover_build::warnings(&warnings).to_string();
    assert!(items.contains("deprecated"), "{items}");
}
