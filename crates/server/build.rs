//! The web's built files are embedded: the folder must be there, and a new build of it makes a new binary.

use std::path::Path;

fn main() {
    let dist = Path::new(&std::env::var("CARGO_MANIFEST_DIR").expect("cargo sets it")).join("../../web/dist");
    // Without a built web the server still compiles; its pages then come without their look.
    std::fs::create_dir_all(&dist).expect("web/dist can be made");
    println!("cargo:rerun-if-changed={}", dist.display());
}
