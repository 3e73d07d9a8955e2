//! What `rover.shared` is given while the program loads.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;

use mlua::{Function, Lua, LuaString, Table};
use rover_model::OptionValue;
use rover_model::state::{StoreKind, StoreOptions};

use crate::resources::Resources;
use crate::stores::memory::Memory;
use crate::vm::start::options::option_value;
use crate::vm::state::vm::VmState;

/// `store_open(name, options or nil)`: a store's number, or nil and what is wrong.
pub(crate) fn open(lua: &Lua, shared: &VmState) -> mlua::Result<Function> {
    let resources = Arc::clone(&shared.resources);
    let stores = shared.stores.list();
    lua.create_function(move |_, (name, options): (LuaString, Option<Table>)| {
        let opened = opened(&resources, &stores, &name.to_string_lossy(), options);
        Ok(match opened {
            Ok(number) => (Some(number), None),
            Err(wrong) => (None, Some(wrong)),
        })
    })
}

fn opened(
    resources: &Resources,
    stores: &Rc<RefCell<Vec<Arc<Memory>>>>,
    name: &str,
    options: Option<Table>,
) -> Result<usize, String> {
    let options = options.map(|options| options_of(StoreKind::Shared, options));
    let options = options.transpose()?;
    let store = resources.stores.open(StoreKind::Shared, name, options);
    let store = store.map_err(|wrong| wrong.to_string())?;
    let mut stores = stores.borrow_mut();
    stores.push(store);
    Ok(stores.len())
}

/// The options that a program gives in a table.
pub(crate) fn options_of(kind: StoreKind, options: Table) -> Result<StoreOptions, String> {
    let given = match option_value(&mlua::Value::Table(options), 0) {
        OptionValue::Table(fields) => fields,
        OptionValue::List(list) if list.is_empty() => Vec::new(),
        _ => return Err("the options are named: { max_bytes = \"64MiB\" }".to_owned()),
    };
    StoreOptions::read(kind, &given).map_err(|wrong| wrong.to_string())
}
