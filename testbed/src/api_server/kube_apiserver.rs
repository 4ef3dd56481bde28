//! A real kube-apiserver with its etcd, as users of envtest have them.

use std::{
    env, fs, io,
    net::{Ipv4Addr, TcpListener},
    path::{Path, PathBuf},
    process::ExitStatus,
    time::Duration,
};

use k8s_openapi::api::core::v1::Namespace;
use kube::{
    Api, Client, Config,
    config::{KubeConfigOptions, Kubeconfig},
};
use tempfile::TempDir;
use testbed_apiserver::Channel;
use thiserror::Error;
use tokio::time::Instant;

mod definitions;
mod pause;
mod process;

use pause::pause;
use process::Process;

/// The folder with `etcd` and `kube-apiserver`.
const ASSETS: &str = "KUBEBUILDER_ASSETS";
/// The folder with the definitions of one version, in `standard` and `experimental`.
const DEFINITIONS: &str = "GATEWAY_API_CRDS";
/// The folder, in its own, where the server keeps the certificate that it makes.
const CERTIFICATES: &str = "certificates";
/// How long the server may take until it serves the definitions.
const START: Duration = Duration::from_secs(120);

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
    /// A program ended instead of serving.
    #[error("{program} ended while it started ({status}); its last words:\n{words}")]
    Ended {
        /// The program.
        program: &'static str,
        /// How.
        status: ExitStatus,
        /// The end of its log.
        words: String,
    },
    /// It does not become ready.
    #[error("kube-apiserver was not ready after {START:.0?}; its last words:\n{words}")]
    NotReady {
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
    _programs: Programs,
}

/// What runs, and where it keeps what it has to.
struct Programs {
    // The programs end before their folder goes.
    server: Process,
    etcd: Process,
    folder: TempDir,
    port: u16,
    token: String,
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
        let mut programs = Programs::start(&assets)?;

        let (path, port) = (programs.folder.path().to_owned(), programs.port);
        let token = programs.token.clone();
        let ready = async {
            let authority = certificate(&path).await?;
            let (client, kubeconfig) = connect(port, &token, &authority).await?;
            while !is_ready(&client).await {
                pause().await;
            }
            definitions::create(&client, &definitions).await?;
            Ok::<_, KubeApiServerError>((client, kubeconfig))
        };
        tokio::select! {
            ready = ready => {
                let (client, kubeconfig) = ready?;
                Ok(Self { client, kubeconfig, _programs: programs })
            }
            error = programs.trouble() => Err(error),
        }
    }

    pub(crate) fn client(&self) -> Client {
        self.client.clone()
    }

    pub(crate) fn kubeconfig(&self) -> &str {
        &self.kubeconfig
    }
}

impl Programs {
    fn start(assets: &Path) -> Result<Self, KubeApiServerError> {
        let (etcd, server) = (program(assets, "etcd")?, program(assets, "kube-apiserver")?);
        let folder = tempfile::tempdir().map_err(io("make a temporary folder"))?;
        let path = folder.path();
        // All are held until all are found, so that each is another one.
        let held = [free_port()?, free_port()?, free_port()?];
        let [client_port, peer_port, port] = held.each_ref().map(|(_, port)| *port);
        drop(held);

        let url = |port: u16| format!("http://127.0.0.1:{port}");
        let (clients, peers) = (url(client_port), url(peer_port));
        let arguments = [
            "--data-dir".into(),
            path.join("etcd").into(),
            format!("--listen-client-urls={clients}").into(),
            format!("--advertise-client-urls={clients}").into(),
            format!("--listen-peer-urls={peers}").into(),
            format!("--initial-advertise-peer-urls={peers}").into(),
            format!("--initial-cluster=default={peers}").into(),
            // Nothing here outlives the process, so nothing needs to reach the disk.
            "--unsafe-no-fsync".into(),
        ];
        let etcd = Process::start(&etcd, &arguments, path.join("etcd.log"));
        let etcd = etcd.map_err(io("start etcd"))?;

        let token = uuid::Uuid::new_v4().simple().to_string();
        write(&path.join("tokens.csv"), &format!("{token},admin,admin,\"system:masters\"\n"))?;
        let key = rcgen::KeyPair::generate()?;
        write(&path.join("service-accounts.key"), &key.serialize_pem())?;
        write(&path.join("service-accounts.pub"), &key.public_key_pem())?;
        let arguments = [
            format!("--etcd-servers={clients}").into(),
            "--bind-address=127.0.0.1".into(),
            "--advertise-address=127.0.0.1".into(),
            format!("--secure-port={port}").into(),
            // That is no address that the endpoints of a Service may have.
            "--endpoint-reconciler-type=none".into(),
            "--cert-dir".into(),
            path.join(CERTIFICATES).into(),
            "--token-auth-file".into(),
            path.join("tokens.csv").into(),
            "--service-account-key-file".into(),
            path.join("service-accounts.pub").into(),
            "--service-account-signing-key-file".into(),
            path.join("service-accounts.key").into(),
            "--service-account-issuer=https://kubernetes.default.svc".into(),
            "--service-cluster-ip-range=10.96.0.0/16".into(),
            "--authorization-mode=AlwaysAllow".into(),
            // Pods here have no service accounts, since no controller makes any.
            "--disable-admission-plugins=ServiceAccount".into(),
            "--allow-privileged=true".into(),
        ];
        let server = Process::start(&server, &arguments, path.join("kube-apiserver.log"));
        let server = server.map_err(io("start kube-apiserver"))?;
        Ok(Self { server, etcd, folder, port, token })
    }

    /// Returns when one of them ended, or both have had their time to start.
    async fn trouble(&mut self) -> KubeApiServerError {
        let began = Instant::now();
        while began.elapsed() < START {
            for (program, process) in
                [("etcd", &mut self.etcd), ("kube-apiserver", &mut self.server)]
            {
                if let Some(status) = process.ended() {
                    let words = process.last_words();
                    return KubeApiServerError::Ended { program, status, words };
                }
            }
            pause().await;
        }
        KubeApiServerError::NotReady { words: self.server.last_words() }
    }
}

/// The certificate that the server makes for itself, when it has.
async fn certificate(folder: &Path) -> Result<Vec<u8>, KubeApiServerError> {
    let folder = folder.join(CERTIFICATES);
    // It is complete when the key is there, which comes second.
    while !folder.join("apiserver.key").is_file() {
        pause().await;
    }
    fs::read(folder.join("apiserver.crt")).map_err(io("read the certificate of kube-apiserver"))
}

async fn is_ready(client: &Client) -> bool {
    let Ok(request) = http::Request::get("/readyz").body(Vec::new()) else { return false };
    let namespaces: Api<Namespace> = Api::all(client.clone());
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

fn program(assets: &Path, program: &'static str) -> Result<PathBuf, KubeApiServerError> {
    let path = assets.join(program);
    if path.is_file() { Ok(path) } else { Err(KubeApiServerError::NoProgram { program, path }) }
}

fn write(path: &Path, text: &str) -> Result<(), KubeApiServerError> {
    fs::write(path, text).map_err(io("write a file of the API server"))
}

/// A port that is free, and stays so as long as the listener is there.
fn free_port() -> Result<(TcpListener, u16), KubeApiServerError> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).map_err(io("find a free port"))?;
    let port = listener.local_addr().map_err(io("find a free port"))?.port();
    Ok((listener, port))
}

fn io(what: &str) -> impl FnOnce(io::Error) -> KubeApiServerError {
    let what = what.to_owned();
    move |source| KubeApiServerError::Io { what, source }
}
