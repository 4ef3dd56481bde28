//! The likely cause of a failure, told from what was observed.

use std::time::Duration;

use cluster::{
    Key, Kind, Object,
    views::{GatewayView, RouteView, status_conditions},
};
use model::verdict::Mismatch;

/// Why a status is probably not as expected.
pub(crate) fn of_status(
    key: &Key,
    object: &Object,
    controller: &str,
    waited: Duration,
) -> Option<String> {
    let generation = object.metadata.generation.unwrap_or_default();
    match key.kind {
        kind if kind.has_entries() => {
            let parents = RouteView::new(object).parents();
            if parents.is_empty() {
                return Some(format!(
                    "no controller wrote a status in {waited:.0?}; {controller} may not watch {}s, or not reach the API server",
                    key.kind
                ));
            }
            if parents.iter().all(|parent| parent.controller_name != controller) {
                return Some(format!(
                    "no entry is by {controller}, the controller of the GatewayClass"
                ));
            }
            stale(
                parents
                    .iter()
                    .flat_map(|p| p.conditions.iter())
                    .filter_map(|c| c.observed_generation),
                generation,
            )
        }
        Kind::Gateway | Kind::ListenerSet => {
            let conditions = GatewayView::new(object).conditions();
            if conditions.iter().all(|c| c.status == "Unknown" && c.reason == "Pending") {
                return Some(format!(
                    "{controller} wrote nothing in {waited:.0?}: the conditions are still those that the definition sets on a new {}",
                    key.kind.name()
                ));
            }
            stale(conditions.iter().filter_map(|c| c.observed_generation), generation)
        }
        _ => stale(
            status_conditions(object).iter().filter_map(|c| c.observed_generation),
            generation,
        ),
    }
}

fn stale(observed: impl Iterator<Item = i64>, generation: i64) -> Option<String> {
    let newest = observed.max()?;
    (newest < generation).then(|| {
        format!("the status is of generation {newest} and the object of {generation}: the controller did not see the last change, or forgot observedGeneration")
    })
}

/// Why exchanges probably did not happen as expected.
pub(crate) fn of_traffic(mismatches: &[Mismatch], asked: usize) -> Option<String> {
    let all =
        |text: &str| mismatches.iter().all(|mismatch| mismatch.observed_last().contains(text));
    if all("refused") {
        return Some("nothing listens at the Gateway's address and port: the data plane is not up, or the address is not reachable from here (see --address-map)".into());
    }
    if all("no answer within") || all("timed out") {
        return Some("no answer at the Gateway's address: it may not be reachable from here (see --address-map)".into());
    }
    if mismatches.len() == asked && asked > 1 && all("404") {
        return Some("every request was answered 404: the route is accepted in its status, but the data plane does not serve it".into());
    }
    if mismatches.len() == asked && asked > 1 && all("UNIMPLEMENTED") {
        return Some("every call ended UNIMPLEMENTED: the route is accepted in its status, but the data plane does not serve it".into());
    }
    if all("the TLS session went on to the backend") {
        return Some(
            "the Gateway hands the TLS session on, as a listener with mode Passthrough does".into(),
        );
    }
    if all("the backend saw no TLS session") {
        return Some(
            "the Gateway ends the TLS session itself, as a listener with mode Terminate does"
                .into(),
        );
    }
    if all("not one that is expected here") {
        return Some("the TLS session ends elsewhere than it should, or with another certificate: a Gateway that hands it on shows that of a backend, and one that ends it shows its own".into());
    }
    if mismatches.len() == asked && all("503") && mismatches.iter().all(wants_backend) {
        return Some("the Gateway found the route and no ready endpoint of its backends".into());
    }
    None
}

/// Whether an echo was expected, and no backend was asked to fail with a 503.
fn wants_backend(Mismatch { subject, expected, .. }: &Mismatch) -> bool {
    let wants_answer = expected.starts_with("200 from ") || expected.starts_with("OK from ");
    let is_own = expected.contains("from the Gateway itself");
    wants_answer && !is_own && !subject.contains("responseCode=503")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn route(status: &serde_json::Value) -> (Key, Object) {
        let object = serde_json::from_value(json!({
            "apiVersion": "gateway.networking.k8s.io/v1", "kind": "HTTPRoute",
            "metadata": { "name": "r", "namespace": "infra", "generation": 3 }, "status": status,
        }));
        (Key::new(Kind::HttpRoute, Some("infra"), "r"), object.unwrap())
    }

    fn cause(status: &serde_json::Value) -> Option<String> {
        let (key, object) = route(status);
        of_status(&key, &object, "example.com/controller", Duration::from_secs(60))
    }

    #[test]
    fn a_status_tells_why_it_is_late() {
        let parent = |controller: &str, generation: i64| {
            json!({ "parents": [{ "controllerName": controller, "parentRef": { "name": "g" },
                "conditions": [{ "type": "Accepted", "observedGeneration": generation }] }] })
        };
        assert!(cause(&json!({})).unwrap().contains("no controller wrote a status in 60s"));
        assert!(
            cause(&parent("other", 3)).unwrap().contains("no entry is by example.com/controller")
        );
        assert!(cause(&parent("example.com/controller", 2)).unwrap().contains("of generation 2"));
        assert_eq!(cause(&parent("example.com/controller", 3)), None);
    }

    #[test]
    fn traffic_tells_why_only_when_it_is_plain() {
        let observed = |text: &str| Mismatch::new("GET /", "200", text);
        assert!(
            of_traffic(&[observed("connection refused")], 1).unwrap().contains("nothing listens")
        );
        assert!(
            of_traffic(&[observed("404"), observed("404")], 2).unwrap().contains("every request")
        );
        let passed_on = [observed("the TLS session went on to the backend")];
        assert!(of_traffic(&passed_on, 2).unwrap().contains("Passthrough"));
        assert_eq!(of_traffic(&[observed("404")], 2), None);
        assert_eq!(of_traffic(&[observed("connection refused, then 404")], 2), None);
        assert!(of_traffic(&[observed("no answer within 10s")], 1).unwrap().contains("reachable"));
        assert_eq!(of_traffic(&[observed("200 from another backend")], 1), None);
        let handed_on = observed("the certificate presented is not one that is expected here");
        assert!(of_traffic(&[handed_on], 2).unwrap().contains("ends elsewhere"));
    }

    #[test]
    fn that_no_endpoint_is_ready_is_told_where_nothing_else_explains_a_503() {
        let row = |subject: &str, expected: &str| Mismatch::new(subject, expected, "503");
        let lost = [row("GET /", "200 from v1 in infra"), row("GET /2", "200 from any backend")];
        let is_told = |rows: &[Mismatch], asked| of_traffic(rows, asked).is_some();
        assert!(is_told(&lost, 2));
        assert!(!is_told(&lost, 3), "the backends answered another one");
        assert!(is_told(&[row("a.B/Get", "OK from v1 in infra")], 1));
        assert!(!is_told(&[row("GET /?delay=1s", "504")], 1));
        assert!(!is_told(&[row("OPTIONS /", "200 from the Gateway itself")], 1));
        let failing = "GET /retry/x?responseCode=503&succeedAfter=1&uuid=…";
        assert!(!is_told(&[row(failing, "200 from v1 in infra")], 1));
    }
}
