//! Every build error, as it is printed. A case is a manifest in `errors/` and the text
//! beside it; `ROVER_BLESS=1` writes the texts anew.

use std::fs;
use std::path::{Path, PathBuf};

fn manifests() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/errors");
    let files = fs::read_dir(folder).expect("the folder of cases");
    let mut files: Vec<PathBuf> = files
        .map(|entry| entry.expect("a readable entry").path())
        .filter(|path| path.extension().is_some_and(|e| e == "lua"))
        .collect();
    files.sort();
    files
}

#[test]
fn errors_are_printed_as_expected() {
    let bless = std::env::var_os("ROVER_BLESS").is_some();
    let mut differences = Vec::new();
    for manifest in manifests() {
        let failure = match rover_build::compile_file(&manifest) {
            Ok(_) => {
                differences.push(format!("{} compiled", manifest.display()));
                continue;
            }
            Err(failure) => format!("{failure}\n"),
        };
        let file = manifest.with_extension("txt");
        if bless {
            fs::write(&file, &failure).expect("a writable case");
        }
        let expected = fs::read_to_string(&file).unwrap_or_default();
        if failure != expected {
            let name = manifest.display();
            differences.push(format!(
                "{name}\n--- expected\n{expected}--- printed\n{failure}"
            ));
        }
    }
    assert!(differences.is_empty(), "{}", differences.join("\n"));
    assert!(manifests().len() > 20);
}
