//! JSON in, judged by JSONTestSuite's files.
#![allow(clippy::unwrap_used)]

use std::path::{Path, PathBuf};

use rover_tests::programs::json_in;

/// Of the texts that the suite leaves open, those that are read: numbers with more digits
/// than a double has, or nearer to zero than all of them. Not read are numbers beyond all
/// doubles, halves of surrogate pairs, byte order marks, other encodings than UTF-8, and
/// 500 levels.
const READ: [&str; 5] = [
    "i_number_double_huge_neg_exp.json",
    "i_number_real_underflow.json",
    "i_number_too_big_neg_int.json",
    "i_number_too_big_pos_int.json",
    "i_number_very_big_negative_int.json",
];

/// Where the suite's files are, `ROVER_JSON_CORPUS` or beside the project.
fn corpus() -> PathBuf {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/corpora/json");
    std::env::var_os("ROVER_JSON_CORPUS").map_or(beside, PathBuf::from)
}

#[test]
fn texts_of_json_test_suite() {
    let folder = corpus();
    let Ok(files) = std::fs::read_dir(&folder) else {
        eprintln!("skipped: no JSONTestSuite in {}", folder.display());
        return;
    };
    let app = json_in::app().log_level(rover::LogLevel::Off);
    let client = app.client().unwrap();
    let mut wrong = Vec::new();
    let mut seen = 0;
    for file in files {
        let file = file.unwrap().path();
        let name = file.file_name().unwrap().to_string_lossy().into_owned();
        let good = name.starts_with("y_") || READ.contains(&name.as_str());
        if file.extension() != Some("json".as_ref()) {
            continue;
        }
        seen += 1;
        let text = std::fs::read(&file).unwrap();
        let answer = client.post("/echo").body(text).send().unwrap();
        if answer.status() != if good { 200 } else { 400 } {
            wrong.push(format!("{name}: {}", answer.text()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(seen > 300, "only {seen} texts in {}", folder.display());
}
