//! Does the user's crate know the runtime by another name?
//!
//! Generated code says `::sendoff`, or what `crate = path` says. Where `Cargo.toml` renames the
//! dependency and the option is missing, rustc would only say that there is no such crate, and
//! advise to import a `String`. The manifest is searched, not parsed: that needs no TOML parser, and
//! where it finds nothing rustc still says what it says.

use std::path::Path;
use std::{env, fs};

/// The name that the manifest of the crate being compiled gives to `sendoff`. It is read each time:
/// the process of an editor expands the macros of many crates.
pub(crate) fn renamed() -> Option<String> {
    let folder = env::var_os("CARGO_MANIFEST_DIR")?;
    let manifest = fs::read_to_string(Path::new(&folder).join("Cargo.toml")).ok()?;
    name(&manifest)
}

/// `web` of `web = { package = "sendoff", .. }`, or of `package = "sendoff"` below
/// `[dependencies.web]`, if no dependency is called `sendoff`.
fn name(manifest: &str) -> Option<String> {
    let mut found = None;
    let mut section = "";
    for line in manifest.lines() {
        let line = line.trim();
        if line.starts_with('#') {
            continue;
        }
        if let Some(title) = line.strip_prefix('[') {
            section = title.trim_end_matches(']').trim();
            if section.ends_with("dependencies.sendoff") {
                return None;
            }
            continue;
        }
        if !section.contains("dependencies") {
            continue;
        }
        let key = line.split(['=', '.']).next().unwrap_or_default().trim();
        if section.ends_with("dependencies") && key == "sendoff" {
            return None;
        }
        let plain: String = line.chars().filter(|c| !c.is_whitespace()).collect();
        if !plain.contains("package=\"sendoff\"") {
            continue;
        }
        let name = match section.rsplit_once("dependencies.") {
            Some((_, name)) if key == "package" => name,
            _ => key,
        };
        found = Some(name.trim_matches('"').replace('-', "_"));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::name;

    #[test]
    fn the_name_that_a_manifest_gives() {
        let check = |manifest: &str, expected| assert_eq!(name(manifest).as_deref(), expected);
        let package = "[package]\nname = \"x\"\n";
        let table = "[dependencies]\nmy-web = { version = \"0.1\", package = \"sendoff\" }";
        check(&format!("{package}{table}"), Some("my_web"));
        let section = "[dev-dependencies.web]\npackage = \"sendoff\"";
        check(&format!("{package}{section}"), Some("web"));
        let dotted = "[target.'cfg(unix)'.dependencies]\nweb.package=\"sendoff\"";
        check(dotted, Some("web"));
        check("[dependencies]\nsendoff = \"0.1\"", None);
        check(&format!("{table}\nsendoff = \"0.2\""), None);
        check(
            &format!("{table}\n[dependencies.sendoff]\nversion = \"1\""),
            None,
        );
        check(
            "[package]\nname = \"sendoff\"\n[dependencies]\nsyn = \"3\"",
            None,
        );
        check("[dependencies]\n# web = { package = \"sendoff\" }", None);
    }
}
