//! From files and environment to a configuration, without any network.

use std::{
    ffi::OsString,
    fs,
    path::{Path, PathBuf},
};

use base64::{Engine, engine::general_purpose::STANDARD};
use kube::{
    Config,
    config::{AuthInfo, Cluster, Kubeconfig, KubeconfigError},
};
use model::suggest::lookup;
use serde::Deserialize;
use serde_json::Value;

use super::{access::Access, error::ConnectError, proxy::is_direct};
use crate::refusal::chain;

/// The cluster that was chosen.
pub(super) struct Choice {
    pub config: Config,
    pub description: String,
    pub origin: Origin,
}

/// What says how the cluster is reached.
pub(super) enum Origin {
    /// A context of a kubeconfig.
    Context { context: String, path: String },
    /// The pod that this runs in.
    Pod,
}

impl Origin {
    /// What it says cannot be used.
    pub(super) fn unusable(&self, message: String) -> ConnectError {
        match self {
            Self::Context { context, path } => {
                ConnectError::Unusable { context: context.clone(), path: path.clone(), message }
            }
            Self::Pod => ConnectError::ServiceAccount(message),
        }
    }
}

/// Where a kubeconfig comes from.
struct Files {
    paths: Vec<PathBuf>,
    given_by: &'static str,
}

/// Finds the cluster; `environment` is the process's.
pub(super) fn choose(
    access: &Access,
    environment: impl Fn(&str) -> Option<OsString>,
) -> Result<Choice, ConnectError> {
    let Some(files) = files(access, &environment)? else {
        return in_cluster(access);
    };
    let shown = files.shown();
    let mut kubeconfig = files.read()?;
    let context = pick_context(access, &kubeconfig, &shown)?;
    let origin = Origin::Context { context: context.clone(), path: shown };
    let server = check_parts(&kubeconfig, &context).map_err(|message| origin.unusable(message))?;
    kubeconfig.current_context = Some(context.clone());
    let mut config =
        Config::try_from(kubeconfig).map_err(|error| origin.unusable(chain(&error)))?;
    let no_proxy = environment("NO_PROXY").or_else(|| environment("no_proxy")).unwrap_or_default();
    let host = config.cluster_url.host().unwrap_or_default();
    if !server.has_proxy && is_direct(host, &no_proxy.to_string_lossy()) {
        config.proxy_url = None;
    }
    Ok(Choice { config, description: format!("context {context} ({})", server.url), origin })
}

fn files(
    access: &Access,
    environment: impl Fn(&str) -> Option<OsString>,
) -> Result<Option<Files>, ConnectError> {
    if let Some(path) = &access.kubeconfig {
        return Ok(Some(Files { paths: vec![path.clone()], given_by: "--kubeconfig" }));
    }
    let listed: Vec<_> = environment("KUBECONFIG")
        .map(|list| {
            std::env::split_paths(&list).filter(|path| !path.as_os_str().is_empty()).collect()
        })
        .unwrap_or_default();
    if !listed.is_empty() {
        // As kubectl does: of several, those that are not there do not count.
        let there: Vec<_> = listed.iter().filter(|path| path.exists()).cloned().collect();
        let paths = if there.is_empty() { listed } else { there };
        return Ok(Some(Files { paths, given_by: "KUBECONFIG" }));
    }
    let home = PathBuf::from(environment("HOME").unwrap_or_default()).join(".kube/config");
    if home.exists() {
        return Ok(Some(Files { paths: vec![home], given_by: "HOME" }));
    }
    if environment("KUBERNETES_SERVICE_HOST").is_some() {
        return Ok(None);
    }
    Err(ConnectError::NoKubeconfig { home: home.display().to_string() })
}

fn in_cluster(access: &Access) -> Result<Choice, ConnectError> {
    if let Some(context) = &access.context {
        return Err(ConnectError::ContextInCluster(context.clone()));
    }
    let config = Config::incluster().map_err(|error| Origin::Pod.unusable(chain(&error)))?;
    let description = format!("the cluster of this pod ({})", config.cluster_url);
    Ok(Choice { config, description, origin: Origin::Pod })
}

impl Files {
    fn shown(&self) -> String {
        let paths: Vec<_> = self.paths.iter().map(|path| path.display().to_string()).collect();
        paths.join(", ")
    }

    /// All of them as one; the first one that says something counts.
    fn read(&self) -> Result<Kubeconfig, ConnectError> {
        self.paths.iter().try_fold(Kubeconfig::default(), |merged, path| {
            let next = self.read_one(path)?;
            merged.merge(next).map_err(|error| malformed(path, String::new(), &error.to_string()))
        })
    }

    fn read_one(&self, path: &Path) -> Result<Kubeconfig, ConnectError> {
        let text = fs::read_to_string(path).map_err(|error| ConnectError::Unreadable {
            path: path.display().to_string(),
            given_by: self.given_by,
            message: error.to_string(),
        })?;
        // For the place of a syntax error, and to refuse what is no mapping.
        for document in serde_yaml::Deserializer::from_str(&text) {
            let value = Value::deserialize(document).map_err(|error| {
                let place = error
                    .location()
                    .map(|at| format!(":{}:{}", at.line(), at.column()))
                    .unwrap_or_default();
                malformed(path, place, &error.to_string())
            })?;
            if !value.is_object() && !value.is_null() {
                return Err(malformed(path, ":1:1".to_owned(), "it is not a mapping"));
            }
        }
        Kubeconfig::read_from(path).map_err(|error| {
            let message = match &error {
                KubeconfigError::Parse(error) => error.to_string(),
                other => other.to_string(),
            };
            malformed(path, String::new(), &message)
        })
    }
}

fn malformed(path: &Path, place: String, message: &str) -> ConnectError {
    // Some parsers quote the source below their message.
    let message = message.lines().next().unwrap_or_default().to_owned();
    ConnectError::Malformed { path: path.display().to_string(), place, message }
}

fn pick_context(
    access: &Access,
    kubeconfig: &Kubeconfig,
    path: &str,
) -> Result<String, ConnectError> {
    let names = || kubeconfig.contexts.iter().map(|context| context.name.as_str());
    let known = || match names().collect::<Vec<_>>().as_slice() {
        [] => "no contexts".to_owned(),
        names => names.join(", "),
    };
    let current = kubeconfig.current_context.as_deref().filter(|name| !name.is_empty());
    let Some(wanted) = access.context.as_deref().or(current) else {
        return Err(ConnectError::NoContext { path: path.to_owned(), known: known() });
    };
    lookup("context", wanted, names().map(|name| (name, name.to_owned()))).map_err(|unknown| {
        ConnectError::UnknownContext { unknown, path: path.to_owned(), known: known() }
    })
}

/// The API server that a context names.
struct Server {
    url: String,
    /// Whether the kubeconfig says through which proxy it is reached.
    has_proxy: bool,
}

/// Checks what the context names, and answers the server.
fn check_parts(kubeconfig: &Kubeconfig, context: &str) -> Result<Server, String> {
    let named = kubeconfig.contexts.iter().find(|named| named.name == context);
    let context = named
        .and_then(|named| named.context.as_ref())
        .ok_or("it names neither a cluster nor a user")?;
    let cluster = kubeconfig
        .clusters
        .iter()
        .find(|named| named.name == context.cluster)
        .and_then(|named| named.cluster.as_ref())
        .ok_or_else(|| format!("its cluster \"{}\" is not there", context.cluster))?;
    let server = cluster
        .server
        .as_deref()
        .ok_or_else(|| format!("cluster \"{}\" has no server", context.cluster))?;
    check_server(server)?;
    check_authority(cluster)?;
    if let Some(user) = context.user.as_deref().filter(|user| !user.is_empty()) {
        let user = kubeconfig
            .auth_infos
            .iter()
            .find(|named| named.name == user)
            .and_then(|named| named.auth_info.as_ref())
            .ok_or_else(|| format!("its user \"{user}\" is not there"))?;
        check_user(user)?;
    }
    let has_proxy = cluster.proxy_url.as_deref().is_some_and(|proxy| !proxy.is_empty());
    Ok(Server { url: server.to_owned(), has_proxy })
}

fn check_server(server: &str) -> Result<(), String> {
    let url: http::Uri =
        server.parse().map_err(|error| format!("the server \"{server}\" is no URL: {error}"))?;
    match (url.scheme_str(), url.host()) {
        (Some("http" | "https"), Some(_)) => Ok(()),
        _ => Err(format!("the server \"{server}\" is no URL; write https://HOST:PORT")),
    }
}

/// A file without any certificate would be taken for one that trusts nobody.
fn check_authority(cluster: &Cluster) -> Result<(), String> {
    let is_certificate = |pem: &[u8]| String::from_utf8_lossy(pem).contains("BEGIN CERTIFICATE");
    if let Some(path) = given(cluster.certificate_authority.as_deref()) {
        let field = format!("certificate-authority {path}");
        let pem = fs::read(path).map_err(|error| format!("{field} cannot be read: {error}"))?;
        if !is_certificate(&pem) {
            return Err(format!("{field} has no certificate"));
        }
    }
    let field = "certificate-authority-data";
    match decoded(field, cluster.certificate_authority_data.as_deref())? {
        Some(pem) if !is_certificate(&pem) => Err(format!("{field} has no certificate")),
        _ => Ok(()),
    }
}

fn check_user(user: &AuthInfo) -> Result<(), String> {
    readable("client-certificate", user.client_certificate.as_deref())?;
    readable("client-key", user.client_key.as_deref())?;
    readable("tokenFile", user.token_file.as_deref())?;
    decoded("client-certificate-data", user.client_certificate_data.as_deref())?;
    let has_certificate =
        user.client_certificate.is_some() || user.client_certificate_data.is_some();
    let has_key = user.client_key.is_some() || user.client_key_data.is_some();
    match (has_certificate, has_key) {
        (true, false) => Err("it has a client certificate and no client-key".to_owned()),
        (false, true) => Err("it has a client-key and no client certificate".to_owned()),
        _ => Ok(()),
    }
}

fn given(text: Option<&str>) -> Option<&str> {
    text.filter(|text| !text.is_empty())
}

fn readable(field: &str, path: Option<&str>) -> Result<(), String> {
    match given(path) {
        Some(path) => fs::File::open(path)
            .map(drop)
            .map_err(|error| format!("{field} {path} cannot be read: {error}")),
        None => Ok(()),
    }
}

fn decoded(field: &str, data: Option<&str>) -> Result<Option<Vec<u8>>, String> {
    given(data)
        .map(|data| STANDARD.decode(data))
        .transpose()
        .map_err(|error| format!("{field} is not base64: {error}"))
}
