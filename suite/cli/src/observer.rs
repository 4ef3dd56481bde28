//! Whoever is told of the events of a run: the terminal and the reports that were asked for.

use std::{
    io::{self, IsTerminal},
    path::PathBuf,
    sync::{Mutex, MutexGuard, OnceLock, PoisonError},
};

use harness::model::event::{Event, EventKind};
use reports::{
    FileReport, ReportError, Reporter, Reporters,
    conformance::{ConformanceWriter, source_date},
    dossier::DossierWriter,
    events::EventsWriter,
    junit, sidecar, tap,
    terminal::{self, Stream, Terminal},
};

use super::settings::{Outputs, STDOUT};

/// Whoever is told of the events of a run.
pub struct Observer {
    reporters: Mutex<Told>,
    run: OnceLock<String>,
}

struct Told {
    reporters: Reporters,
    /// Not opened before the first event, so that a run that cannot begin leaves no file behind.
    events: Option<PathBuf>,
    broken: Option<ReportError>,
}

impl Observer {
    /// Of the terminal and of these files. Opens none of them yet.
    pub fn new(outputs: &Outputs) -> Result<Self, ReportError> {
        let mut reporters = Reporters::new();
        // Where the events are wanted on standard output, nothing else is said there; nor beside it, unless somebody looks:
        // the log of a container is both.
        if !outputs.has_events_on_stdout() {
            let stdout = terminal::Options::detect(Stream::Stdout);
            reporters.add(Terminal::new(Stream::Stdout, stdout));
        } else if io::stderr().is_terminal() {
            let stderr = terminal::Options::detect(Stream::Stderr);
            reporters.add(Terminal::new(Stream::Stderr, stderr));
        }
        if let Some(path) = &outputs.report {
            reporters.add(ConformanceWriter::new(path, source_date()?));
        }
        if let Some(path) = &outputs.junit {
            reporters.add(FileReport::new(path, junit::to_xml));
        }
        if let Some(path) = &outputs.sidecar {
            reporters.add(FileReport::new(path, sidecar::to_yaml));
        }
        if let Some(path) = &outputs.tap {
            reporters.add(FileReport::new(path, tap::to_tap));
        }
        if let Some(folder) = &outputs.dossier {
            reporters.add(DossierWriter::new(folder));
        }
        let told = Told { reporters, events: outputs.events.clone(), broken: None };
        Ok(Self { reporters: Mutex::new(told), run: OnceLock::new() })
    }

    fn told(&self) -> MutexGuard<'_, Told> {
        // A panic in one reporter must not silence the others.
        self.reporters.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Tells all of them.
    pub fn event(&self, event: &Event) {
        if let EventKind::RunStarted(started) = &event.kind {
            self.run.get_or_init(|| started.run.clone());
        }
        self.told().event(event);
    }

    /// Tells all of them something that is no verdict.
    pub fn notice(&self, text: impl Into<String>) {
        self.event(&Event::now(EventKind::Notice { text: text.into() }));
    }

    /// The run's UUID, once objects of it may be in the cluster.
    pub fn run(&self) -> Option<&str> {
        self.run.get().map(String::as_str)
    }

    /// Ends the reports.
    pub fn finish(&self) -> Result<(), ReportError> {
        let mut told = self.told();
        let finished = told.reporters.finish();
        told.broken.take().map_or(finished, Err)
    }
}

impl Told {
    fn event(&mut self, event: &Event) {
        if let Some(path) = self.events.take() {
            let writer = match path.to_str() {
                Some(STDOUT) => Ok(EventsWriter::new(io::stdout())),
                _ => EventsWriter::create(&path),
            };
            match writer {
                Ok(writer) => self.reporters.add(writer),
                Err(error) => self.broken = Some(error),
            }
        }
        self.reporters.event(event);
    }
}
