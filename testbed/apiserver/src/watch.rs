//! Watches: streams of changes, one JSON object a line.

use std::sync::Arc;

use bytes::Bytes;
use futures::Stream;
use futures::stream;
use serde_json::{Value, json};
use tokio::time::{Instant, timeout_at};

use crate::convert;
use crate::object::Object;
use crate::resources::Resource;
use crate::selectors::Selection;
use crate::status_error::StatusError;
use crate::store::{Event, Subscription};
use crate::table::{self, Form};

/// What a watch shows, and how.
#[derive(Debug)]
pub struct View {
    pub resource: &'static Resource,
    pub version: &'static str,
    /// The namespace, or `""` for all.
    pub namespace: String,
    pub selection: Selection,
    pub form: Form,
}

/// When a watch ends and what it sends beside changes.
#[derive(Debug, Clone, Copy)]
pub struct Terms {
    pub deadline: Option<Instant>,
    /// Whether the client understands bookmarks.
    pub bookmarks: bool,
}

/// One watch on its way.
struct Watch {
    view: View,
    terms: Terms,
    subscription: Subscription,
    /// The version that a bookmark may name: everything up to it was sent.
    reached: u64,
    /// Whether a table's columns are still to be told.
    first: bool,
    ended: bool,
}

impl View {
    fn shows(&self, object: &Object) -> bool {
        let value = object.value();
        (self.namespace.is_empty() || crate::object::namespace(value) == self.namespace)
            && self.selection.matches(value)
    }

    /// The selected objects of a list.
    pub fn select(&self, objects: Vec<Arc<Object>>) -> Vec<Arc<Object>> {
        objects.into_iter().filter(|object| self.shows(object)).collect()
    }

    /// A change as this view sees it: objects come and go with the selectors, too.
    fn line(&self, event: &Event, with_columns: bool) -> Option<Bytes> {
        let before = event.previous.as_ref().is_some_and(|object| self.shows(object));
        let now = !event.removed && self.shows(&event.object);
        let change = match (before, now) {
            (false, true) => "ADDED",
            (true, true) => "MODIFIED",
            (true, false) => "DELETED",
            (false, false) => return None,
        };
        Some(self.object_line(change, &event.object, with_columns))
    }

    fn object_line(&self, change: &str, object: &Object, with_columns: bool) -> Bytes {
        let text = match self.form {
            Form::Whole => convert::to_json(self.resource, self.version, object),
            Form::Table(row) => {
                let value = convert::to_version(self.resource, self.version, object.value());
                let version = object.version().to_string();
                let table =
                    table::table(self.resource, &[value.as_ref()], row, &version, with_columns);
                Bytes::from(table.to_string())
            }
            Form::Metadata => Bytes::from(table::partial(object.value()).to_string()),
        };
        line(change, &text)
    }

    fn bookmark(&self, version: u64, initial_events_end: bool) -> Bytes {
        let mut metadata = json!({"resourceVersion": version.to_string()});
        if initial_events_end {
            metadata["annotations"] = json!({"k8s.io/initial-events-end": "true"});
        }
        let (kind, api_version) = match self.form {
            Form::Whole => {
                let group = self.resource.group;
                (self.resource.kind, crate::resources::api_version(group, self.version))
            }
            Form::Metadata => ("PartialObjectMetadata", "meta.k8s.io/v1".to_owned()),
            Form::Table(_) => ("Table", "meta.k8s.io/v1".to_owned()),
        };
        let object = json!({"kind": kind, "apiVersion": api_version, "metadata": metadata});
        line("BOOKMARK", object.to_string().as_bytes())
    }
}

fn line(change: &str, object: &[u8]) -> Bytes {
    let mut text = Vec::with_capacity(object.len() + 32);
    text.extend_from_slice(br#"{"type":""#);
    text.extend_from_slice(change.as_bytes());
    text.extend_from_slice(br#"","object":"#);
    text.extend_from_slice(object);
    text.extend_from_slice(b"}\n");
    text.into()
}

/// The line that ends a watch which cannot begin or go on.
pub fn error_line(error: &StatusError) -> Bytes {
    line("ERROR", Value::to_string(&error.to_json()).as_bytes())
}

/// The lines of a watch: first `initial` objects as added, then what happens.
///
/// With `initial_bookmark`, the end of the initial objects is marked, as streaming lists want it.
pub fn lines(
    view: View,
    terms: Terms,
    initial: &[Arc<Object>],
    initial_bookmark: bool,
    reached: u64,
    mut subscription: Subscription,
) -> impl Stream<Item = Bytes> + Send + use<> {
    let mut opening: Vec<Bytes> = Vec::new();
    let mut first = true;
    for object in initial {
        opening.push(view.object_line("ADDED", object, std::mem::take(&mut first)));
    }
    for event in std::mem::take(&mut subscription.backlog) {
        if let Some(line) = view.line(&event, first) {
            opening.push(line);
            first = false;
        }
    }
    if initial_bookmark {
        opening.push(view.bookmark(reached, true));
    }
    // One chunk for all that is known already.
    let opening = (!opening.is_empty()).then(|| Bytes::from(opening.concat()));
    let watch = Watch { view, terms, subscription, reached, first, ended: false };
    futures::StreamExt::chain(stream::iter(opening), stream::unfold(watch, next_line))
}

async fn next_line(mut watch: Watch) -> Option<(Bytes, Watch)> {
    if watch.ended {
        return None;
    }
    loop {
        let received = match watch.terms.deadline {
            None => watch.subscription.events.recv().await,
            Some(deadline) => match timeout_at(deadline, watch.subscription.events.recv()).await {
                Ok(received) => received,
                Err(_elapsed) => {
                    watch.ended = true;
                    let bookmark = watch.view.bookmark(watch.reached, false);
                    return watch.terms.bookmarks.then_some((bookmark, watch));
                }
            },
        };
        let event = received?;
        watch.reached = event.object.version();
        if let Some(line) = watch.view.line(&event, watch.first) {
            watch.first = false;
            return Some((line, watch));
        }
    }
}
