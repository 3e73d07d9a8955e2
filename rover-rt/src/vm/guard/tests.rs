use mlua::Lua;

use crate::vm::guard::{check, in_place, made};
use crate::vm::native::register::{Entry, register};
use crate::vm::state::vm::VmState;

/// Outside of a request they have nothing to check, which is a panic.
#[test]
fn natives_of_schemas_are_contained() {
    let shared = Box::new(VmState::bare());
    let lua = Lua::new();
    let natives = lua.create_table().unwrap();
    for functions in [
        &check::FUNCTIONS[..],
        &in_place::FUNCTIONS,
        &made::FUNCTIONS,
    ] {
        let by = Entry::Contained;
        register(&lua, &shared, &natives, &natives, functions, by).unwrap();
    }
    for name in ["expect", "check_in_place", "in_place_value", "guard_expect"] {
        // As a request begins.
        shared.panics.forget();
        shared.running.deadline.begin(0);
        let call = "local f = ... return select(2, pcall(f, 0, {}, 0))";
        let f: mlua::Function = natives.get(name).unwrap();
        let message: String = lua.load(call).call(f).unwrap();
        assert_eq!(message, "the runtime panicked", "{name}");
        assert!(shared.panics.have_happened(), "{name}");
    }
}
