//! The files that flags of `run` name here, and that a Job has nowhere.

use std::{fs, io, path::Path};

use serde_json::{Map, Value, json};

use crate::values::files;

/// The flags that name a file, or a folder, which is read.
const READ: [&str; 9] = [
    "--conformance-options-file",
    "--delegation",
    "--expectations",
    "--failed-from",
    "--patch",
    "--policy",
    "--pull-secret",
    "--shard-by",
    "--tests",
];

/// Where the Job has them.
const MOUNTED: &str = "/etc/gateway-conformance";

/// What a Job takes along.
#[derive(Default)]
pub(super) struct Files {
    /// By their keys in a Secret, each with its path below where that is mounted. Some have credentials.
    all: Vec<(String, String, String)>,
    named: usize,
}

impl Files {
    /// Takes along what these flags of `run` name, and gives the flags as the Job must have them.
    ///
    /// # Errors
    ///
    /// A file that cannot be read.
    pub(super) fn take(&mut self, arguments: &[String]) -> io::Result<Vec<String>> {
        let mut taken = Vec::new();
        let mut is_path = false;
        for argument in arguments {
            taken.push(match argument.split_once('=') {
                _ if is_path => self.take_one(Path::new(argument))?,
                Some((flag, path)) if READ.contains(&flag) => {
                    format!("{flag}={}", self.take_one(Path::new(path))?)
                }
                _ => argument.clone(),
            });
            is_path = !is_path && READ.contains(&argument.as_str());
        }
        Ok(taken)
    }

    fn take_one(&mut self, path: &Path) -> io::Result<String> {
        self.named += 1;
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let place = format!("{}/{name}", self.named);
        for file in files(path)? {
            let below = file.strip_prefix(path).unwrap_or(&file).display().to_string();
            let place = if below.is_empty() { place.clone() } else { format!("{place}/{below}") };
            self.all.push((format!("file-{}", self.all.len()), place, fs::read_to_string(&file)?));
        }
        Ok(format!("{MOUNTED}/{place}"))
    }

    pub(super) fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// The Secret that has them.
    pub(super) fn secret(&self, name: &str, namespace: &str) -> Value {
        let data: Map<_, _> =
            self.all.iter().map(|(key, _, text)| (key.clone(), json!(text))).collect();
        json!({
            "apiVersion": "v1",
            "kind": "Secret",
            "metadata": { "name": name, "namespace": namespace },
            "stringData": data,
        })
    }

    /// Mounts the Secret in the only container of a Pod.
    pub(super) fn mount(&self, name: &str, pod: &mut Value) {
        let items = self.all.iter().map(|(key, path, _)| json!({ "key": key, "path": path }));
        let items: Vec<_> = items.collect();
        pod["volumes"] =
            json!([{ "name": "files", "secret": { "secretName": name, "items": items } }]);
        pod["containers"][0]["volumeMounts"] =
            json!([{ "name": "files", "mountPath": MOUNTED, "readOnly": true }]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_name_what_is_mounted() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("sub")).unwrap();
        for (name, text) in [("profile.yaml", "p"), ("sub/a.yaml", "a")] {
            fs::write(folder.path().join(name), text).unwrap();
        }
        let policy = folder.path().join("sub/a.yaml").display().to_string();
        let own = folder.path().display().to_string();
        let flags = ["--strict", &format!("--policy={policy}"), "--tests", &own, "--repeat", "2"];
        let mut files = Files::default();
        let taken = files.take(&flags.map(str::to_owned)).unwrap();
        let name = folder.path().file_name().unwrap().to_string_lossy();
        let mounted = format!("{MOUNTED}/2/{name}");
        assert_eq!(taken[1], format!("--policy={MOUNTED}/1/a.yaml"));
        assert_eq!([&taken[2], &taken[3], &taken[4]], ["--tests", &*mounted, "--repeat"]);

        let secret = files.secret("s", "n");
        assert_eq!(secret["stringData"], json!({ "file-0": "a", "file-1": "p", "file-2": "a" }));
        let mut pod = json!({ "containers": [{}] });
        files.mount("s", &mut pod);
        let items = &pod["volumes"][0]["secret"]["items"];
        assert_eq!(items[2]["path"], format!("2/{name}/sub/a.yaml"));
        assert_eq!(pod["containers"][0]["volumeMounts"][0]["mountPath"], MOUNTED);
    }
}
