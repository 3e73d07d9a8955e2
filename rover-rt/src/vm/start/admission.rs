//! What `rover.rate_limit` and `rover.idempotent` are given while the program loads.

use mlua::{Function, Lua, LuaString, Table, Value};
use rover_model::OptionValue;
use rover_model::admission::{Idempotency, RateLimit};

use crate::admission::limit::Limit;
use crate::vm::start::options::option_value;
use crate::vm::state::vm::VmState;

/// `admission_open(word, options, place)`: a hook's number, or nil and what is wrong.
pub(crate) fn open(lua: &Lua, shared: &VmState) -> mlua::Result<Function> {
    let hooks = shared.admission.clone();
    lua.create_function(
        move |_, (word, options, place): (LuaString, Table, LuaString)| {
            let (word, place) = (word.to_string_lossy(), place.to_string_lossy());
            let given = given(options);
            let opened = given.and_then(|given| match word.as_str() {
                "rate_limit" => {
                    let options = RateLimit::read(&given).map_err(|wrong| wrong.to_string())?;
                    // What the program names is apart from what has its place for a name.
                    let space = match &options.name {
                        Some(name) => format!("={name}"),
                        None => format!("@{place}"),
                    };
                    Ok(hooks.add_limit(Limit::new(options, &space)))
                }
                _ => {
                    let options = Idempotency::read(&given).map_err(|wrong| wrong.to_string())?;
                    Ok(hooks.add_idempotent(options, &place))
                }
            });
            Ok(match opened {
                Ok(number) => (Some(number), None),
                Err(wrong) => (None, Some(wrong)),
            })
        },
    )
}

fn given(options: Table) -> Result<Vec<(String, OptionValue)>, String> {
    match option_value(&Value::Table(options), 0) {
        OptionValue::Table(fields) => Ok(fields),
        OptionValue::List(list) if list.is_empty() => Ok(Vec::new()),
        _ => Err("the options are named: { rate = \"100/min\" }".to_owned()),
    }
}
