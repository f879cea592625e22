//! Does `routes![]` take as many routes as a large service has?

use std::fmt::Write as _;

use crate::support::scratch::{Source, check};

/// A program with this many routes in one `routes![]`, without a warning; each has these methods.
fn with_routes(count: usize, methods: &str) -> Source {
    let mut text = String::from("#![deny(warnings)]\nuse sendoff::{App, handler, routes, send};\n");
    for n in 0..count {
        writeln!(
            text,
            "#[handler({methods} \"/things/{{id}}/of/kind/{n}\")]\nasync fn of_kind_{n}(id: u64) {{ send!(200, id.to_string()); }}"
        )
        .expect("a string");
    }
    let names: Vec<String> = (0..count).map(|n| format!("of_kind_{n}")).collect();
    writeln!(
        text,
        "fn main() {{ let _app: App = App::new(()).routes(routes![{}]); }}",
        names.join(", ")
    )
    .expect("a string");
    Source {
        name: format!("routes_{count}_{}", methods.len()),
        text,
    }
}

#[test]
fn hundreds_of_routes_do_not_reach_a_limit_of_rustc() {
    let programs = [
        with_routes(400, "GET"),
        with_routes(400, "GET | POST | \"PURGE\""),
        with_routes(1000, "GET"),
    ];
    let outcomes = check("many-routes", &programs);
    for (name, outcome) in outcomes {
        let said: String = outcome
            .diagnostics
            .iter()
            .map(|found| &*found.rendered)
            .collect();
        assert!(outcome.accepted && said.is_empty(), "{name}:\n{said}");
    }
}
