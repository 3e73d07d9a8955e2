//! Databases as the build knows them: the files of migrations that programs name.

pub(crate) mod migrations;
