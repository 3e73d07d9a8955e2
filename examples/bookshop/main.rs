//! A bookshop's JSON API: many routes over several modules, and a database.

rover::app!("examples/bookshop/routes.lua");
