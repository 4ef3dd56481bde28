//! Routes: their parents, hostnames, matches, filters and backends.

use serde_json::Value;

use crate::object::text;
use crate::status_error::Cause;
use crate::validation::members::{elements, require};
use crate::validation::names::{HOSTNAME, is_hostname};

pub fn check(route: &Value, causes: &mut Vec<Cause>) {
    check_parents(route, causes);
    for (place, hostname) in elements(route, "spec.hostnames") {
        if !hostname.as_str().is_some_and(is_hostname) {
            causes.push(Cause::invalid(place, hostname, HOSTNAME));
        }
    }
    for (rule_place, rule) in elements(route, "spec.rules") {
        for (place, backend) in elements(rule, "backendRefs") {
            let place = format!("{rule_place}.{place}");
            require(backend, &place, &["name"], causes);
            let service = backend["kind"] == "Service" && backend["group"] == "";
            if service && backend["port"].is_null() {
                let message = "Must have port for Service reference";
                causes.push(Cause::rule(&place, message));
            }
            check_filters(&place, backend, causes);
        }
        for (place, route_match) in elements(rule, "matches") {
            check_path(&format!("{rule_place}.{place}.path"), &route_match["path"], causes);
        }
        check_filters(&rule_place, rule, causes);
        let redirects = elements(rule, "filters").any(|(_, f)| !f["requestRedirect"].is_null());
        if redirects && elements(rule, "backendRefs").next().is_some() {
            let message = "RequestRedirect filter must not be used together with backendRefs";
            causes.push(Cause::rule(&rule_place, message));
        }
    }
}

/// A parent may be named more than once only by different sections of it.
fn check_parents(route: &Value, causes: &mut Vec<Cause>) {
    let mut parents = Vec::new();
    for (place, parent) in elements(route, "spec.parentRefs") {
        require(parent, &place, &["name"], causes);
        let whole = ["group", "kind", "namespace", "name"].map(|member| &parent[member]);
        let section = (text(parent, "/sectionName"), &parent["port"]);
        parents.push((whole, section));
    }
    let repeated = parents.iter().enumerate().any(|(index, (whole, section))| {
        parents[..index].iter().any(|(earlier, other)| {
            let one_is_all =
                [section, other].iter().any(|(s, port)| s.is_empty() && port.is_null());
            earlier == whole && (other == section || one_is_all)
        })
    });
    if repeated {
        let message = "sectionName or port must be specified and unique when parentRefs includes 2 \
                       or more references to the same parent";
        causes.push(Cause::rule("spec.parentRefs", message));
    }
}

/// The members that hold what a type of filter does.
const FILTERS: &[(&str, &str)] = &[
    ("CORS", "cors"),
    ("ExtensionRef", "extensionRef"),
    ("RequestHeaderModifier", "requestHeaderModifier"),
    ("RequestMirror", "requestMirror"),
    ("RequestRedirect", "requestRedirect"),
    ("ResponseHeaderModifier", "responseHeaderModifier"),
    ("URLRewrite", "urlRewrite"),
];

fn check_filters(place: &str, of: &Value, causes: &mut Vec<Cause>) {
    let mut types: Vec<&str> = Vec::new();
    let list_place = format!("{place}.filters");
    for (filter_place, filter) in elements(of, "filters") {
        let field = format!("{place}.{filter_place}");
        let filter_type = text(filter, "/type");
        for (known, member) in FILTERS {
            let problem = match (filter_type == *known, filter[*member].is_null()) {
                (true, true) => {
                    format!("filter.{member} must be specified for {known} filter.type")
                }
                (false, false) => {
                    format!("filter.{member} must be nil if the filter.type is not {known}")
                }
                _ => continue,
            };
            causes.push(Cause::rule(&field, &problem));
        }
        let repeatable = matches!(filter_type, "RequestMirror" | "ExtensionRef");
        if types.contains(&filter_type) && !repeatable {
            let message = format!("{filter_type} filter cannot be repeated");
            causes.push(Cause::rule(&list_place, &message));
        }
        types.push(filter_type);
    }
    if types.contains(&"RequestRedirect") && types.contains(&"URLRewrite") {
        let message = "may specify either a RequestRedirect or a URLRewrite filter, but not both";
        causes.push(Cause::rule(&list_place, message));
    }
}

fn check_path(place: &str, path: &Value, causes: &mut Vec<Cause>) {
    if !matches!(text(path, "/type"), "Exact" | "PathPrefix") {
        return;
    }
    let value = text(path, "/value");
    let types = "when type one of ['Exact', 'PathPrefix']";
    if !value.starts_with('/') {
        let message = format!("value must be an absolute path and start with '/' {types}");
        causes.push(Cause::rule(place, &message));
    }
    for unwanted in ["//", "/./", "/../", "%2f", "%2F", "#"] {
        if value.contains(unwanted) {
            let message = format!("must not contain '{unwanted}' {types}");
            causes.push(Cause::rule(place, &message));
        }
    }
    for unwanted in ["/..", "/."] {
        if value.ends_with(unwanted) {
            let message = format!("must not end with '{unwanted}' {types}");
            causes.push(Cause::rule(place, &message));
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn messages(spec: &Value) -> Vec<String> {
        let mut causes = Vec::new();
        check(&json!({"spec": spec}), &mut causes);
        causes.into_iter().map(|cause| format!("{}: {}", cause.field, cause.message)).collect()
    }

    #[test]
    fn a_parent_is_named_once_or_by_its_sections() {
        let parents = |sections: [Option<&str>; 2]| {
            let parents = sections.map(|section| json!({"name": "g", "sectionName": section}));
            messages(&json!({"parentRefs": parents}))
        };
        assert!(parents([Some("a"), Some("b")]).is_empty());
        assert_eq!(parents([Some("a"), Some("a")]).len(), 1);
        assert_eq!(parents([Some("a"), None]).len(), 1);
    }

    #[test]
    fn a_filter_is_what_its_type_says() {
        let filters = |filters: Value| messages(&json!({"rules": [{"filters": filters}]}));
        let header = json!({"type": "RequestHeaderModifier", "requestHeaderModifier": {}});
        assert!(filters(json!([header])).is_empty());
        assert!(filters(json!([header, header]))[0].contains("cannot be repeated"));
        let mixed = filters(json!([{"type": "RequestMirror", "cors": {}}]));
        assert_eq!(mixed.len(), 2, "{mixed:?}");
        let redirect = json!({"type": "RequestRedirect", "requestRedirect": {}});
        let rule = json!({"filters": [redirect], "backendRefs": [{"name": "b", "port": 80}]});
        assert!(messages(&json!({"rules": [rule]}))[0].starts_with("spec.rules[0]: "));
    }

    #[test]
    fn paths_are_absolute_and_normal() {
        let path = |value: &str| {
            let path = json!({"type": "Exact", "value": value});
            messages(&json!({"rules": [{"matches": [{"path": path}]}]})).len()
        };
        assert_eq!(["/", "/a.b/c", "a", "/a//b", "/a/..", "/%2Fa"].map(path), [0, 0, 1, 1, 1, 1]);
    }
}
