//! What `rover.shared` and `rover.cache` are given while the program loads.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;

use mlua::{Function, Lua, LuaString, Table};
use rover_model::OptionValue;
use rover_model::state::{StoreKind, StoreOptions};

use crate::stores::registry::{OtherOptions, Stores};
use crate::vm::start::options::option_value;
use crate::vm::state::stores::Names;
use crate::vm::state::vm::VmState;

/// Puts `store_open(name, options or nil)` and `cache_open` among the natives: the number of what has that name, or nil
/// and what is wrong.
pub(crate) fn install(lua: &Lua, shared: &VmState, natives: &Table) -> mlua::Result<()> {
    let stores = shared.stores.list();
    let open = opens(lua, shared, StoreKind::Shared, stores, Stores::shared)?;
    natives.set("store_open", open)?;
    let caches = shared.stores.caches();
    let open = opens(lua, shared, StoreKind::Cache, caches, Stores::cache)?;
    natives.set("cache_open", open)
}

type Open<T> = fn(&Stores, &str, Option<StoreOptions>) -> Result<Arc<T>, OtherOptions>;

fn opens<T: 'static>(
    lua: &Lua,
    shared: &VmState,
    kind: StoreKind,
    (list, names): (Rc<RefCell<Vec<Arc<T>>>>, Names),
    open: Open<T>,
) -> mlua::Result<Function> {
    let resources = Arc::clone(&shared.resources);
    lua.create_function(move |_, (name, options): (LuaString, Option<Table>)| {
        let text = name.to_string_lossy();
        let options = options.map(|options| options_of(kind, options)).transpose();
        let opened = options.and_then(|options| {
            let opened = open(&resources.stores, &text, options);
            opened.map_err(|wrong| wrong.to_string())
        });
        Ok(match opened {
            Ok(opened) => {
                let mut list = list.borrow_mut();
                list.push(opened);
                names.borrow_mut().push(text);
                (Some(list.len()), None)
            }
            Err(wrong) => (None, Some(wrong)),
        })
    })
}

/// The options that a program gives in a table.
fn options_of(kind: StoreKind, options: Table) -> Result<StoreOptions, String> {
    let given = match option_value(&mlua::Value::Table(options), 0) {
        OptionValue::Table(fields) => fields,
        OptionValue::List(list) if list.is_empty() => Vec::new(),
        _ => return Err("the options are named: { max_bytes = \"64MiB\" }".to_owned()),
    };
    StoreOptions::read(kind, &given).map_err(|wrong| wrong.to_string())
}
