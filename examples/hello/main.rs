//! The program of the README: `routes.lua` is all there is to it.

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

rover::app!("examples/hello/routes.lua");
