//! Where are files, whole ones and others?

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tempfile::NamedTempFile;

/// A folder of two: what is served is never half a file.
#[derive(Clone)]
pub(crate) struct Folder(Arc<Path>);

impl Folder {
    /// Makes the folder, or clears up what a crash has left in it.
    pub(crate) fn open(path: &Path) -> io::Result<Self> {
        let folder = Folder(path.into());
        fs::create_dir_all(folder.kept())?;
        fs::remove_dir_all(folder.arriving()).or_else(|fault| match fault.kind() {
            io::ErrorKind::NotFound => Ok(()),
            _ => Err(fault),
        })?;
        fs::create_dir(folder.arriving())?;
        Ok(folder)
    }

    pub(crate) fn kept(&self) -> PathBuf {
        self.0.join("kept")
    }

    fn arriving(&self) -> PathBuf {
        self.0.join("arriving")
    }

    /// A file that is removed when it is dropped, on whatever way out.
    pub(crate) fn begin(&self) -> io::Result<NamedTempFile> {
        NamedTempFile::new_in(self.arriving())
    }

    /// Gives the file a name that no other has.
    pub(crate) fn keep(&self, file: NamedTempFile, name: &str) -> io::Result<()> {
        file.persist_noclobber(self.kept().join(name))?;
        Ok(())
    }

    /// The names of all files.
    pub(crate) fn names(&self) -> io::Result<Vec<String>> {
        let mut names = Vec::new();
        for entry in fs::read_dir(self.kept())? {
            names.extend(entry?.file_name().into_string());
        }
        names.sort_unstable();
        Ok(names)
    }
}

/// Is this a name and not a path? ASCII, so that it is the same on every system and in a URL.
pub(crate) fn is_plain(name: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    (1..=100).contains(&name.len()) && !name.starts_with('.') && name.bytes().all(is_plain)
}
