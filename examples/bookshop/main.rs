//! A bookshop's JSON API: many routes over several modules, state in memory.

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

rover::app!("examples/bookshop/routes.lua");
