//! `completions` and `man`: files that follow from the arguments, made when they are asked for.
//!
//! It writes what clap's generators make of [`Cli`] and nothing of its own. Invariant: they cannot
//! be older than the binary that wrote them: the page of `explain` lists the flags of this build.

use std::fs;
use std::io::{self, Write};

use clap::CommandFactory as _;

use crate::args::{Cli, CompletionsArgs, ManArgs};
use crate::failure::Failure;

/// Writes the completions of a shell.
pub(crate) fn completions(args: &CompletionsArgs, out: &mut dyn Write) -> io::Result<()> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "paneline", &mut script);
    out.write_all(&script)
}

/// Writes a page for each command.
pub(crate) fn man_pages(args: &ManArgs) -> Result<(), Failure> {
    let directory = &args.directory;
    let mut all = Cli::command().disable_help_subcommand(true);
    all.build();
    let names: Vec<String> = all.get_subcommands().map(|one| one.get_name().to_owned()).collect();
    for name in names {
        // The generator's own synopsis has flags without their values.
        all = all.mut_subcommand(name, |mut one| {
            let usage = one.render_usage().to_string();
            one.override_usage(usage.trim_start_matches("Usage: ").to_owned())
        });
    }
    fs::create_dir_all(directory)
        .and_then(|()| clap_mangen::generate_to(all, directory))
        .map_err(|error| Failure::unreadable(&directory.display().to_string(), &error))
}
