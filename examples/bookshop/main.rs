//! A bookshop's JSON API: many routes over several modules, state in memory.

rover::app!("examples/bookshop/routes.lua");
