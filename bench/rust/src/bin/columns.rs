//! Writes the columns of the comparison, and runs paneline or a Rust peer on a plan.
//!
//! `columns write FOLDER NAME=ROWS ...` writes NAME.i64; a name that starts with `random` has no
//! order. `columns run TOOL` reads a plan on standard input.

use std::error::Error;
use std::io::{self, Write as _};

use paneline_bench::case::{Case, write};
use paneline_bench::{own, peers, times};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let words: Vec<_> = arguments.iter().map(String::as_str).collect();
    match words[..] {
        ["write", folder, ref columns @ ..] => {
            for column in columns {
                let (name, rows) = column.split_once('=').ok_or("NAME=ROWS")?;
                let rows = rows.parse()?;
                let random = name.starts_with("random");
                let column = if random { times::random(rows) } else { times::ordered(rows) };
                write(&format!("{folder}/{name}.i64"), &column)?;
            }
            Ok(())
        }
        ["run", tool] => run(tool),
        _ => Err("usage: columns write FOLDER NAME=ROWS ... | columns run TOOL".into()),
    }
}

fn run(tool: &str) -> Result<(), Box<dyn Error>> {
    for line in io::stdin().lines() {
        let case = Case::parse(&line?)?;
        let lines =
            if tool == "paneline" { own::run(&case)? } else { vec![peers::run(tool, &case)?] };
        for line in lines.iter().filter(|line| !line.is_empty()) {
            writeln!(io::stdout(), "{line}")?;
        }
    }
    Ok(())
}
