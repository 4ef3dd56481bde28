//! Who is told of the events of a run.

use model::event::Event;

use crate::error::ReportError;

/// Something that is told of every event as it happens.
pub trait Reporter: Send {
    /// Takes an event. What goes wrong meanwhile is told by [`Reporter::finish`]: a full disk must not
    /// stop a run.
    fn event(&mut self, event: &Event);

    /// Ends the report. Called once, after the last event, also where that was not `RunFinished`.
    ///
    /// # Errors
    /// The first thing that went wrong since the run began.
    fn finish(&mut self) -> Result<(), ReportError> {
        Ok(())
    }
}

/// Reporters that are told of every event in turn.
#[derive(Default)]
pub struct Reporters(Vec<Box<dyn Reporter>>);

impl Reporters {
    /// Without any.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds one; it is told after those before it.
    pub fn add(&mut self, reporter: impl Reporter + 'static) {
        self.0.push(Box::new(reporter));
    }
}

impl Reporter for Reporters {
    fn event(&mut self, event: &Event) {
        for reporter in &mut self.0 {
            reporter.event(event);
        }
    }

    /// Ends all of them, whatever goes wrong with one.
    fn finish(&mut self) -> Result<(), ReportError> {
        let results: Vec<_> = self.0.iter_mut().map(|reporter| reporter.finish()).collect();
        results.into_iter().collect()
    }
}
