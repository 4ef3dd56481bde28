//! A real kube-apiserver with its etcd, as users of envtest have them.

use std::{
    env, fs, io,
    net::{Ipv4Addr, TcpListener},
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use kube::{
    Client, Config,
    config::{KubeConfigOptions, Kubeconfig},
};
use tempfile::TempDir;
use testbed_apiserver::Channel;
use thiserror::Error;
use tokio::{
    process::{Child, Command},
    time::{Instant, sleep},
};

mod definitions;

/// The folder with `etcd` and `kube-apiserver`.
const ASSETS: &str = "KUBEBUILDER_ASSETS";
/// The folder with the definitions of one version, in `standard` and `experimental`.
const DEFINITIONS: &str = "GATEWAY_API_CRDS";
/// How long the server may take to answer that it is ready.
const START: Duration = Duration::from_secs(60);
/// The pause between two questions for that.
const PAUSE: Duration = Duration::from_millis(50);

/// Why the real API server did not start.
#[derive(Debug, Error)]
pub enum KubeApiServerError {
    /// A variable is not set.
    #[error("{variable} is not set; set it to {meaning}")]
    Unset {
        /// The variable.
        variable: &'static str,
        /// What it must hold.
        meaning: &'static str,
    },
    /// A program is not there.
    #[error("{ASSETS} has no {program}: {path}; it must be the folder that setup-envtest fills, with etcd and kube-apiserver", path = .path.display())]
    NoProgram {
        /// The program.
        program: &'static str,
        /// Where it should be.
        path: PathBuf,
    },
    /// Something on this machine.
    #[error("cannot {what}: {source}")]
    Io {
        /// What was tried.
        what: String,
        /// What the operating system said.
        source: io::Error,
    },
    /// The key for the tokens of service accounts.
    #[error("cannot make the key of the service accounts: {0}")]
    Key(#[from] rcgen::Error),
    /// It does not become ready.
    #[error("kube-apiserver was not ready after {waited:.0?}; its last words:\n{words}")]
    NotReady {
        /// How long it had.
        waited: Duration,
        /// The end of its log.
        words: String,
    },
    /// Its kubeconfig cannot be used.
    #[error("the kubeconfig of kube-apiserver cannot be used: {0}")]
    Kubeconfig(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The definitions.
    #[error(transparent)]
    Definitions(#[from] definitions::DefinitionsError),
}

/// A real API server, stopped when this is dropped.
pub(crate) struct KubeApiServer {
    client: Client,
    kubeconfig: String,
    // The processes end before their folder goes.
    _server: Child,
    _etcd: Child,
    _folder: TempDir,
}

impl KubeApiServer {
    /// Starts it, and gives it the definitions of `version` and `channel`.
    pub(crate) async fn start(version: &str, channel: Channel) -> Result<Self, KubeApiServerError> {
        let assets =
            folder(ASSETS, "the folder with etcd and kube-apiserver, as setup-envtest prints it")?;
        let definitions = folder(
            DEFINITIONS,
            "the folder with the Gateway API's definitions, which has standard/ and experimental/",
        )?;
        let definitions = definitions::read(&definitions, version, channel)?;
        let folder = tempfile::tempdir().map_err(io("make a temporary folder"))?;
        let path = folder.path();
        let (client_port, peer_port, port) = (free_port()?, free_port()?, free_port()?);

        let url = |port: u16| format!("http://127.0.0.1:{port}");
        let etcd = program(&assets, "etcd")?
            .arg("--data-dir")
            .arg(path.join("etcd"))
            .args([
                "--listen-client-urls",
                &url(client_port),
                "--advertise-client-urls",
                &url(client_port),
            ])
            .args([
                "--listen-peer-urls",
                &url(peer_port),
                "--initial-advertise-peer-urls",
                &url(peer_port),
            ])
            .args(["--initial-cluster", &format!("default={}", url(peer_port))])
            // Nothing here outlives the process, so nothing needs to reach the disk.
            .arg("--unsafe-no-fsync")
            .stderr(log(path, "etcd")?)
            .spawn()
            .map_err(io("start etcd"))?;

        let token = uuid::Uuid::new_v4().simple().to_string();
        write(&path.join("tokens.csv"), &format!("{token},admin,admin,\"system:masters\"\n"))?;
        let key = rcgen::KeyPair::generate()?;
        write(&path.join("service-accounts.key"), &key.serialize_pem())?;
        write(&path.join("service-accounts.pub"), &key.public_key_pem())?;
        let server = program(&assets, "kube-apiserver")?
            .args(["--etcd-servers", &url(client_port)])
            .args(["--bind-address=127.0.0.1", "--advertise-address=127.0.0.1"])
            .arg(format!("--secure-port={port}"))
            .arg("--cert-dir")
            .arg(path.join("certificates"))
            .arg("--token-auth-file")
            .arg(path.join("tokens.csv"))
            .arg("--service-account-key-file")
            .arg(path.join("service-accounts.pub"))
            .arg("--service-account-signing-key-file")
            .arg(path.join("service-accounts.key"))
            .args(["--service-account-issuer=https://kubernetes.default.svc"])
            .args(["--service-cluster-ip-range=10.96.0.0/16", "--authorization-mode=AlwaysAllow"])
            // Pods here have no service accounts, since no controller makes any.
            .args(["--disable-admission-plugins=ServiceAccount", "--allow-privileged=true"])
            .stderr(log(path, "kube-apiserver")?)
            .spawn()
            .map_err(io("start kube-apiserver"))?;

        let certificate = path.join("certificates/apiserver.crt");
        let began = Instant::now();
        loop {
            // The server writes its certificate before it listens.
            if let Ok(authority) = fs::read(&certificate)
                && let Ok((client, kubeconfig)) = connect(port, &token, &authority).await
                && is_ready(&client).await
            {
                definitions::apply(&client, &definitions).await?;
                return Ok(Self {
                    client,
                    kubeconfig,
                    _server: server,
                    _etcd: etcd,
                    _folder: folder,
                });
            }
            if began.elapsed() > START {
                let words = last_words(&path.join("kube-apiserver.log"));
                return Err(KubeApiServerError::NotReady { waited: began.elapsed(), words });
            }
            pause().await;
        }
    }

    pub(crate) fn client(&self) -> Client {
        self.client.clone()
    }

    pub(crate) fn kubeconfig(&self) -> &str {
        &self.kubeconfig
    }
}

#[expect(clippy::disallowed_methods, reason = "a process tells nobody that it has become ready")]
async fn pause() {
    sleep(PAUSE).await;
}

async fn is_ready(client: &Client) -> bool {
    let Ok(request) = http::Request::get("/readyz").body(Vec::new()) else { return false };
    let namespaces: kube::Api<k8s_openapi::api::core::v1::Namespace> =
        kube::Api::all(client.clone());
    // The namespaces of every cluster come a moment after the server says that it is ready.
    client.request_text(request).await.is_ok_and(|answer| answer == "ok")
        && namespaces.get_opt("default").await.is_ok_and(|namespace| namespace.is_some())
}

async fn connect(
    port: u16,
    token: &str,
    authority: &[u8],
) -> Result<(Client, String), KubeApiServerError> {
    use base64::{Engine, prelude::BASE64_STANDARD};
    let kubeconfig = serde_json::json!({
        "apiVersion": "v1", "kind": "Config", "current-context": "testbed",
        "clusters": [{ "name": "testbed", "cluster": {
            "server": format!("https://127.0.0.1:{port}"),
            "certificate-authority-data": BASE64_STANDARD.encode(authority),
        }}],
        "users": [{ "name": "testbed", "user": { "token": token } }],
        "contexts": [{ "name": "testbed", "context": { "cluster": "testbed", "user": "testbed" } }],
    });
    let unusable =
        |error: Box<dyn std::error::Error + Send + Sync>| KubeApiServerError::Kubeconfig(error);
    let text = serde_yaml::to_string(&kubeconfig).map_err(|error| unusable(Box::new(error)))?;
    let parsed = Kubeconfig::from_yaml(&text).map_err(|error| unusable(Box::new(error)))?;
    let config = Config::from_custom_kubeconfig(parsed, &KubeConfigOptions::default()).await;
    let config = config.map_err(|error| unusable(Box::new(error)))?;
    let client = Client::try_from(config).map_err(|error| unusable(Box::new(error)))?;
    Ok((client, text))
}

fn folder(variable: &'static str, meaning: &'static str) -> Result<PathBuf, KubeApiServerError> {
    let value = env::var_os(variable).filter(|value| !value.is_empty());
    value.map(PathBuf::from).ok_or(KubeApiServerError::Unset { variable, meaning })
}

fn program(assets: &Path, program: &'static str) -> Result<Command, KubeApiServerError> {
    let path = assets.join(program);
    if !path.is_file() {
        return Err(KubeApiServerError::NoProgram { program, path });
    }
    let mut command = Command::new(path);
    command.stdin(Stdio::null()).stdout(Stdio::null()).kill_on_drop(true);
    // A Ctrl-C on the terminal is for the testbed, which then ends them in order.
    command.process_group(0);
    Ok(command)
}

fn log(folder: &Path, name: &str) -> Result<fs::File, KubeApiServerError> {
    fs::File::create(folder.join(format!("{name}.log"))).map_err(io("write a log"))
}

fn last_words(log: &Path) -> String {
    let text = fs::read_to_string(log).unwrap_or_default();
    let lines: Vec<_> = text.lines().collect();
    lines[lines.len().saturating_sub(10)..].join("\n")
}

fn write(path: &Path, text: &str) -> Result<(), KubeApiServerError> {
    fs::write(path, text).map_err(io("write a file of the API server"))
}

/// A port that was free a moment ago.
fn free_port() -> Result<u16, KubeApiServerError> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).map_err(io("find a free port"))?;
    Ok(listener.local_addr().map_err(io("find a free port"))?.port())
}

fn io(what: &str) -> impl FnOnce(io::Error) -> KubeApiServerError {
    let what = what.to_owned();
    move |source| KubeApiServerError::Io { what, source }
}
