//! `faults`: the ways in which the reference Gateway can be told to break a rule.

use std::fmt::Write;

use harness::model::suggest::{Unknown, lookup};
use serde::Serialize;
use testbed::Fault;

use super::{
    exit::{Exit, Stop},
    format::Format,
    output::print,
};

/// A fault as programs read it.
#[derive(Serialize)]
struct Listed {
    name: &'static str,
    rule: &'static str,
    tests: &'static [&'static str],
}

/// The fault of this name.
pub fn find(name: &str) -> Result<&'static Fault, Unknown> {
    lookup("fault", name, testbed::faults().iter().map(|fault| (fault.name, fault)))
}

/// Prints all faults.
pub fn list(format: Format) -> Result<Exit, Stop> {
    let faults = testbed::faults();
    let text = match format {
        Format::Json => {
            let listed: Vec<_> = faults
                .iter()
                .map(|fault| Listed { name: fault.name, rule: fault.rule, tests: fault.tests })
                .collect();
            serde_json::to_string_pretty(&listed).map_err(Stop::not_judged)? + "\n"
        }
        Format::Text => as_text(faults),
    };
    print(&text)?;
    Ok(Exit::Passed)
}

fn as_text(faults: &[Fault]) -> String {
    let mut text = String::new();
    for fault in faults {
        let _ = writeln!(text, "{}\n    breaks: {}", fault.name, fault.rule);
        let _ = writeln!(text, "    turns red: {}\n", fault.tests.join(", "));
    }
    text
}
