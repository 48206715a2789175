//! The engine's side of the comparison: passes over event columns, their answers, what they hold.
//!
//! It decides nothing about windows. The driver, bench/engine.py, starts one process a case; what a
//! process has to say are lines of a name and a value, separated by a tab.

use std::collections::BTreeMap;
use std::error::Error;
use std::fmt::{Display, Write as _};
use std::str::FromStr;

pub mod answer;
pub mod baseline;
pub mod events;
pub mod held;
pub mod naive;
pub mod pass;
pub mod process;

/// What went wrong, for the driver to show.
pub type Outcome<T> = Result<T, Box<dyn Error>>;

/// The arguments of a process, `name=value` each.
pub struct Words(BTreeMap<String, String>);

impl Words {
    /// Reads arguments.
    ///
    /// # Errors
    /// An argument without `=`.
    pub fn parse(arguments: impl Iterator<Item = String>) -> Outcome<Words> {
        let words = arguments.map(|argument| {
            let (name, value) = argument.split_once('=').ok_or("arguments are name=value")?;
            Ok((name.to_owned(), value.to_owned()))
        });
        words.collect::<Outcome<_>>().map(Words)
    }

    /// The text of an argument.
    ///
    /// # Errors
    /// A missing one.
    pub fn text(&self, name: &str) -> Outcome<&str> {
        self.0.get(name).map(String::as_str).ok_or_else(|| format!("{name}= is missing").into())
    }

    /// An argument that is a number.
    ///
    /// # Errors
    /// A missing one, or another text.
    pub fn number<T: FromStr>(&self, name: &str) -> Outcome<T> {
        let text = self.text(name)?;
        text.parse().map_err(|_| format!("{name} is not a number: {text}").into())
    }
}

/// Lines of a name and a value.
#[derive(Default)]
pub struct Lines {
    /// The lines so far.
    pub text: String,
}

impl Lines {
    /// Adds a line.
    pub fn say(&mut self, name: &str, value: &impl Display) {
        let _ = writeln!(self.text, "{name}\t{value}");
    }

    /// Adds a line of numbers, separated by commas.
    pub fn say_all(&mut self, name: &str, values: &[u64]) {
        let values: Vec<_> = values.iter().map(u64::to_string).collect();
        self.say(name, &values.join(","));
    }
}
