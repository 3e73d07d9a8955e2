//! The folders of migrations that `rover.db` names, and their files.

use std::fs;
use std::path::{Path, PathBuf};

use rover_model::plan::{Migration, MigrationFolder};
use rover_model::sql::Dialect;
use sha2::{Digest, Sha256};

use crate::collect::databases::Database;
use crate::diagnostic::codes::sql::migrations as codes;
use crate::diagnostic::{Diagnostic, Position};
use crate::front::load::{OtherFile, Sources};
use crate::front::template_files::shown;

/// What the folders hold.
#[derive(Default)]
pub(crate) struct Migrations {
    pub(crate) folders: Vec<MigrationFolder>,
    /// The files, in the same order.
    pub(crate) paths: Vec<PathBuf>,
    pub(crate) diagnostics: Vec<Diagnostic>,
}

impl Migrations {
    /// Reads the folders, which stand beside the manifest.
    pub(crate) fn read(sources: &Sources, beside: &Path, databases: &[Database]) -> Self {
        let mut found = Migrations::default();
        for database in databases {
            for dialect in [Dialect::Sqlite, Dialect::Postgres] {
                if let Some(folder) = database.options.migrations(dialect) {
                    let said = named(sources, &database.position, folder);
                    found.folder(beside, folder, &said);
                }
            }
        }
        found
    }

    fn folder(&mut self, beside: &Path, folder: &str, said: &Position) {
        if self.folders.iter().any(|known| known.folder == folder) {
            return;
        }
        let mut components = Path::new(folder).components();
        let inside = components.all(|part| matches!(part, std::path::Component::Normal(_)));
        if !inside {
            self.diagnostics.push(codes::outside(said.clone(), folder));
            return;
        }
        let entries = match fs::read_dir(beside.join(folder)) {
            Ok(entries) => entries,
            Err(error) => {
                let diagnostic = codes::unreadable(said.clone(), folder, &error);
                self.diagnostics.push(diagnostic);
                return;
            }
        };
        let names = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
        let mut names: Vec<String> = names.filter(|name| name.ends_with(".sql")).collect();
        names.sort();
        let mut files: Vec<(Migration, PathBuf)> = Vec::new();
        for name in names {
            let path = beside.join(folder).join(&name);
            match (number(&name), fs::read_to_string(&path)) {
                (None, _) => self
                    .diagnostics
                    .push(codes::name(said.clone(), folder, &name)),
                (_, Err(error)) => {
                    let file = format!("{folder}/{name}");
                    let diagnostic = codes::unreadable(said.clone(), &file, &error);
                    self.diagnostics.push(diagnostic);
                }
                (Some(number), Ok(sql)) => files.push((
                    Migration {
                        number,
                        name: name.into(),
                        checksum: checksum(&sql).into(),
                        sql: sql.into(),
                    },
                    path,
                )),
            }
        }
        files.sort_by_key(|(file, _)| file.number);
        for pair in files.windows(2) {
            let [(first, _), (second, _)] = pair else {
                continue;
            };
            if first.number == second.number {
                let diagnostic = codes::twice(said.clone(), folder, &first.name, &second.name);
                self.diagnostics.push(diagnostic);
            }
        }
        let (files, paths): (Vec<_>, Vec<_>) = files.into_iter().unzip();
        self.paths.extend(paths);
        self.folders.push(MigrationFolder {
            folder: folder.to_owned().into(),
            files: files.into(),
        });
    }
}

/// Where a folder is named, in the line of the call if it stands there.
fn named(sources: &Sources, call: &Position, folder: &str) -> Position {
    let line = sources.line_text(call).unwrap_or_default();
    let at = line.find(folder).map(|at| line[..at].chars().count() + 1);
    Position {
        column: at.unwrap_or(0),
        ..call.clone()
    }
}

impl Migrations {
    /// The files, to be shown with what is wrong in them.
    pub(crate) fn shown(&self) -> Vec<OtherFile> {
        let named = self.folders.iter().flat_map(|folder| {
            let files = folder.files.iter();
            files.map(|file| (format!("{}/{}", folder.folder, file.name), &file.sql))
        });
        let files = named.zip(&self.paths).map(|((name, sql), path)| OtherFile {
            name,
            shown: shown(path),
            text: sql.to_string(),
        });
        files.collect()
    }
}

/// The SHA-256 of a text, whatever its lines end with.
fn checksum(text: &str) -> String {
    let digest = Sha256::digest(text.replace("\r\n", "\n"));
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// What a file's name begins with: `0001_users.sql`.
fn number(name: &str) -> Option<u64> {
    let (digits, rest) = name.split_once('_')?;
    let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    (is_number && rest.len() > ".sql".len()).then(|| digits.parse().ok())?
}
