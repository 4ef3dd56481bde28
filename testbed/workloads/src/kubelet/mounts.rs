//! Files of Secret and `ConfigMap` volumes.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use crate::objects::{ConfigMap, KeyToPath, Pod, Secret, Volume};

/// Files by container, then by absolute path.
pub(super) type Files = BTreeMap<String, HashMap<String, Vec<u8>>>;

/// What a volume needs is not there. Says so in the words of a real kubelet.
#[derive(Debug, thiserror::Error)]
#[error("MountVolume.SetUp failed for volume \"{volume}\" : {what} not found")]
pub(super) struct Missing {
    volume: String,
    what: String,
}

/// The files that the containers of `pod` see.
///
/// Volumes of other kinds are empty.
pub(super) fn resolve(
    pod: &Pod,
    secret: impl Fn(&str) -> Option<Arc<Secret>>,
    config_map: impl Fn(&str) -> Option<Arc<ConfigMap>>,
) -> Result<Files, Missing> {
    let Some(spec) = &pod.spec else { return Ok(Files::new()) };
    let mut contents = HashMap::new();
    for volume in spec.volumes.iter().flatten() {
        contents.insert(volume.name.as_str(), content(volume, &secret, &config_map)?);
    }
    let mut files = Files::new();
    for container in &spec.containers {
        let seen = files.entry(container.name.clone()).or_default();
        for mount in container.volume_mounts.iter().flatten() {
            let directory = mount.mount_path.trim_end_matches('/');
            for (path, content) in contents.get(mount.name.as_str()).into_iter().flatten() {
                seen.insert(format!("{directory}/{path}"), content.clone());
            }
        }
    }
    Ok(files)
}

/// The files of a volume by relative path.
fn content(
    volume: &Volume,
    secret: impl Fn(&str) -> Option<Arc<Secret>>,
    config_map: impl Fn(&str) -> Option<Arc<ConfigMap>>,
) -> Result<Vec<(String, Vec<u8>)>, Missing> {
    let missing = |what: String| Missing { volume: volume.name.clone(), what };
    let (data, items, optional, what) = if let Some(source) = &volume.secret {
        let name = source.secret_name.as_deref().unwrap_or_default();
        (
            secret(name).map(|s| secret_data(&s)),
            &source.items,
            source.optional,
            format!("secret \"{name}\""),
        )
    } else if let Some(source) = &volume.config_map {
        let found = config_map(&source.name);
        (
            found.map(|c| config_map_data(&c)),
            &source.items,
            source.optional,
            format!("configmap \"{}\"", source.name),
        )
    } else {
        return Ok(Vec::new());
    };
    let is_optional = optional == Some(true);
    let Some(mut data) = data else {
        return if is_optional { Ok(Vec::new()) } else { Err(missing(what)) };
    };
    let Some(items) = items else { return Ok(data.into_iter().collect()) };
    let mut files = Vec::new();
    for KeyToPath { key, path, .. } in items {
        match data.remove(key) {
            Some(content) => files.push((path.clone(), content)),
            None if is_optional => {}
            None => return Err(missing(format!("key {key} of {what}"))),
        }
    }
    Ok(files)
}

fn secret_data(secret: &Secret) -> BTreeMap<String, Vec<u8>> {
    let data = secret.data.iter().flatten();
    data.map(|(key, value)| (key.clone(), value.0.clone())).collect()
}

fn config_map_data(config_map: &ConfigMap) -> BTreeMap<String, Vec<u8>> {
    let text = config_map.data.iter().flatten();
    let binary = config_map.binary_data.iter().flatten();
    text.map(|(key, value)| (key.clone(), value.clone().into_bytes()))
        .chain(binary.map(|(key, value)| (key.clone(), value.0.clone())))
        .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn pod() -> Pod {
        serde_json::from_value(json!({"spec": {
            "containers": [{"name": "tls-backend", "volumeMounts": [
                {"name": "secret-volume", "mountPath": "/etc/secret-volume"},
            ]}],
            "volumes": [{"name": "secret-volume", "secret": {
                "secretName": "certificate",
                "items": [{"key": "tls.crt", "path": "crt"}],
            }}],
        }}))
        .unwrap()
    }

    fn secret(key: &str) -> Arc<Secret> {
        // `certificate` in Base64.
        let secret = json!({"data": {key: "Y2VydGlmaWNhdGU="}});
        Arc::new(serde_json::from_value(secret).unwrap())
    }

    #[test]
    fn items_of_a_secret_are_files() {
        let files = resolve(&pod(), |_| Some(secret("tls.crt")), |_| None).unwrap();
        assert_eq!(files["tls-backend"]["/etc/secret-volume/crt"], b"certificate");
    }

    #[test]
    fn what_is_missing_is_named() {
        let missing = |found: Option<Arc<Secret>>| {
            resolve(&pod(), |_| found.clone(), |_| None).unwrap_err().to_string()
        };
        let prefix = "MountVolume.SetUp failed for volume \"secret-volume\" : ";
        assert_eq!(missing(None), format!("{prefix}secret \"certificate\" not found"));
        assert_eq!(
            missing(Some(secret("other"))),
            format!("{prefix}key tls.crt of secret \"certificate\" not found")
        );
    }
}
