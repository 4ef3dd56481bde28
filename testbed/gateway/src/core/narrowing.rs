//! What a route has in common with a rule of another route: as much as that rule can hand on to it.

use super::hostname::Hostname;
use super::objects::Object;
use super::route::{Match, Method, NamedMatch, Route, Rule, ValueMatch};
use crate::faults::{self, Faults};

/// The route as far as it lies within the hostnames of another and within a rule of it, and under what the rule says
/// besides; none where nothing is left.
pub fn within(
    route: &Object<Route>,
    hostnames: &[String],
    rule: &Rule,
    faults: &Faults,
) -> Option<Object<Route>> {
    let mut narrowed = route.clone();
    if !faults.has(faults::DELEGATED_HOSTNAMES_IGNORED) {
        narrowed.body.spec.hostnames = common_hostnames(hostnames, &route.spec.hostnames, faults)?;
    }
    for own in &mut narrowed.body.spec.rules {
        let (all, own_matches) = (or_all(&rule.matches), or_all(&own.matches));
        let pairs = all.iter().flat_map(|outer| own_matches.iter().map(move |own| (outer, own)));
        own.matches = pairs.filter_map(|(outer, own)| common(outer, own, faults)).collect();
        if !faults.has(faults::FILTERS_OF_PARENT_IGNORED) {
            own.filters.splice(0..0, rule.filters.iter().cloned());
        }
        let (limits, outer) = (&mut own.timeouts, rule.timeouts.clone());
        limits.request = limits.request.take().or(outer.request);
        limits.backend_request = limits.backend_request.take().or(outer.backend_request);
        own.retry = own.retry.take().or_else(|| rule.retry.clone());
    }
    narrowed.body.spec.rules.retain(|own| !own.matches.is_empty());
    (!narrowed.spec.rules.is_empty()).then_some(narrowed)
}

/// Without any, all is matched.
fn or_all(matches: &[Match]) -> Vec<Match> {
    if matches.is_empty() { vec![Match::default()] } else { matches.to_vec() }
}

/// The hostnames that match what both do; without any, all is matched.
fn common_hostnames(outer: &[String], own: &[String], faults: &Faults) -> Option<Vec<String>> {
    if outer.is_empty() || own.is_empty() {
        return Some([outer, own].concat());
    }
    let parse = |name: &String| Hostname::parse(Some(name));
    let pairs = outer.iter().flat_map(|outer| own.iter().map(move |own| (outer, own)));
    let meeting = pairs.filter(|(outer, own)| parse(outer).intersects(&parse(own), faults));
    let narrower = meeting.map(|(outer, own)| {
        std::cmp::max_by_key(outer, own, |name| parse(name).specificity()).clone()
    });
    Some(narrower.collect::<Vec<_>>()).filter(|names| !names.is_empty())
}

/// What both match, if that can be said and is anything.
fn common(outer: &Match, own: &Match, faults: &Faults) -> Option<Match> {
    if faults.has(faults::DELEGATED_MATCHES_IGNORED) {
        return Some(own.clone());
    }
    let (outer_method, own_method) = (outer.method.as_ref(), own.method.as_ref());
    methods_meet(outer_method, own_method).then_some(())?;
    Some(Match {
        path: Some(common_path(outer.path.as_ref(), own.path.as_ref(), faults)?),
        headers: all_of(&outer.headers, &own.headers, str::to_ascii_lowercase)?,
        query_params: all_of(&outer.query_params, &own.query_params, str::to_owned)?,
        method: own_method.or(outer_method).cloned(),
    })
}

/// The narrower of two paths, if one lies within the other. Of patterns that is not known.
fn common_path(
    outer: Option<&ValueMatch>,
    own: Option<&ValueMatch>,
    faults: &Faults,
) -> Option<ValueMatch> {
    let lies_within = |path: &ValueMatch, prefix: &ValueMatch| {
        let rest = value(path).strip_prefix(value(prefix).trim_end_matches('/'));
        is(prefix, "PathPrefix")
            && !is(path, "RegularExpression")
            && rest.is_some_and(|rest| {
                rest.is_empty()
                    || rest.starts_with('/')
                    || faults.has(faults::DELEGATED_PREFIX_MATCHES_SUBSTRING)
            })
    };
    let all = ValueMatch::default();
    let (outer, own) = (outer.unwrap_or(&all), own.unwrap_or(&all));
    if lies_within(own, outer)
        || (is(own, "Exact") && is(outer, "Exact") && value(own) == value(outer))
    {
        Some(own.clone())
    } else {
        lies_within(outer, own).then(|| outer.clone())
    }
}

fn is(path: &ValueMatch, kind: &str) -> bool {
    path.r#type.as_deref().unwrap_or("PathPrefix") == kind
}

fn value(path: &ValueMatch) -> &str {
    path.value.as_deref().unwrap_or("/")
}

/// All of both, unless they want different values under one name.
fn all_of(
    outer: &[NamedMatch],
    own: &[NamedMatch],
    folded: impl Fn(&str) -> String,
) -> Option<Vec<NamedMatch>> {
    let mut all = outer.to_vec();
    for wanted in own {
        match all.iter().find(|it| folded(&it.name) == folded(&wanted.name)) {
            Some(known) if (&known.r#type, &known.value) == (&wanted.r#type, &wanted.value) => {}
            Some(_) => return None,
            None => all.push(wanted.clone()),
        }
    }
    Some(all)
}

/// Whether a request can have a method that both take.
fn methods_meet(outer: Option<&Method>, own: Option<&Method>) -> bool {
    match (outer, own) {
        (Some(Method::Http(outer)), Some(Method::Http(own))) => outer == own,
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::core::objects::Metadata;

    /// What is left of a child's only rule, under a parent's rule.
    fn left(outer: Value, own: Value) -> Option<Rule> {
        let rule = |rule: Value| serde_json::from_value::<Rule>(rule).unwrap();
        let mut child = Object { metadata: Metadata::default(), body: Route::default() };
        child.body.spec.rules = vec![rule(own)];
        let narrowed = within(&child, &[], &rule(outer), &Faults::default())?;
        Some(narrowed.spec.rules[0].clone())
    }

    fn left_path(outer: (&str, &str), own: (&str, &str)) -> Option<(String, String)> {
        let rule =
            |(kind, value)| json!({ "matches": [{ "path": { "type": kind, "value": value } }] });
        let path = left(rule(outer), rule(own))?.matches.remove(0).path?;
        Some((path.r#type?, path.value?))
    }

    #[test]
    fn of_two_paths_the_one_that_lies_within_the_other_is_left() {
        let (prefix, exact, pattern) = ("PathPrefix", "Exact", "RegularExpression");
        for (outer, own, expected) in [
            ((prefix, "/a"), (prefix, "/a/b"), Some((prefix, "/a/b"))),
            ((prefix, "/a/"), (prefix, "/a"), Some((prefix, "/a"))),
            ((prefix, "/a/b"), (prefix, "/"), Some((prefix, "/a/b"))),
            ((prefix, "/a"), (exact, "/a/b"), Some((exact, "/a/b"))),
            ((exact, "/a/b"), (prefix, "/a"), Some((exact, "/a/b"))),
            ((exact, "/a"), (exact, "/a"), Some((exact, "/a"))),
            ((exact, "/a"), (exact, "/b"), None),
            ((prefix, "/a"), (prefix, "/ab"), None),
            ((prefix, "/a"), (exact, "/b"), None),
            ((prefix, "/a"), (pattern, "/a/.*"), None),
        ] {
            let expected = expected.map(|(kind, value)| (kind.to_owned(), value.to_owned()));
            assert_eq!(left_path(outer, own), expected, "{outer:?} {own:?}");
        }
    }

    #[test]
    fn all_that_both_match_by_counts() {
        let header =
            |value: &str| json!({ "matches": [{ "headers": [{ "name": "A", "value": value }] }] });
        let method = |name: &str| json!({ "matches": [{ "method": name }] });
        assert!(left(header("1"), header("2")).is_none());
        assert!(left(method("GET"), method("PUT")).is_none());
        let both = left(header("1"), method("GET")).unwrap().matches.remove(0);
        assert_eq!(both.headers[0].value, "1");
        assert!(matches!(both.method, Some(Method::Http(name)) if name == "GET"));
        assert_eq!(left(header("1"), header("1")).unwrap().matches[0].headers.len(), 1);
    }

    #[test]
    fn what_a_rule_says_besides_holds_for_what_it_hands_on() {
        let filter = |name: &str| json!({ "type": name });
        let outer = json!({
            "filters": [filter("A")],
            "timeouts": { "request": "1s", "backendRequest": "1s" }, "retry": { "attempts": 1 },
        });
        let own = json!({ "filters": [filter("B")], "timeouts": { "request": "2s" } });
        let left = left(outer, own).unwrap();
        let filters: Vec<_> = left.filters.iter().map(|filter| filter.r#type.as_str()).collect();
        assert_eq!(filters, ["A", "B"]);
        assert_eq!(left.timeouts.request.as_deref(), Some("2s"));
        assert_eq!(left.timeouts.backend_request.as_deref(), Some("1s"));
        assert_eq!(left.retry.unwrap().attempts, Some(1));
    }

    #[test]
    fn hostnames_are_those_of_both() {
        let common = |outer: &[&str], own: &[&str]| {
            let owned = |names: &[&str]| names.iter().map(ToString::to_string).collect::<Vec<_>>();
            common_hostnames(&owned(outer), &owned(own), &Faults::default())
        };
        assert_eq!(common(&[], &["a.com"]).unwrap(), ["a.com"]);
        assert_eq!(common(&["a.com"], &[]).unwrap(), ["a.com"]);
        assert_eq!(common(&["*.a.com", "b.com"], &["c.a.com", "d.com"]).unwrap(), ["c.a.com"]);
        assert_eq!(common(&["a.com"], &["b.com"]), None);
    }
}
