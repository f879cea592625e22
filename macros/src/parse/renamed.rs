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
    let folder = Path::new(&folder);
    let manifest = fs::read_to_string(folder.join("Cargo.toml")).ok()?;
    let name = name(&manifest)?;
    let roots = ["src/lib.rs", "src/main.rs"].map(|root| fs::read_to_string(folder.join(root)));
    let is_sendoff = |root: &String| gives_back(root, &name);
    let has_its_name = roots.iter().flatten().any(is_sendoff);
    (!has_its_name).then_some(name)
}

/// `extern crate web as sendoff;`, at the root of a crate.
fn gives_back(root: &str, name: &str) -> bool {
    let alias = format!("extern crate {name} as sendoff;");
    root.lines()
        .any(|line| line.trim_start().ends_with(&alias) && !line.trim_start().starts_with('/'))
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
    use super::{gives_back, name};

    #[test]
    fn a_root_may_give_the_name_back() {
        assert!(gives_back(
            "//! It.\n\nextern crate my_web as sendoff;\n",
            "my_web"
        ));
        assert!(gives_back("pub extern crate my_web as sendoff;", "my_web"));
        assert!(!gives_back("// extern crate my_web as sendoff;", "my_web"));
        assert!(!gives_back("extern crate web as sendoff;", "my_web"));
    }

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
