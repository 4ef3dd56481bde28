//! `testbed`: a testbed that other tools can use.

use std::{
    fs,
    io::{self, Write},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

use anyhow::Context;
use harness::model::feature::Channel;
use testbed::{Lag, Ports, Testbed};

use super::{
    args::{ApiServer, TestbedArgs},
    exit::{Exit, Stop},
    faults, interrupt,
    output::print,
    setup,
};

/// Starts a testbed, tells when it can be used, and stays until it is asked to end.
pub fn run(args: TestbedArgs) -> Result<Exit, Stop> {
    for name in &args.faults {
        faults::find(name).map_err(Stop::usage)?;
    }
    if let Some(path) = &args.kubeconfig_output {
        reports::check_writable(path).map_err(Stop::usage)?;
    }
    setup::log(false);
    setup::runtime()?.block_on(serve(args))
}

async fn serve(args: TestbedArgs) -> Result<Exit, Stop> {
    let interrupt = interrupt::listen(
        || {},
        || {
            "left at once; the testbed is gone with this process, a folder of a real API server may be left in the folder for temporary files".into()
        },
    )?;
    let path = args.kubeconfig_output.clone().unwrap_or_else(default_path);
    // Whoever reads the line may have another working folder.
    let path = std::path::absolute(&path).unwrap_or(path);
    let started = tokio::select! {
        started = Testbed::start(options(args)) => started,
        () = interrupt.cancelled() => return Ok(Exit::Passed),
    };
    let mut testbed = started.map_err(|error| {
        if error.is_usage() { Stop::usage(error) } else { Stop::not_judged(error) }
    })?;
    tokio::select! {
        accepted = testbed.class_accepted() => accepted.map_err(Stop::not_judged)?,
        () = interrupt.cancelled() => return Ok(Exit::Passed),
    }
    let kubeconfig = testbed.listen().await.map_err(Stop::not_judged)?;
    write_private(&path, &kubeconfig)
        .with_context(|| format!("cannot write the kubeconfig {}", path.display()))
        .map_err(Stop::not_judged)?;
    print(&format!(
        "ready KUBECONFIG={} USABLE_ADDRESS={} UNUSABLE_ADDRESS={}\n",
        path.display(),
        testbed.usable_address(),
        testbed.unusable_address()
    ))?;
    interrupt.cancelled().await;
    drop(testbed);
    // It leads nowhere any more.
    let _ = fs::remove_file(&path);
    Ok(Exit::Passed)
}

fn options(args: TestbedArgs) -> testbed::Options {
    let defaults = testbed::Options::default();
    let mut lag = Lag::seeded(args.lag_seed);
    args.lag.into_iter().for_each(|setting| lag.set(setting));
    testbed::Options {
        bundle_version: args.bundle_version.unwrap_or(defaults.bundle_version),
        channel: match args.channel {
            Some(Channel::Standard) => testbed::Channel::Standard,
            Some(Channel::Experimental) => testbed::Channel::Experimental,
            None => defaults.channel,
        },
        api_server: match args.api_server {
            ApiServer::Embedded => testbed::ApiServer::Embedded,
            ApiServer::KubeApiserver => testbed::ApiServer::KubeApiServer,
        },
        address_range: args.address_range.or(defaults.address_range),
        faults: args.faults,
        without: args.without_feature,
        lag,
        ports: Ports::Real,
    }
}

fn default_path() -> PathBuf {
    std::env::temp_dir().join(format!("gateway-conformance-{}.kubeconfig", std::process::id()))
}

/// A kubeconfig holds a key, so that only its owner may read it.
fn write_private(path: &Path, text: &str) -> io::Result<()> {
    let mut file =
        fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(path)?;
    file.write_all(text.as_bytes())
}
