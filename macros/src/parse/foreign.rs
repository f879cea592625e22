//! Does a pattern write its parameters as another framework does?
//!
//! `/:id` (axum 0.7, Express, Gin), `/<id>` (Rocket, Flask), `/*rest`, `/{id:[0-9]+}` (actix-web,
//! chi), `/{rest...}` (Go), `/[id]` (Next.js). Taken literally, such a route would answer nothing
//! that its author thinks of.

/// A segment that is no literal, and the whole pattern as it is written here.
pub(super) struct Foreign {
    pub(super) segment: String,
    pub(super) pattern: String,
    /// What the parameter may be was written, too.
    pub(super) is_constrained: bool,
}

/// A parameter, as it is written here.
struct Parameter {
    text: String,
    is_constrained: bool,
}

/// Finds such a segment; the pattern is without its first `/`.
pub(super) fn foreign(path: &str) -> Option<Foreign> {
    let mut found: Option<(String, bool)> = None;
    let mut translated = Vec::new();
    for segment in segments(path) {
        match parameter(&segment) {
            Some(parameter) => {
                let is_constrained = parameter.is_constrained;
                let (_, constrained) = found.get_or_insert((segment, false));
                *constrained |= is_constrained;
                translated.push(parameter.text);
            }
            None => translated.push(segment),
        }
    }
    let (segment, is_constrained) = found?;
    Some(Foreign {
        segment,
        pattern: format!("/{}", translated.join("/")),
        is_constrained,
    })
}

/// The segments; a `/` in braces, as in `{id:[^/]+}`, ends none.
fn segments(path: &str) -> Vec<String> {
    let mut segments = vec![String::new()];
    let mut depth = 0_usize;
    for c in path.chars() {
        match c {
            '{' => depth += 1,
            '}' => depth = depth.saturating_sub(1),
            '/' if depth == 0 => {
                segments.push(String::new());
                continue;
            }
            _ => {}
        }
        if let Some(segment) = segments.last_mut() {
            segment.push(c);
        }
    }
    segments
}

fn parameter(segment: &str) -> Option<Parameter> {
    if let Some(rest) = segment.strip_prefix(':') {
        return behind_a_colon(rest);
    }
    if let Some(rest) = segment.strip_prefix('*') {
        let name = rest.trim_start_matches('*');
        let (name, tail) = split_name(name);
        return tail.is_empty().then(|| written(name, true, false));
    }
    if let Some(inner) = between(segment, '<', '>') {
        return in_angles(inner);
    }
    if let Some(inner) = between(segment, '[', ']') {
        let inner = between(inner, '[', ']').unwrap_or(inner);
        let (name, tail) = split_name(inner.trim_start_matches('.'));
        let is_name = tail.is_empty() && !name.is_empty();
        return is_name.then(|| written(name, inner.starts_with('.'), false));
    }
    in_braces(segment)
}

/// `:id`, `:id?`, `:rest*`, `:id(\d+)`, `:id<\d+>`, `:id.json`
fn behind_a_colon(text: &str) -> Option<Parameter> {
    let (name, tail) = split_name(text);
    if name.is_empty() {
        return None;
    }
    let close = match tail.chars().next() {
        Some('(') => Some(')'),
        Some('<') => Some('>'),
        _ => None,
    };
    let constraint = close.and_then(|close| tail.rsplit_once(close));
    let tail = constraint.map_or(tail, |(_, tail)| tail);
    let marks = ['?', '*', '+'];
    let is_rest = tail.starts_with(['*', '+']);
    let parameter = written(name, is_rest, constraint.is_some());
    Some(Parameter {
        text: parameter.text + tail.trim_start_matches(marks),
        ..parameter
    })
}

/// `<id>`, `<rest..>`, `<int:id>`, `<id:int>`, `<**rest>`
fn in_angles(inner: &str) -> Option<Parameter> {
    const TYPES: [&str; 7] = ["any", "float", "int", "path", "str", "string", "uuid"];
    let (left, right) = match inner.split_once(':') {
        Some((ty, name)) if TYPES.contains(&ty) => (name, Some(ty)),
        Some((name, ty)) => (name, Some(ty)),
        None => (inner, None),
    };
    let name = left.trim_start_matches('*');
    let (name, tail) = split_name(name);
    let is_rest = left.starts_with('*') || tail.starts_with("..") || is_all(right);
    let is_name = tail.trim_start_matches('.').is_empty();
    (is_name && !inner.is_empty()).then(|| written(name, is_rest, right.is_some() && !is_rest))
}

/// `{id:[0-9]+}`, `{id?}`, `{rest...}`, `{**rest}`, and what stands around them
fn in_braces(segment: &str) -> Option<Parameter> {
    let (before, rest) = segment.split_once('{')?;
    let (inner, after) = rest.rsplit_once('}')?;
    if inner.starts_with('{') || before.ends_with('}') {
        return None;
    }
    let inner = inner.strip_prefix("r#").unwrap_or(inner);
    let is_raw = rest.starts_with("r#");
    let name = inner.trim_start_matches(['*', '+', ':']);
    let marks = inner.strip_suffix(name).unwrap_or_default();
    let (name, tail) = split_name(name);
    let is_ours = matches!(marks, "" | "*") && tail.is_empty() && !is_raw;
    let is_known = tail.is_empty() || tail.starts_with([':', '|', '?', '=', '.', '<', '(']);
    if is_ours || !is_known || name.is_empty() {
        return None;
    }
    let constraint = tail.strip_prefix([':', '|']);
    let is_rest = marks.contains(['*', '+']) || tail.starts_with("..") || is_all(constraint);
    let parameter = written(name, is_rest, constraint.is_some() && !is_rest);
    Some(Parameter {
        text: format!("{before}{}{after}", parameter.text),
        ..parameter
    })
}

/// Does a constraint say that the rest of the path is meant?
fn is_all(constraint: Option<&str>) -> bool {
    matches!(constraint, Some("path" | ".*" | ".+" | "*" | ".*?"))
}

fn between(text: &str, open: char, close: char) -> Option<&str> {
    text.strip_prefix(open)?.strip_suffix(close)
}

/// The name at the beginning of a text, and what is behind it.
fn split_name(text: &str) -> (&str, &str) {
    let is_first = |c: char| c.is_alphabetic() || c == '_';
    if !text.starts_with(is_first) {
        return ("", text);
    }
    let end = text.find(|c: char| !(c.is_alphanumeric() || c == '_' || c == '-'));
    end.and_then(|end| text.split_at_checked(end))
        .unwrap_or((text, ""))
}

fn written(name: &str, is_rest: bool, is_constrained: bool) -> Parameter {
    let name = match name {
        "" if is_rest => "rest".to_owned(),
        "" | "_" => "name".to_owned(),
        name => name.replace('-', "_"),
    };
    let star = if is_rest { "*" } else { "" };
    Parameter {
        text: format!("{{{star}{name}}}"),
        is_constrained,
    }
}

#[cfg(test)]
mod tests {
    use super::foreign;

    fn check(path: &str, expected: Option<&str>) {
        let found = foreign(path).map(|foreign| foreign.pattern);
        assert_eq!(found.as_deref(), expected, "{path}");
    }

    #[test]
    fn the_parameters_of_others_are_translated() {
        for (path, expected) in [
            ("users/:id", "/users/{id}"),
            ("users/:id?", "/users/{id}"),
            (r"users/:id(\d+)", "/users/{id}"),
            (r"users/:id<\d+>/x", "/users/{id}/x"),
            ("users/:user-id.json", "/users/{user_id}.json"),
            (":rest*", "/{*rest}"),
            ("*rest", "/{*rest}"),
            ("static/*", "/static/{*rest}"),
            ("**", "/{*rest}"),
            ("users/<id>", "/users/{id}"),
            ("users/<int:id>", "/users/{id}"),
            ("users/<id:int>", "/users/{id}"),
            ("<rest..>", "/{*rest}"),
            ("<path:rest>", "/{*rest}"),
            ("<_..>", "/{*name}"),
            ("<**rest>", "/{*rest}"),
            ("{id:[0-9]+}", "/{id}"),
            ("{id:[0-9]{2}}", "/{id}"),
            ("{id:[^/]+}/x", "/{id}/x"),
            ("img-{id:u64}.png", "/img-{id}.png"),
            ("{tail:.*}", "/{*tail}"),
            ("{file:path}", "/{*file}"),
            ("{rest...}", "/{*rest}"),
            ("{**rest}", "/{*rest}"),
            ("{id?}", "/{id}"),
            ("{r#type}", "/{type}"),
            ("[id]/[...rest]", "/{id}/{*rest}"),
        ] {
            check(path, Some(expected));
        }
    }

    #[test]
    fn what_is_no_parameter_stays() {
        for path in [
            "",
            "users/{id}",
            "files/{*rest}",
            "{id}:verb",
            "v1:batch",
            "v1/:",
            "a*b",
            "*.js",
            ":1",
            "{{id:5}}",
            "{{a}}{b}",
            "{a b}",
            "{}",
            "<>",
            "[]",
        ] {
            check(path, None);
        }
    }
}
