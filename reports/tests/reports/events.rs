use std::{
    io::{self, Write},
    sync::{Arc, Mutex},
};

use model::{plan::Decision, profile::Profile};
use reports::{
    Reporter,
    events::{EventsWriter, read_events},
};

use crate::run::{Run, core, failure, finding, tell};

/// A writer whose bytes can be read while it is in use.
#[derive(Clone, Default)]
pub struct Shared(Arc<Mutex<Vec<u8>>>);

impl Shared {
    pub fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

impl Write for Shared {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn what_was_written_is_read_again() {
    let events = Run::of(&[Profile::GatewayHttp])
        .red_in_company("A", failure(), &["B"])
        .passes_with(core("A"), vec![finding()])
        .fails(core("B"), failure())
        .errs(core("C"), "forbidden")
        .left_out(core("D"), Decision::Skip("named by --skip-tests".into()))
        .interrupted("interrupted")
        .events();
    let shared = Shared::default();
    let mut writer = EventsWriter::new(shared.clone());
    for (index, event) in events.iter().enumerate() {
        writer.event(event);
        assert_eq!(shared.text().lines().count(), index + 1, "an event is seen as it happens");
    }
    writer.finish().unwrap();
    assert_eq!(read_events(shared.text().as_bytes()).unwrap(), events);
}

#[test]
fn a_line_that_is_no_event_is_named() {
    let text =
        "\n{\"event\":\"notice\",\"at\":\"2026-11-23T10:00:00Z\",\"text\":\"x\"}\n{\"event\"";
    let error = read_events(text.as_bytes()).unwrap_err().to_string();
    insta::assert_snapshot!(error, @"line 3 of the events: EOF while parsing an object at column 8");
}

/// A disk that is full.
struct Full;

impl Write for Full {
    fn write(&mut self, _: &[u8]) -> io::Result<usize> {
        Err(io::ErrorKind::StorageFull.into())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_full_disk_is_told_at_the_end() {
    let mut writer = EventsWriter::new(Full);
    tell(&mut writer, &Run::of(&[]).events());
    insta::assert_snapshot!(writer.finish().unwrap_err(), @"failed to write the events: no storage space");
}
