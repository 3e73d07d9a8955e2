//! Sets of routes such as APIs have them: of every five, three are static and two have
//! one or two parameters.

/// The paths, with parameters as `{name}`; all are GET.
pub fn paths(count: usize) -> Vec<String> {
    const ENDS: [&str; 5] = ["", "/recent", "/stats/daily", "/{id}", "/{id}/parts/{part}"];
    (0..count)
        .map(|at| format!("/api/resource{}{}", at / ENDS.len(), ENDS[at % ENDS.len()]))
        .collect()
}

/// A manifest with these routes, each with a small handler.
pub fn manifest(count: usize) -> String {
    let mut text = "local api = rover.server {}\n".to_owned();
    for path in paths(count) {
        let keys: Vec<String> = path[1..]
            .split('/')
            .map(|segment| segment.replace('{', "p_").replace('}', ""))
            .collect();
        text += &format!(
            "function api.{}.get(ctx)\n  local q = ctx:query()\n  return {{ path = ctx.path, page = q.page, params = ctx:params() }}\nend\n",
            keys.join(".")
        );
    }
    text + "return api\n"
}
