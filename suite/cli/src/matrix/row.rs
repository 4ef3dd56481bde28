//! A row of the matrix: what the table says of a fault, and what was seen.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write,
};

use harness::model::verdict::Outcome;
use serde::Serialize;
use testbed::Fault;

/// How a test ended under a fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Cell {
    /// It did not see the fault.
    Green,
    /// It did.
    Red,
    /// It could not judge.
    Error,
}

impl From<&Outcome> for Cell {
    fn from(outcome: &Outcome) -> Self {
        match outcome {
            Outcome::Passed => Self::Green,
            Outcome::Failed { .. } => Self::Red,
            Outcome::Error { .. } | Outcome::Interrupted => Self::Error,
        }
    }
}

/// What the table says of a fault, and what was seen.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Row {
    /// The fault; `none` for the row without one.
    name: &'static str,
    /// The tests that must turn red.
    tests: BTreeSet<&'static str>,
    /// How each test ended.
    pub cells: BTreeMap<String, Cell>,
    /// Why the run could not judge, if so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub broken: Option<String>,
}

impl Row {
    /// Before the run.
    pub fn new(fault: Option<&'static Fault>) -> Self {
        Self {
            name: fault.map_or("none", |fault| fault.name),
            tests: fault.iter().flat_map(|fault| fault.tests).copied().collect(),
            cells: BTreeMap::new(),
            broken: None,
        }
    }

    /// Whether the run could not judge.
    pub fn is_broken(&self) -> bool {
        self.broken.is_some()
    }

    /// The tests that turned red although the table does not name them, or could not judge.
    pub fn doubtful(&self, cells: &BTreeMap<String, Cell>) -> BTreeSet<String> {
        let is_doubtful = |test: &str, cell: &Cell| match cell {
            Cell::Green => false,
            Cell::Red => !self.tests.contains(test),
            Cell::Error => true,
        };
        let doubtful = cells.iter().filter(|(test, cell)| is_doubtful(test, cell));
        doubtful.map(|(test, _)| test.clone()).collect()
    }

    /// Whether exactly those tests turned red that must.
    pub fn is_as_said(&self) -> bool {
        !self.is_broken() && self.differences().is_empty()
    }

    fn differences(&self) -> Vec<String> {
        let mut differences = Vec::new();
        for (test, cell) in &self.cells {
            match (self.tests.contains(test.as_str()), cell) {
                (true, Cell::Green) => differences.push(format!("{test} stayed green")),
                (false, Cell::Red) => differences.push(format!("{test} turned red too")),
                (_, Cell::Error) => differences.push(format!("{test} could not judge")),
                (true, Cell::Red) | (false, Cell::Green) => {}
            }
        }
        for test in &self.tests {
            if !self.cells.contains_key(*test) {
                differences.push(format!("{test} was not run"));
            }
        }
        differences
    }

    /// The row as text: a column for each test, then where it differs from the table.
    pub fn line(&self, tests: &[&str]) -> String {
        let mut line = format!("{:WIDTH$}  ", self.name);
        for test in tests {
            line.push(match (self.tests.contains(test), self.cells.get(*test)) {
                (true, Some(Cell::Red)) => '#',
                (false, Some(Cell::Red)) => '+',
                (true, Some(Cell::Green)) => '-',
                (false, Some(Cell::Green)) => '.',
                (_, Some(Cell::Error)) => 'E',
                (_, None) => ' ',
            });
        }
        line.truncate(line.trim_end().len());
        line.push('\n');
        if let Some(broken) = &self.broken {
            let _ = writeln!(line, "    could not judge: {broken}");
        } else {
            for difference in self.differences() {
                let _ = writeln!(line, "    {difference}");
            }
        }
        line
    }
}

/// The columns of the names of faults.
const WIDTH: usize = 48;

/// The numbers of the tests, written downwards above their columns.
pub fn header(tests: &[&str]) -> String {
    let digits = |digit: fn(usize) -> usize| -> String {
        (1..=tests.len())
            .map(|number| char::from_digit(digit(number) as u32, 10).unwrap_or(' '))
            .collect()
    };
    format!(
        "{:WIDTH$}  {}\n{:WIDTH$}  {}\n",
        "",
        digits(|number| number / 10 % 10),
        "",
        digits(|number| number % 10)
    )
}

/// What the marks and the numbers mean.
pub fn legend(tests: &[&str]) -> String {
    let mut legend = "\n# red as it must be   . green as it must be   + red and must not be   \
                      - green and must not be   E could not judge\n\n"
        .to_owned();
    for (index, test) in tests.iter().enumerate() {
        let _ = writeln!(legend, "{:3} {test}", index + 1);
    }
    legend
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(tests: &[&'static str], cells: &[(&str, Cell)]) -> Row {
        Row {
            name: "path-prefix-matches-substring",
            tests: tests.iter().copied().collect(),
            cells: cells.iter().map(|(test, cell)| ((*test).into(), *cell)).collect(),
            broken: None,
        }
    }

    #[test]
    fn every_difference_is_named() {
        let tests = ["A", "B", "C", "D", "E"];
        let good = row(&["B"], &[("A", Cell::Green), ("B", Cell::Red)]);
        assert!(good.is_as_said());
        let bad = row(
            &["A", "B", "E"],
            &[("A", Cell::Green), ("B", Cell::Red), ("C", Cell::Red), ("D", Cell::Error)],
        );
        assert!(!bad.is_as_said());
        insta::assert_snapshot!(bad.line(&tests), @r#"
        path-prefix-matches-substring                     -#+E
            A stayed green
            C turned red too
            D could not judge
            E was not run
        "#);
    }

    #[test]
    fn a_run_that_could_not_judge_is_never_as_said() {
        let broken = Row { broken: Some("no testbed".into()), ..row(&[], &[]) };
        assert!(!broken.is_as_said());
    }
}
