//! Command lines as people write them for Go programs, rewritten for clap: a flag with one dash gets
//! its second, and where no command is named it is `run`.

use std::{collections::BTreeSet, ffi::OsString};

use clap::Command;

/// What stands for no command but asks about the program itself.
const ABOUT: [&str; 3] = ["-h", "--help", "-V"];

/// The arguments, without the name of the program, as clap wants them.
///
/// Values are never changed, nor is anything after `--`. Single letters stay as they are.
pub fn rewrite(arguments: Vec<OsString>, program: &Command) -> Vec<OsString> {
    let names_command = match arguments.first().and_then(|first| first.to_str()) {
        Some(first) => !first.starts_with('-') || ABOUT.contains(&first),
        None => !arguments.is_empty(),
    };
    let command = if names_command { arguments[0].clone() } else { "run".into() };
    let with_value = flags_with_value(program, &command);

    let mut rewritten = Vec::with_capacity(arguments.len() + 1);
    let mut rest = arguments.into_iter();
    if names_command {
        rest.next();
    }
    rewritten.push(command);
    while let Some(argument) = rest.next() {
        if argument == "--" {
            rewritten.push(argument);
            break;
        }
        let argument = two_dashes(argument);
        let takes_next = argument
            .to_str()
            .and_then(|text| text.strip_prefix("--"))
            .is_some_and(|name| with_value.contains(name));
        rewritten.push(argument);
        if takes_next {
            rewritten.extend(rest.next());
        }
    }
    rewritten.extend(rest);
    rewritten
}

/// Long flags whose value is the next argument if it does not come with `=`.
fn flags_with_value(program: &Command, command: &OsString) -> BTreeSet<String> {
    let command = command.to_str().and_then(|name| program.find_subcommand(name));
    command
        .into_iter()
        .flat_map(Command::get_arguments)
        .filter(|flag| flag.get_action().takes_values() && !flag.is_require_equals_set())
        .filter_map(|flag| flag.get_long().map(str::to_owned))
        .collect()
}

fn two_dashes(argument: OsString) -> OsString {
    match argument.to_str().and_then(|text| text.strip_prefix('-')) {
        Some(name) if name.len() > 1 && name.starts_with(|c: char| c.is_ascii_alphabetic()) => {
            format!("--{name}").into()
        }
        _ => argument,
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;
    use proptest::prelude::*;

    use super::*;
    use crate::args::Cli;

    fn rewritten<T: AsRef<str>>(arguments: &[T]) -> Vec<String> {
        let arguments = arguments.iter().map(|text| text.as_ref().into()).collect();
        let rewritten = rewrite(arguments, &Cli::command());
        rewritten.into_iter().map(|text| text.into_string().unwrap()).collect()
    }

    #[test]
    fn no_command_is_run() {
        assert_eq!(rewritten::<&str>(&[]), ["run"]);
        assert_eq!(rewritten(&["-debug"]), ["run", "--debug"]);
        assert_eq!(rewritten(&["--gateway-class=x"]), ["run", "--gateway-class=x"]);
        assert_eq!(rewritten(&["list", "-format", "json"]), ["list", "--format", "json"]);
        for about in ABOUT {
            assert_eq!(rewritten(&[about]), [about]);
        }
    }

    #[test]
    fn values_are_left_alone() {
        assert_eq!(
            rewritten(&["-contact", "-us", "-debug", "-url=-x"]),
            ["run", "--contact", "-us", "--debug", "--url=-x"]
        );
    }

    fn flags() -> Vec<(String, bool)> {
        let program = Cli::command();
        let with_value = flags_with_value(&program, &"run".into());
        program
            .find_subcommand("run")
            .unwrap()
            .get_arguments()
            .filter_map(|flag| flag.get_long())
            .map(|name| (name.to_owned(), with_value.contains(name)))
            .collect()
    }

    proptest! {
        #[test]
        fn one_dash_means_the_same_as_two(
            picks in prop::collection::vec((any::<prop::sample::Index>(), ".{0,8}", any::<bool>()), 0..6)
        ) {
            let known = flags();
            let spell = |dashes: &str| {
                let mut arguments = vec!["run".to_owned()];
                for (pick, value, joined) in &picks {
                    let (name, takes_value) = &known[pick.index(known.len())];
                    if *joined {
                        arguments.push(format!("{dashes}{name}={value}"));
                    } else {
                        arguments.push(format!("{dashes}{name}"));
                        arguments.extend(takes_value.then(|| value.clone()));
                    }
                }
                arguments
            };
            let two = spell("--");
            prop_assert_eq!(rewritten(&spell("-")), two.clone());
            prop_assert_eq!(rewritten(&two), two);
        }

        #[test]
        fn what_follows_two_dashes_alone_is_left(rest in prop::collection::vec(".{0,8}", 0..4)) {
            let arguments = [vec!["run".to_owned(), "--".to_owned()], rest].concat();
            prop_assert_eq!(rewritten(&arguments), arguments);
        }
    }
}
