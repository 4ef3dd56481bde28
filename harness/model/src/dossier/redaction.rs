//! Texts and objects without what must not leave the cluster.

use serde_json::{Map, Value};

/// What stands in place of what is left out.
const LEFT_OUT: &str = "(left out)";

/// A text without private keys, without JSON web tokens, and without what follows `Bearer` or `Basic`.
pub fn redacted(text: &str) -> String {
    let mut lines = Vec::new();
    let mut is_key = false;
    for line in text.split('\n') {
        let (begins, ends) = (is_bound(line, "-----BEGIN "), is_bound(line, "-----END "));
        if begins && !ends {
            is_key = true;
        } else if is_key {
            is_key = !ends;
            if !is_key {
                lines.push(LEFT_OUT.to_owned());
            }
        } else if begins {
            lines.push(LEFT_OUT.to_owned());
        } else {
            lines.push(without_tokens(line));
        }
    }
    if is_key {
        lines.push(LEFT_OUT.to_owned());
    }
    lines.join("\n")
}

/// Whether a line has a bound of a private key in PEM; of one that is quoted into one line it has both.
fn is_bound(line: &str, mark: &str) -> bool {
    line.split(mark)
        .skip(1)
        .any(|rest| rest.split("-----").next().is_some_and(|label| label.ends_with("PRIVATE KEY")))
}

/// A line with every word replaced that is a credential.
fn without_tokens(line: &str) -> String {
    let is_apart = |c: char| c.is_whitespace() || "\"'`,;:=()[]{}<>".contains(c);
    let (mut text, mut after_scheme) = (String::new(), false);
    for piece in line.split_inclusive(is_apart) {
        let word = piece.trim_end_matches(is_apart);
        let is_secret = !word.is_empty() && (after_scheme || is_web_token(word));
        text.push_str(if is_secret { LEFT_OUT } else { word });
        text.push_str(&piece[word.len()..]);
        if !word.is_empty() {
            after_scheme = ["Bearer", "Basic"].iter().any(|it| it.eq_ignore_ascii_case(word));
        }
    }
    text
}

/// Three parts in base64, the first of which begins as an object in JSON does.
fn is_web_token(word: &str) -> bool {
    let is_base64 = |part: &str| {
        part.len() > 8 && part.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b))
    };
    let parts: Vec<_> = word.split('.').collect();
    word.starts_with("eyJ") && parts.len() == 3 && parts.into_iter().all(is_base64)
}

/// An object without what must not be shown: values of Secrets but for certificates, credentials anywhere, and
/// what only tells who wrote which field.
pub fn redacted_value(mut object: Value) -> Value {
    let metadata = object.get_mut("metadata").and_then(Value::as_object_mut);
    if let Some(metadata) = metadata {
        metadata.remove("managedFields");
        if let Some(annotations) = metadata.get_mut("annotations").and_then(Value::as_object_mut) {
            annotations.remove("kubectl.kubernetes.io/last-applied-configuration");
        }
    }
    if object["kind"] == "Secret" {
        for field in ["data", "stringData"] {
            let values = object.get_mut(field).and_then(Value::as_object_mut);
            values.into_iter().for_each(without_secrets);
        }
    }
    redact_all(&mut object);
    object
}

fn without_secrets(values: &mut Map<String, Value>) {
    let is_certificate = |key: &str| key.rsplit_once('.').is_some_and(|(_, end)| end == "crt");
    let secrets = values.iter_mut().filter(|(key, _)| !is_certificate(key));
    secrets.for_each(|(_, value)| *value = LEFT_OUT.into());
}

fn redact_all(value: &mut Value) {
    match value {
        Value::String(text) => *text = redacted(text),
        Value::Array(items) => items.iter_mut().for_each(redact_all),
        Value::Object(fields) => fields.values_mut().for_each(redact_all),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    const KEY: &str = "-----BEGIN EC PRIVATE KEY-----\nMHcCAQEE\n-----END EC PRIVATE KEY-----";
    const TOKEN: &str = "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJrdWJlIn0.c2lnbmF0dXJlLW9mLWl0";

    #[test]
    fn credentials_are_left_out_and_certificates_are_not() {
        let text = format!(
            "a\n{KEY}\nb {TOKEN}, c\nauthorization: Bearer abc.def d\n-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----"
        );
        insta::assert_snapshot!(redacted(&text));
        let quoted = KEY.replace('\n', "\\n");
        assert_eq!(redacted(&format!("x\nkey: \"{quoted}\"\ny")), "x\n(left out)\ny");
    }

    #[test]
    fn of_a_secret_the_certificates_stay() {
        let secret = json!({
            "kind": "Secret", "metadata": { "name": "s", "managedFields": [1] },
            "data": { "tls.key": "a2V5", "tls.crt": "Y2VydA==", "token": "dG9r" },
        });
        assert_eq!(
            redacted_value(secret),
            json!({
                "kind": "Secret", "metadata": { "name": "s" },
                "data": { "tls.key": "(left out)", "tls.crt": "Y2VydA==", "token": "(left out)" },
            })
        );
    }

    proptest! {
        #[test]
        fn no_key_and_no_token_is_left_wherever_it_is(before in "[ -~\n]{0,40}", after in "[ -~\n]{0,40}") {
            let text = redacted(&format!("{before}\n{KEY}\n{after} {TOKEN}\n"));
            prop_assert!(!text.contains("MHcCAQEE") && !text.contains(TOKEN), "{}", text);
        }

        #[test]
        fn what_is_no_secret_stays(text in "[a-z0-9 :/.\n]{0,80}") {
            let is_scheme = text.split_whitespace().any(|word| ["bearer", "basic"].contains(&word));
            prop_assume!(!is_scheme);
            prop_assert_eq!(redacted(&text), text);
        }
    }
}
