//! The terminal's face: a bar, the rows and the traffic, drawn over and over by indicatif.

use std::io::{self, Write};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::Subject;
use super::status::Status;

/// A run that is over by then needs no bar.
const SILENCE: Duration = Duration::from_millis(250);

/// Draws three lines on stderr.
pub struct Bar {
    subject: Subject,
    bar: Option<ProgressBar>,
}

impl Bar {
    pub(super) fn new(subject: Subject) -> Self {
        Self { subject, bar: None }
    }

    pub(super) fn show(&mut self, status: &Status, elapsed: Duration) {
        if elapsed < SILENCE {
            return;
        }
        let width = usize::from(console::Term::stderr().size().1);
        let bar = self.bar.get_or_insert_with(new_bar);
        let title = format!("{} {}", self.subject.command, self.subject.file);
        let rows = fit(std::iter::once(&title).chain(&status.rows), width);
        bar.set_message(format!("{rows}\n{}", fit(&status.traffic, width)));
        if let Some((done, total)) = status.progress {
            bar.set_length(total);
            bar.set_position(done);
        }
        bar.tick();
    }

    /// Says something above the bar.
    pub(super) fn tell(&self, text: &str) {
        match &self.bar {
            Some(bar) => bar.println(text),
            // Nobody may be listening; the run goes on all the same.
            None => drop(writeln!(io::stderr(), "{text}")),
        }
    }

    pub(super) fn close(&mut self) {
        if let Some(bar) = self.bar.take() {
            bar.finish_and_clear();
        }
    }
}

fn new_bar() -> ProgressBar {
    let style = ProgressStyle::with_template("{wide_bar:.cyan/blue}\n{msg}")
        .expect("the constant is a template")
        .progress_chars("━╸─");
    ProgressBar::with_draw_target(Some(0), ProgressDrawTarget::stderr()).with_style(style)
}

/// Joins as many words as fit into a line, so that a narrow terminal drops the least important instead of wrapping.
fn fit<'a>(words: impl IntoIterator<Item = &'a String>, width: usize) -> String {
    let mut line = String::new();
    for word in words {
        let needed = line.chars().count() + 2 + word.chars().count();
        if needed > width {
            break;
        }
        line.push_str("  ");
        line.push_str(word);
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(width: usize, expected: &str) {
        let words = ["one", "two", "three"].map(str::to_owned);
        assert_eq!(expected, fit(&words, width));
    }

    #[test]
    fn a_narrow_terminal_drops_the_last_words() {
        check(80, "  one  two  three");
        check(16, "  one  two");
        check(4, "");
    }
}
