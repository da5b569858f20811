//! What was seen, step by step.
use serde_json::json;
use std::fmt::Write;

/// How a step ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// As it should be; what was seen.
    Green(String),
    /// Not as it should be: what was seen, and the fix.
    Red {
        /// The cause, as seen.
        cause: String,
        /// What to do about it.
        fix: String,
    },
    /// Could not be tried because an earlier step is red.
    NotRun(u8),
}

/// A red outcome.
pub fn red(cause: impl Into<String>, fix: impl Into<String>) -> Outcome {
    Outcome::Red { cause: cause.into(), fix: fix.into() }
}

/// The steps so far.
#[derive(Debug, Default)]
pub struct Report {
    steps: Vec<(u8, &'static str, Outcome)>,
}

impl Report {
    /// Notes how a step ended.
    pub fn note(&mut self, number: u8, title: &'static str, outcome: Outcome) {
        self.steps.push((number, title, outcome));
    }

    /// The first of these steps that is not green.
    pub fn missing(&self, needed: &[u8]) -> Option<u8> {
        let green =
            |number: u8| self.steps.iter().any(|(n, _, outcome)| *n == number && matches!(outcome, Outcome::Green(_)));
        needed.iter().copied().find(|number| !green(*number)).map(|number| self.root(number))
    }

    /// The red step behind one that was not run.
    fn root(&self, number: u8) -> u8 {
        match self.steps.iter().find(|(n, ..)| *n == number) {
            Some((_, _, Outcome::NotRun(needs))) => *needs,
            _ => number,
        }
    }

    /// Whether every step is green.
    pub fn is_green(&self) -> bool {
        self.steps.iter().all(|(_, _, outcome)| matches!(outcome, Outcome::Green(_)))
    }

    /// One line a step; a red one has its fix below.
    pub fn text(&self) -> String {
        let mut out = String::new();
        for (number, title, outcome) in &self.steps {
            let _ = match outcome {
                Outcome::Green(seen) => writeln!(out, "ok       {number}. {title}: {seen}"),
                Outcome::Red { cause, fix } => {
                    writeln!(out, "RED      {number}. {title}: {cause}\n            fix: {fix}")
                }
                Outcome::NotRun(needs) => writeln!(out, "not run  {number}. {title}: not run: needs step {needs}"),
            };
        }
        out
    }

    /// The same as JSON.
    pub fn json(&self) -> String {
        let step = |(number, title, outcome): &(u8, &str, Outcome)| match outcome {
            Outcome::Green(seen) => json!({"step": number, "title": title, "result": "ok", "seen": seen}),
            Outcome::Red { cause, fix } => {
                json!({"step": number, "title": title, "result": "red", "cause": cause, "fix": fix})
            }
            Outcome::NotRun(needs) => json!({"step": number, "title": title, "result": "not run", "needs": needs}),
        };
        json!({"ok": self.is_green(), "steps": self.steps.iter().map(step).collect::<Vec<_>>()}).to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_that_depends_on_a_red_one_names_the_red_one() {
        let mut report = Report::default();
        report.note(1, "one", Outcome::Green("seen".into()));
        report.note(3, "three", red("wrong audience", "set it"));
        assert_eq!(report.missing(&[1]), None);
        report.note(6, "six", Outcome::NotRun(report.missing(&[1, 3]).unwrap()));
        report.note(7, "seven", Outcome::NotRun(report.missing(&[6]).unwrap()));
        assert!(report.text().contains("7. seven: not run: needs step 3"), "{}", report.text());
        assert!(!report.is_green());
    }
}
