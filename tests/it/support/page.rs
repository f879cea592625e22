//! Is a table in `docs/` what the tests say?

use std::path::{Path, PathBuf};

/// Fails unless the table after `<!-- table: NAME -->` has these rows; with `UPDATE_EXPECT=1`
/// writes them there.
#[track_caller]
pub(crate) fn check_table(page: &str, name: &str, rows: &[String]) {
    let path: PathBuf = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../docs")
        .join(page);
    let text = std::fs::read_to_string(&path).expect(page);
    let mark = format!("<!-- table: {name} -->\n");
    let (before, rest) = text
        .split_once(&mark)
        .unwrap_or_else(|| panic!("docs/{page} has no `{}`", mark.trim_end()));
    let mut lines = rest.split_inclusive('\n');
    let head: String = lines.by_ref().take(2).collect();
    let found: String = lines.take_while(|line| line.starts_with('|')).collect();
    let expected: String = rows.iter().map(|row| format!("{row}\n")).collect();
    if found == expected {
        return;
    }
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        let after = &rest[head.len() + found.len()..];
        let text = [before, &mark, &head, &expected, after].concat();
        std::fs::write(&path, text).expect(page);
        return;
    }
    panic!("the table `{name}` of docs/{page} is to be (UPDATE_EXPECT=1 writes it):\n{expected}");
}
