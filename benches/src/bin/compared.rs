//! Rover's own server in the comparison.

rover::app!("compare/routes.lua");

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;
