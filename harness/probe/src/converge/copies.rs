//! What is known of the copies of requests that mirrors get.

use std::collections::BTreeSet;

use tokio::sync::watch;

/// The parameter of the query by which a request and its copies are known. The Go suite's has this name.
pub(crate) const REQUEST_ID: &str = "gateway-api-conformance-request-id";

/// The numbers of the requests whose copies a mirror has seen.
pub(crate) type Seen = BTreeSet<u32>;

/// What mirrors tell of the copies that they get, for who waits for that.
#[derive(Debug)]
pub struct Copies {
    id: String,
    seen: watch::Sender<Vec<Seen>>,
}

impl Copies {
    /// Copies for so many mirrors, of requests that have a number and this id, which must be unique.
    pub fn new(id: &str, mirrors: usize) -> Self {
        Self { id: id.to_owned(), seen: watch::Sender::new(vec![Seen::new(); mirrors]) }
    }

    /// Takes in a line that one of the mirrors has printed: the path and query of a request may be in it.
    pub fn told(&self, mirror: usize, line: &str) {
        if let Some(number) = self.number_in(line) {
            self.seen.send_if_modified(|seen| seen[mirror].insert(number));
        }
    }

    /// By what the request with this number is known.
    pub(crate) fn mark(&self, number: u32) -> String {
        format!("{}-{number}", self.id)
    }

    pub(crate) fn seen(&self) -> watch::Receiver<Vec<Seen>> {
        self.seen.subscribe()
    }

    fn number_in(&self, line: &str) -> Option<u32> {
        let (_, rest) = line.split_once(REQUEST_ID)?;
        let rest = rest.strip_prefix('=')?.strip_prefix(self.id.as_str())?.strip_prefix('-')?;
        let end = rest.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(rest.len());
        rest[..end].parse().ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_known_by_its_number() {
        let copies = Copies::new("a-b", 2);
        let line = format!(
            "Echoing back request made to /m?x=y&{REQUEST_ID}={} to client (1)",
            copies.mark(7)
        );
        copies.told(1, &line);
        copies.told(1, &line);
        copies.told(1, "made to /m?gateway-api-conformance-request-id=c-8 to client");
        copies.told(0, "made to /m to client");
        assert_eq!(*copies.seen().borrow(), [Seen::new(), Seen::from([7])]);
    }
}
