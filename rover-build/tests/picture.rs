//! The README's picture of a build error is what the compiler prints for `errors/readme.lua`.
//! `ROVER_BLESS=1` draws it anew.

use std::fmt::Write;
use std::fs;
use std::path::Path;

const LINE: usize = 19;
const RED: &str = "#f47067";
const BLUE: &str = "#6cb6ff";
const PLAIN: &str = "#cdd9e5";

/// A line's parts with their colours.
fn coloured(line: &str) -> Vec<(&str, &'static str)> {
    if line.starts_with("error") {
        let (code, message) = line.split_at(line.find(':').unwrap_or(line.len()));
        return vec![(code, RED), (message, PLAIN)];
    }
    if line.trim_start().starts_with("-->") {
        return vec![(line, BLUE)];
    }
    let gutter = line.find('|').map_or(0, |at| at + 1);
    let (gutter, rest) = match line.trim_start().starts_with('=') {
        true => line.split_at(line.find(':').map_or(0, |at| at + 1)),
        false => line.split_at(gutter),
    };
    let marks = rest.trim_start().starts_with('^');
    vec![(gutter, BLUE), (rest, if marks { RED } else { PLAIN })]
}

fn picture(text: &str) -> String {
    let lines: Vec<&str> = text.lines().collect();
    let longest = lines.iter().map(|line| line.chars().count()).max();
    let (width, height) = (longest.unwrap_or(0) * 8 + 40, lines.len() * LINE + 32);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
         viewBox=\"0 0 {width} {height}\" font-family=\"ui-monospace, Menlo, Consolas, monospace\" \
         font-size=\"13\">\n<rect width=\"100%\" height=\"100%\" rx=\"8\" fill=\"#22272e\"/>\n"
    );
    for (number, line) in lines.iter().enumerate() {
        let y = number * LINE + 30;
        write!(svg, "<text x=\"20\" y=\"{y}\" xml:space=\"preserve\">").expect("a string takes it");
        for (part, colour) in coloured(line) {
            let part = part.replace('&', "&amp;").replace('<', "&lt;");
            write!(svg, "<tspan fill=\"{colour}\">{part}</tspan>").expect("a string takes it");
        }
        svg.push_str("</text>\n");
    }
    svg + "</svg>\n"
}

#[test]
fn the_readme_shows_what_is_printed() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let text = fs::read_to_string(root.join("tests/errors/readme.txt")).expect("the case");
    let drawn = picture(&text.replace("tests/errors/readme.lua", "routes.lua"));
    let file = root.join("../docs/build-error.svg");
    if std::env::var_os("ROVER_BLESS").is_some() {
        fs::write(&file, &drawn).expect("a writable picture");
    }
    let kept = fs::read_to_string(&file).unwrap_or_default();
    assert!(kept == drawn, "{} is not what is printed", file.display());
}
