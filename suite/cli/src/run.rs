//! `run`: judges what was chosen.

use std::sync::Arc;

use harness::{
    Ended, Options, Suite,
    model::{described::Described, names::RUN_LABEL},
};
use reports::{check_writable, dossier::check_empty, replace};

use super::{
    exit::{Exit, Stop},
    fixtures,
    found::Found,
    interrupt,
    observer::Observer,
    options_file::OptionsFile,
    run_args::RunArgs,
    settings::{Settings, Subject},
    setup,
};

/// Runs the suite.
pub fn run(args: RunArgs, suite: &Suite) -> Result<Exit, Stop> {
    let settings = settings(args, suite)?;
    for path in settings.outputs.paths() {
        check_writable(path).map_err(Stop::usage)?;
    }
    if let Some(folder) = &settings.outputs.dossier {
        check_empty(folder).map_err(Stop::usage)?;
    }
    setup::log(settings.debug);
    setup::runtime()?.block_on(judge(settings, suite))
}

/// What the flags and the options file say together.
pub fn settings(args: RunArgs, suite: &Suite) -> Result<Settings, Stop> {
    let file = args.conformance_options_file.as_deref().filter(|path| !path.as_os_str().is_empty());
    let file = file.map(OptionsFile::read).transpose().map_err(Stop::usage)?;
    let settings = Settings::merge(args, file, &suite.infos()).map_err(Stop::usage)?;
    fixtures::check(suite, &settings.fixtures).map(|()| settings)
}

async fn judge(settings: Settings, suite: &Suite) -> Result<Exit, Stop> {
    let observer = Arc::new(Observer::new(&settings.outputs).map_err(Stop::usage)?);
    let interrupt = {
        let (told, asked, subject) = (observer.clone(), observer.clone(), settings.subject.clone());
        interrupt::listen(
            move || told.notice("interrupted: ending in good order; Ctrl-C again leaves at once"),
            move || what_is_left(&subject, asked.run()),
        )?
    };
    let found = tokio::select! {
        found = Found::find(&settings) => found?,
        () = interrupt.cancelled() => return Err(Stop::not_judged(anyhow::anyhow!(
            "interrupted before anything was applied"
        ))),
    };
    for notice in &settings.notices {
        observer.notice(notice);
    }
    let events = {
        let observer = observer.clone();
        move |event| observer.event(&event)
    };
    let done = (settings.outputs.is_done.clone(), settings.outputs.junit.clone());
    let options = options(settings, suite, &found);
    let ended = harness::run(found.connection.clone(), suite, options, events, interrupt).await;
    drop(found);
    let finished = observer.finish().map_err(Stop::not_judged);
    if let (Some(done), Some(junit)) = &done {
        replace(done, &junit.display().to_string()).map_err(Stop::not_judged)?;
    }
    match ended {
        Ok(ended) => finished.map(|()| exit(ended)),
        // What ended a run that had begun is told by its reports already.
        Err(error) if !error.is_usage() && observer.run().is_some() => {
            finished.map(|()| Exit::NotJudged)
        }
        Err(error) => Err(Stop::before_run(error)),
    }
}

/// How the harness is to judge what was found.
pub fn options(settings: Settings, suite: &Suite, found: &Found) -> Options {
    let defaults = Options::default();
    let selection = &settings.selection;
    // A test of one may be asked for by its name.
    let wants_own = settings.subject == Subject::Testbed
        && (!selection.extensions.is_empty()
            || selection.only.is_some()
            || !selection.again.is_empty());
    let own = if wants_own { suite.describes_reference() } else { Described::default() };
    let described = settings.described.or(own);
    Options {
        selection: settings.selection,
        version: settings.version,
        allow_crds_mismatch: settings.allow_crds_mismatch,
        gateway_class: found.gateway_class.clone(),
        timeouts: settings.timeouts,
        implementation: settings.implementation,
        mode: settings.mode,
        strict: settings.strict,
        fail_fast: settings.fail_fast,
        max_parallel: settings.max_parallel.unwrap_or(defaults.max_parallel),
        rounds: settings.repeat.unwrap_or(defaults.rounds),
        lanes: settings.lanes,
        alone: settings.alone,
        gateways_ahead: settings.gateways_ahead.unwrap_or(defaults.gateways_ahead),
        max_gateways: settings.max_gateways,
        cleanup_base: settings.cleanup.base,
        cleanup_tests: settings.cleanup.tests,
        keep_on_failure: settings.cleanup.keep_on_failure,
        captures: settings.outputs.dossier.is_some().then_some(settings.log_sources),
        fixtures: settings.fixtures,
        namespace_labels: settings.namespace_labels,
        namespace_annotations: settings.namespace_annotations,
        addresses: found.addresses.clone(),
        described,
        address_map: found.address_map.clone(),
        ip_family: settings.ip_family,
        via: settings.via,
        hooks: settings.hooks,
    }
}

const fn exit(ended: Ended) -> Exit {
    if ended.interrupted {
        Exit::NotJudged
    } else if ended.failed > 0 {
        Exit::Failed
    } else if ended.errors > 0 {
        Exit::NotJudged
    } else {
        Exit::Passed
    }
}

/// For who leaves before the objects are removed.
fn what_is_left(subject: &Subject, run: Option<&str>) -> String {
    match (subject, run) {
        (Subject::Testbed, _) => "left at once; the testbed is gone with this process".into(),
        (Subject::Cluster(_), None) => "left at once; nothing had been applied yet".into(),
        (Subject::Cluster(cluster), Some(run)) => format!(
            "left at once; what has the label {RUN_LABEL}={run} may still be in the cluster, in all \
             namespaces. To remove it:\n\n    gateway-conformance clean {}",
            cluster.as_flags()
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_outweighs_an_error_and_an_interruption_both() {
        let ended = |failed, errors, interrupted| {
            exit(Ended { passed: 1, failed, excused: 1, errors, interrupted }).code()
        };
        assert_eq!(ended(0, 0, false), 0);
        assert_eq!(ended(1, 1, false), 1);
        assert_eq!(ended(0, 1, false), 3);
        assert_eq!(ended(1, 0, true), 3);
    }
}
