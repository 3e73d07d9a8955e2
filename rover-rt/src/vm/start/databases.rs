//! What `rover.db` is given while the program loads, and migrations.

use std::rc::Rc;

use mlua::{Function, Lua, LuaString, Table};
use rover_model::OptionValue;
use rover_model::database::DatabaseOptions;
use rover_model::plan::Migration;
use rover_model::sql::Dialect;

use crate::database::migrate::{Applied, Needed};
use crate::database::registry::DatabaseSettings;
use crate::error::Error;
use crate::vm::run::vm::Vm;
use crate::vm::start::options::option_value;
use crate::vm::state::databases::Opened;
use crate::vm::state::vm::VmState;

/// `db_open(url, options, place)`: a database's number, or nil and what is wrong.
pub(crate) fn open(lua: &Lua, shared: &VmState) -> mlua::Result<Function> {
    let databases = Rc::clone(&shared.databases);
    lua.create_function(
        move |_, (url, options, place): (LuaString, Table, LuaString)| {
            let url = url.to_string_lossy();
            let settings = match settings(url, &options) {
                Ok(settings) => settings,
                Err(wrong) => return Ok((None, Some(wrong))),
            };
            let number = databases.add(settings, place.to_string_lossy());
            Ok((Some(number), None))
        },
    )
}

fn settings(url: String, options: &Table) -> Result<DatabaseSettings, String> {
    let given = match option_value(&mlua::Value::Table(options.clone()), 0) {
        OptionValue::Table(fields) => fields,
        OptionValue::List(list) if list.is_empty() => Vec::new(),
        _ => return Err("the options are named: { max_connections = 10 }".to_owned()),
    };
    if Dialect::of_url(&url).is_none() {
        return Err("an address begins with `sqlite:` or `postgres://`".to_owned());
    }
    let options = DatabaseOptions::read(&given).map_err(|wrong| wrong.to_string())?;
    Ok(DatabaseSettings { url, options })
}

impl Vm {
    /// Applies the migrations that the program's databases need, once for the process.
    ///
    /// # Errors
    /// When a database cannot be reached, or refuses one.
    pub(crate) fn migrate(&self) -> Result<Applied, Error> {
        let mut all = Applied::default();
        for (opened, has_sessions) in self.shared.databases.all() {
            let files = self.migrations(&opened)?;
            if files.is_none() && !has_sessions {
                continue;
            }
            let needs = Needed {
                files: files.unwrap_or_default(),
                sessions: has_sessions,
            };
            let databases = &self.shared.resources.databases;
            let applied = databases.migrate(&opened.settings, needs);
            let applied = applied.map_err(|error| failed(&opened, &error.message))?;
            all.names.extend(applied.names);
            all.later.extend(applied.later);
        }
        Ok(all)
    }

    /// What is known of each migration: its file, and what became of it.
    ///
    /// # Errors
    /// When a database cannot be reached.
    pub(crate) fn migration_states(&self) -> Result<Vec<(String, &'static str)>, Error> {
        let mut states = Vec::new();
        for (opened, _) in self.shared.databases.all() {
            let files = self.migrations(&opened)?.unwrap_or_default();
            let databases = &self.shared.resources.databases;
            let known = databases.migrations(&opened.settings);
            let known = known.map_err(|error| failed(&opened, &error.message))?;
            states.extend(files.iter().map(|file| {
                let applied = known.iter().find(|known| known.number == file.number);
                let state = match applied {
                    None => "missing",
                    Some(known) if *known.checksum == *file.checksum => "applied",
                    Some(_) => "changed after it was applied",
                };
                (file.name.to_string(), state)
            }));
            let of_others = known
                .into_iter()
                .filter(|known| files.iter().all(|file| file.number != known.number));
            states.extend(of_others.map(|known| (known.name, "applied, not in this program")));
        }
        Ok(states)
    }

    /// The migrations of a database; nothing where the program names none.
    pub(crate) fn migrations(
        &self,
        opened: &Opened,
    ) -> Result<Option<&'static [Migration]>, Error> {
        let dialect = opened.settings.dialect();
        let dialect = dialect.map_err(|error| failed(opened, &error.message))?;
        let Some(folder) = opened.settings.options.migrations(dialect) else {
            return Ok(None);
        };
        let mut folders = self.shared.program.plan.migrations.iter();
        match folders.find(|known| known.folder == folder) {
            Some(found) => Ok(Some(&found.files)),
            None => Err(failed(
                opened,
                &format!(
                    "the migrations in `{folder}` are not part of the program: name the folder in the build, too"
                ),
            )),
        }
    }
}

/// A database that cannot be used, with the line of the call.
pub(crate) fn failed(opened: &Opened, message: &str) -> Error {
    Error::Load(format!("{}rover.db: {message}", opened.place))
}
