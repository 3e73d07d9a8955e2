//! Rover's own server in `page`.

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

rover::app!("page/routes.lua");
