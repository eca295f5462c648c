//! Embeds the window's files and settings; stops with the command to run where they have not been built.

fn main() {
    println!("cargo:rerun-if-changed=src-tauri/capabilities");
    // Without this line a new file in ui/dist would not be embedded.
    println!("cargo:rerun-if-changed=ui/dist");
    assert!(
        std::path::Path::new("ui/dist/index.html").is_file(),
        "the window is not built: run `npm ci && npm run build` in ui/, or `cargo xtask demo`, which does it"
    );
    let attributes = tauri_build::Attributes::new().capabilities_path_pattern("src-tauri/capabilities/**/*");
    if let Err(error) = tauri_build::try_build(attributes) {
        panic!("tauri-build: {error:#}");
    }
}
