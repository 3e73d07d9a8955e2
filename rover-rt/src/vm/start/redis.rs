//! What `rover.redis` is given while the program loads.

use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use mlua::{Function, Lua, LuaString, Table};
use rover_model::OptionValue;
use rover_model::redis::{RedisAddress, RedisOptions};

use crate::redis::connection::RedisSettings;
use crate::redis::worker::Worker;
use crate::tls::{self, Trust};
use crate::vm::start::options::option_value;
use crate::vm::state::vm::VmState;

/// `redis_open(url, options)`: a server's number, or nil and what is wrong.
pub(crate) fn open(lua: &Lua, shared: &VmState) -> mlua::Result<Function> {
    let known = Rc::clone(&shared.redis);
    lua.create_function(move |_, (url, options): (LuaString, Table)| {
        match settings(&url.to_string_lossy(), &options) {
            Ok(settings) => {
                let mut known = known.borrow_mut();
                known.push(Worker::new(Arc::new(settings)));
                Ok((Some(known.len()), None))
            }
            Err(wrong) => Ok((None, Some(wrong))),
        }
    })
}

fn settings(url: &str, options: &Table) -> Result<RedisSettings, String> {
    let given = match option_value(&mlua::Value::Table(options.clone()), 0) {
        OptionValue::Table(fields) => fields,
        OptionValue::List(list) if list.is_empty() => Vec::new(),
        _ => return Err("the options are named: { timeout = \"2s\" }".to_owned()),
    };
    let options = RedisOptions::read(&given).map_err(|wrong| wrong.to_string())?;
    let trust = Trust::new(options.verify, options.ca.as_deref().map(str::as_bytes));
    tls::check(&trust).map_err(|wrong| wrong.message)?;
    Ok(RedisSettings {
        address: RedisAddress::parse(url).map_err(|wrong| wrong.to_string())?,
        trust,
        patience: Duration::from_millis(options.timeout.into()),
    })
}
