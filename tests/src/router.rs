//! A router that looks at every route, for the compiled one to agree with.

/// How well a route's path fits, segment by segment: literal, parameter, rest.
fn fit(route: &[&str], path: &[String]) -> Option<Vec<u8>> {
    let mut kinds = Vec::new();
    for (at, key) in route.iter().enumerate() {
        let segment = path.get(at)?;
        if key.starts_with("rest_") {
            let rest = path[at..].join("/");
            kinds.push(2);
            return (!rest.is_empty()).then_some(kinds);
        }
        if key.starts_with("p_") {
            kinds.push(1);
            if segment.is_empty() {
                return None;
            }
        } else {
            kinds.push(0);
            if segment != key {
                return None;
            }
        }
    }
    (route.len() == path.len()).then_some(kinds)
}

/// Of all routes that fit, the one whose first difference is the more literal.
pub fn naive<'a>(routes: &[&'a str], method: &str, path: &[String]) -> Option<&'a str> {
    let fitting = routes.iter().filter_map(|route| {
        let keys: Vec<&str> = route.split('.').collect();
        let (last, keys) = keys.split_last()?;
        let kinds = (*last == method).then(|| fit(keys, path))??;
        Some((kinds, *route))
    });
    fitting.min().map(|(_, route)| route)
}
