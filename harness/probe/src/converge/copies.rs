//! What is known of the copies of requests that mirrors get.

use std::collections::BTreeMap;

use model::exchange::Request;
use tokio::sync::watch;

/// The parameter of the query by which a request and its copies are known. The Go suite's has this name.
pub(crate) const REQUEST_ID: &str = "gateway-api-conformance-request-id";

/// How many copies a mirror has seen of the requests of which it has seen some, by their numbers.
pub(crate) type Seen = BTreeMap<u32, u32>;

/// What mirrors tell of the copies that they get, for who waits for that.
#[derive(Debug)]
pub struct Copies {
    /// With a number and an id in its query.
    request: Request<'static>,
    id: String,
    seen: watch::Sender<Vec<Seen>>,
}

impl Copies {
    /// Copies for so many mirrors, of requests like this that have a number and this id, which must be unique.
    pub fn new(request: Request<'static>, id: &str, mirrors: usize) -> Self {
        let seen = watch::Sender::new(vec![Seen::new(); mirrors]);
        Self { request: request.with_fresh(REQUEST_ID), id: id.to_owned(), seen }
    }

    /// Takes in a line that one of the mirrors has printed: it may tell of a request, with path and query. Each
    /// must come once, for it counts as a copy.
    pub fn told(&self, mirror: usize, line: &str) {
        if let Some(number) = self.number_in(line) {
            self.seen.send_modify(|seen| *seen[mirror].entry(number).or_default() += 1);
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
        let number = rest[..end].parse().ok()?;
        let sent = self.request.target(&self.mark(number));
        line.contains(&format!("Echoing back request made to {sent} to client")).then_some(number)
    }
}

#[cfg(test)]
mod tests {
    use model::exchange::get;

    use super::*;

    #[test]
    fn a_request_is_known_by_its_number_and_its_path() {
        let copies = Copies::new(get("/m?x=y"), "a-b", 2);
        let told = |mirror, path: &str, id: &str| {
            let to = format!("request made to {path}{REQUEST_ID}={id} to client");
            copies.told(mirror, &format!("Echoing back {to} (1)"));
        };
        told(1, "/m?x=y&", "a-b-7");
        told(1, "/m?x=y&", "a-b-7");
        told(1, "/m?x=y&", "c-8");
        told(1, "/?x=y&", "a-b-9");
        copies.told(0, "Echoing back request made to /m?x=y to client (1)");
        assert_eq!(*copies.seen().borrow(), [Seen::new(), Seen::from([(7, 2)])]);
    }
}
