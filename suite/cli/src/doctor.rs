//! `doctor`: what stands in the way of a run.

use std::fmt::Write as _;

use harness::{Check, Health, Suite};

use super::{
    args::DoctorArgs,
    exit::{Exit, Stop},
    found::Found,
    output::print,
    run, setup,
};

/// Prints what was found, with the remedies.
pub fn doctor(args: DoctorArgs, suite: &Suite) -> Result<Exit, Stop> {
    let settings = run::settings(args.run, suite)?;
    setup::log(settings.debug);
    let checks = setup::runtime()?.block_on(async {
        let found = Found::find(&settings).await?;
        let options = run::options(settings, suite, &found);
        Ok::<_, Stop>(harness::doctor(&found.connection, suite, &options).await)
    })?;
    print(&as_text(&checks))?;
    let is_bad = checks.iter().any(|check| check.health == Health::Bad);
    Ok(if is_bad { Exit::NotJudged } else { Exit::Passed })
}

fn as_text(checks: &[Check]) -> String {
    let mut text = String::new();
    for Check { what, health, found, remedy } in checks {
        let health = match health {
            Health::Good => "ok",
            Health::Odd => "note",
            Health::Bad => "BAD",
        };
        let _ = writeln!(text, "{health:<5} {what:<13} {found}");
        if let Some(remedy) = remedy {
            let _ = writeln!(text, "{:20}-> {remedy}", "");
        }
    }
    text
}
