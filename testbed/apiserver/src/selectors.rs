//! Label and field selectors.

use serde_json::Value;

use crate::object::text;
use crate::status_error::StatusError;

/// What a list, a watch or a collection's deletion is narrowed to.
#[derive(Debug, Clone, Default)]
pub struct Selection {
    labels: Vec<LabelTerm>,
    fields: Vec<FieldTerm>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum LabelTerm {
    In(String, Vec<String>),
    NotIn(String, Vec<String>),
    Exists(String),
    Absent(String),
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct FieldTerm {
    pointer: String,
    value: String,
    equal: bool,
}

/// The fields that may be selected on, each for the kinds that have it.
const FIELDS: &[&str] = &[
    "metadata.name",
    "metadata.namespace",
    "involvedObject.apiVersion",
    "involvedObject.fieldPath",
    "involvedObject.kind",
    "involvedObject.name",
    "involvedObject.namespace",
    "involvedObject.resourceVersion",
    "involvedObject.uid",
    "reason",
    "source",
    "spec.nodeName",
    "spec.unschedulable",
    "status.phase",
    "status.podIP",
    "type",
];

impl Selection {
    /// Reads the `labelSelector` and `fieldSelector` parameters.
    pub fn parse(labels: &str, fields: &str) -> Result<Self, StatusError> {
        Ok(Self { labels: parse_labels(labels)?, fields: parse_fields(fields)? })
    }

    pub fn matches(&self, object: &Value) -> bool {
        let labels = object.pointer("/metadata/labels");
        let label = |key: &str| labels.and_then(|labels| labels.get(key)).and_then(Value::as_str);
        let labelled = self.labels.iter().all(|term| match term {
            LabelTerm::In(key, values) => {
                label(key).is_some_and(|value| values.iter().any(|v| v == value))
            }
            LabelTerm::NotIn(key, values) => {
                label(key).is_none_or(|value| values.iter().all(|v| v != value))
            }
            LabelTerm::Exists(key) => label(key).is_some(),
            LabelTerm::Absent(key) => label(key).is_none(),
        });
        labelled
            && self
                .fields
                .iter()
                .all(|term| (text(object, &term.pointer) == term.value) == term.equal)
    }
}

fn parse_fields(selector: &str) -> Result<Vec<FieldTerm>, StatusError> {
    let terms = selector.split(',').map(str::trim).filter(|term| !term.is_empty());
    terms
        .map(|term| {
            let (field, value, equal) = split_operator(term).ok_or_else(|| {
                StatusError::bad_request(format!(
                    "invalid field selector {term:?}: write field=value or field!=value"
                ))
            })?;
            if !FIELDS.contains(&field) {
                return Err(StatusError::bad_request(format!(
                    "field label not supported: {field}"
                )));
            }
            let pointer = format!("/{}", field.replace('.', "/"));
            Ok(FieldTerm { pointer, value: value.to_owned(), equal })
        })
        .collect()
}

fn split_operator(term: &str) -> Option<(&str, &str, bool)> {
    let (operator, equal) = ["!=", "==", "="]
        .iter()
        .filter_map(|operator| term.find(operator).map(|at| (at, *operator)))
        .min_by_key(|(at, operator)| (*at, std::cmp::Reverse(operator.len())))
        .map(|(_, operator)| (operator, operator != "!="))?;
    let (key, value) = term.split_once(operator)?;
    Some((key.trim(), value.trim(), equal))
}

fn parse_labels(selector: &str) -> Result<Vec<LabelTerm>, StatusError> {
    split_outside_parentheses(selector)
        .into_iter()
        .map(str::trim)
        .filter(|term| !term.is_empty())
        .map(|term| {
            parse_label_term(term).ok_or_else(|| {
                StatusError::bad_request(format!(
                    "unable to parse requirement {term:?} of the label selector: write key, !key, \
                     key=value, key!=value, key in (a,b) or key notin (a,b)"
                ))
            })
        })
        .collect()
}

fn split_outside_parentheses(selector: &str) -> Vec<&str> {
    let mut depth = 0_i32;
    selector
        .split(|c| {
            match c {
                '(' => depth += 1,
                ')' => depth -= 1,
                _ => {}
            }
            c == ',' && depth == 0
        })
        .collect()
}

fn parse_label_term(term: &str) -> Option<LabelTerm> {
    if let Some(head) = term.strip_suffix(')') {
        let (head, values) = head.split_once('(')?;
        let values = values.split(',').map(|value| value.trim().to_owned()).collect();
        let (key, operator) = head.trim().split_once(char::is_whitespace)?;
        return match operator.trim() {
            "in" => Some(LabelTerm::In(key.to_owned(), values)),
            "notin" => Some(LabelTerm::NotIn(key.to_owned(), values)),
            _ => None,
        };
    }
    if let Some((key, value, equal)) = split_operator(term) {
        let values = vec![value.to_owned()];
        let term = if equal { LabelTerm::In } else { LabelTerm::NotIn };
        return (!key.is_empty()).then(|| term(key.to_owned(), values));
    }
    let (key, exists) = term.strip_prefix('!').map_or((term, true), |key| (key.trim(), false));
    let plain = !key.is_empty() && !key.contains(char::is_whitespace);
    let term = if exists { LabelTerm::Exists } else { LabelTerm::Absent };
    plain.then(|| term(key.to_owned()))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn matches(labels: &str, fields: &str) -> bool {
        let object = json!({
            "metadata": {"name": "a", "labels": {"app": "web", "tier": "front"}},
            "status": {"phase": "Running"},
        });
        Selection::parse(labels, fields).unwrap().matches(&object)
    }

    #[test]
    fn label_selectors_of_every_form() {
        for yes in ["", "app", "app=web", "app==web,tier!=back", "app in (api, web),!gone"] {
            assert!(matches(yes, ""), "{yes}");
        }
        for no in ["!app", "app=api", "tier!=front", "app notin (web)", "gone", "app in (api)"] {
            assert!(!matches(no, ""), "{no}");
        }
        // A key that is absent is not in any set.
        assert!(matches("gone notin (a),gone!=b", ""));
    }

    #[test]
    fn field_selectors() {
        assert!(matches("", "metadata.name=a,status.phase!=Pending"));
        assert!(!matches("", "metadata.name!=a"));
    }

    #[test]
    fn what_cannot_be_read_is_refused() {
        for labels in ["app in web", "app is (web)", "=web"] {
            assert!(Selection::parse(labels, "").is_err(), "{labels}");
        }
        assert!(Selection::parse("", "spec.color=red").is_err());
        assert!(Selection::parse("", "metadata.name").is_err());
    }
}
