//! The walls of ARCHITECTURE.md as checks that fail. Each takes the sources it looks at, so that its test can hand it
//! a broken house.

mod architecture;
mod crates;
mod errors_page;
mod files;
mod graph;
mod rust_code;
mod rust_cycles;
mod rust_paths;
mod sources;
mod tree;
mod ui_imports;

pub use tree::every_file_below;

use crate::place;

/// Runs all of them and names every breach.
pub fn run() -> Result<(), String> {
    let tree = tree::Tree::read(&place::root())?;
    let manifests = crates::Manifests::read()?;
    let (too_long, questions) = files::check(&tree);
    for question in questions {
        println!("note: {question}");
    }
    let breaches = [
        crates::check(&manifests)?,
        architecture::check(&tree, &manifests),
        too_long,
        sources::check(&tree),
        rust_cycles::check(&tree),
        ui_imports::check(&tree),
        errors_page::check(&tree),
    ]
    .concat();
    if breaches.is_empty() {
        println!("all walls stand");
        return Ok(());
    }
    Err(format!("{} breaches:\n  {}", breaches.len(), breaches.join("\n  ")))
}
