//! The binary `mulin`: one program is the server, its background work and its command line.

use std::process::ExitCode;

// For SQLite too: the library takes the place of malloc.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    server::command_line::run()
}
