//! Manifests: YAML with several documents, read into raw objects.

use serde::Deserialize;
use serde_json::Value;
use serde_yaml::Location;
use thiserror::Error;

use crate::object::Object;

/// What is wrong with a manifest.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ManifestError {
    /// It is not YAML, or not what an object can be made of.
    #[error("{source_name}{}: {message} (in document {document})", at(.place.as_ref()))]
    Malformed {
        /// The file.
        source_name: String,
        /// Which document of the file, the first is 1.
        document: usize,
        /// Line and column in the file, the first are 1.
        place: Option<(usize, usize)>,
        /// What the parser says.
        message: String,
    },
    /// It lacks what every object has.
    #[error("{source_name}: document {document} has no {field}; every object needs one")]
    Incomplete {
        /// The file.
        source_name: String,
        /// Which document of the file, the first is 1.
        document: usize,
        /// What is missing.
        field: &'static str,
    },
}

fn at(place: Option<&(usize, usize)>) -> String {
    place.map(|(line, column)| format!(":{line}:{column}")).unwrap_or_default()
}

/// The objects of a manifest, in its order; empty documents are left out. `source` is the name
/// that errors give it.
///
/// # Errors
///
/// The first thing that is wrong, with its place.
pub fn parse(source: &str, text: &str) -> Result<Vec<Object>, ManifestError> {
    let mut objects = Vec::new();
    for (index, document) in serde_yaml::Deserializer::from_str(text).enumerate() {
        let document_number = index + 1;
        let malformed = |place: Option<Location>, message: String| ManifestError::Malformed {
            source_name: source.to_owned(),
            document: document_number,
            place: place.map(|place| (place.line(), place.column())),
            message,
        };
        let value = Value::deserialize(document)
            .map_err(|error| malformed(error.location(), error.to_string()))?;
        if value.is_null() {
            continue;
        }
        let missing = |field| ManifestError::Incomplete {
            source_name: source.to_owned(),
            document: document_number,
            field,
        };
        let text = |pointer| value.pointer(pointer).and_then(Value::as_str);
        for (field, pointer) in
            [("apiVersion", "/apiVersion"), ("kind", "/kind"), ("metadata.name", "/metadata/name")]
        {
            text(pointer).filter(|text| !text.is_empty()).ok_or_else(|| missing(field))?;
        }
        let object =
            serde_json::from_value(value).map_err(|error| malformed(None, error.to_string()))?;
        objects.push(object);
    }
    Ok(objects)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documents_become_objects_with_every_field() {
        let objects = parse(
            "two.yaml",
            "# a comment\n---\napiVersion: v1\nkind: Namespace\nmetadata: {name: a}\n---\n---\n\
             apiVersion: example.org/v1\nkind: Odd\nmetadata: {name: b}\nunheard: {of: [1]}\n",
        )
        .unwrap();
        assert_eq!(objects.len(), 2);
        assert_eq!(objects[1].data["unheard"]["of"][0], 1);
    }

    #[test]
    fn errors_name_file_line_and_document() {
        let refused = |text| parse("bad.yaml", text).unwrap_err().to_string();
        let text = "apiVersion: v1\nkind: Namespace\nmetadata: {name: a}\n---\nkind: [\n";
        assert!(refused(text).starts_with("bad.yaml:6:1: "), "{}", refused(text));
        assert!(refused(text).ends_with("(in document 2)"), "{}", refused(text));
        assert_eq!(
            refused("apiVersion: v1\nkind: Namespace\nmetadata: {}\n"),
            "bad.yaml: document 1 has no metadata.name; every object needs one"
        );
    }
}
