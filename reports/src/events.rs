//! Events as JSON lines, to be kept, followed and folded again.

use std::{
    fs::File,
    io::{self, BufRead, Write},
    path::Path,
};

use model::event::Event;

use crate::{ReportError, Reporter};

/// Writes each event as a line of JSON as it happens.
pub struct EventsWriter {
    writer: Box<dyn Write + Send>,
    result: io::Result<()>,
}

impl EventsWriter {
    /// To this writer, which is flushed after each line.
    pub fn new(writer: impl Write + Send + 'static) -> Self {
        Self { writer: Box::new(writer), result: Ok(()) }
    }

    /// To this file, which is emptied at once.
    ///
    /// # Errors
    /// If it cannot be created.
    pub fn create(path: &Path) -> Result<Self, ReportError> {
        let file = File::create(path)
            .map_err(|source| ReportError::Write { path: path.to_owned(), source })?;
        Ok(Self::new(file))
    }

    fn write(&mut self, event: &Event) -> io::Result<()> {
        let mut line = serde_json::to_vec(event)?;
        line.push(b'\n');
        // One call a line: a reader that follows the file, or comes after a kill, sees whole lines.
        self.writer.write_all(&line)?;
        self.writer.flush()
    }
}

impl Reporter for EventsWriter {
    fn event(&mut self, event: &Event) {
        if self.result.is_ok() {
            self.result = self.write(event);
        }
    }

    fn finish(&mut self) -> Result<(), ReportError> {
        std::mem::replace(&mut self.result, Ok(()))
            .map_err(|source| ReportError::Stream { what: "events", source })
    }
}

/// Reads what an [`EventsWriter`] wrote. Empty lines are passed over.
///
/// # Errors
/// At the first line that is no event, with its number.
pub fn read_events(reader: impl BufRead) -> Result<Vec<Event>, ReportError> {
    let mut events = Vec::new();
    for (index, line) in reader.lines().enumerate() {
        let at_line = |reason: String| ReportError::Events { line: index + 1, reason };
        let line = line.map_err(|error| at_line(error.to_string()))?;
        if !line.trim().is_empty() {
            // Each line is a document of its own, so the parser's line says nothing.
            let event = serde_json::from_str(&line).map_err(|error| {
                at_line(error.to_string().replace(" at line 1 column", " at column"))
            })?;
            events.push(event);
        }
    }
    Ok(events)
}
