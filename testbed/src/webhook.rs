//! The admission webhook of a fault.

use serde_json::Value;
use testbed_apiserver::Webhook;
use testbed_gateway::faults::{ADMISSION_WEBHOOK_REFUSES_EMPTY_RULES, Faults};

use crate::error::Error;

/// The webhook that these faults want, which takes an embedded API server.
pub fn wanted(faults: &Faults, embedded: bool) -> Result<Option<Webhook>, Error> {
    let wanted = faults.has(ADMISSION_WEBHOOK_REFUSES_EMPTY_RULES);
    if wanted && !embedded {
        return Err(Error::NoWebhook);
    }
    Ok(wanted.then_some(Webhook {
        name: "validate.gateway-conformance.dev",
        refuses: refuses_empty_rules,
    }))
}

/// Refuses an `HTTPRoute` with a rule of which nothing says where its requests go.
fn refuses_empty_rules(object: &Value) -> Option<String> {
    let list = |value: &Value, name: &str| value[name].as_array().cloned().unwrap_or_default();
    if object["kind"] != "HTTPRoute" {
        return None;
    }
    let is_empty = |rule: &Value| {
        let redirects = list(rule, "filters").iter().any(|one| one["type"] == "RequestRedirect");
        list(rule, "backendRefs").is_empty() && !redirects
    };
    let index = list(&object["spec"], "rules").iter().position(is_empty)?;
    Some(format!("spec.rules[{index}]: neither backendRefs nor a redirect"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_rule_must_say_where_its_requests_go() {
        let route = |rule: Value| {
            let sent = json!({"backendRefs": [{"name": "one"}]});
            json!({"kind": "HTTPRoute", "spec": {"rules": [sent, rule]}})
        };
        let redirect = json!({"filters": [{"type": "RequestRedirect"}]});
        let header = json!({"filters": [{"type": "RequestHeaderModifier"}], "backendRefs": []});
        assert_eq!(refuses_empty_rules(&route(redirect)), None);
        let refused = Some("spec.rules[1]: neither backendRefs nor a redirect".to_owned());
        assert_eq!(refuses_empty_rules(&route(header)), refused);
        assert_eq!(refuses_empty_rules(&route(json!({}))), refused);
        assert_eq!(refuses_empty_rules(&json!({"kind": "Gateway"})), None);
    }

    #[test]
    fn a_real_api_server_has_no_such_webhook() {
        let faults = Faults::parse(["admission-webhook-refuses-empty-rules"]).unwrap();
        assert!(wanted(&faults, true).unwrap().is_some());
        assert!(wanted(&faults, false).unwrap_err().is_usage());
        assert!(wanted(&Faults::default(), false).unwrap().is_none());
    }
}
