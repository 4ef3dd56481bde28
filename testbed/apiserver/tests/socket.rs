//! The API over HTTPS, as programs outside the process see it.

use std::sync::Arc;

use futures::stream::{self, BoxStream, StreamExt};
use k8s_openapi::api::core::v1::{Namespace, Pod};
use kube::api::{Api, ListParams, LogParams, PostParams};
use kube::config::{KubeConfigOptions, Kubeconfig};
use kube::{Client, Config};
use serde_json::json;
use testbed_apiserver::{ApiServer, ListenError, Listening, Options, PodLogs};
use tokio::net::TcpStream;

async fn listen(server: &ApiServer) -> Listening {
    server.listen(([127, 0, 0, 1], 0).into()).await.expect("a free port")
}

async fn client(listening: &Listening) -> Client {
    // The client's TLS takes the process's provider, which a test has to choose as a program does.
    let provider = rustls::crypto::aws_lc_rs::default_provider();
    provider.install_default().ok();
    let kubeconfig = Kubeconfig::from_yaml(&listening.kubeconfig).expect("a kubeconfig");
    let options = KubeConfigOptions::default();
    let config = Config::from_custom_kubeconfig(kubeconfig, &options).await.expect("a cluster");
    Client::try_from(config).expect("a client")
}

#[tokio::test]
async fn the_kubeconfig_leads_to_the_server_until_it_is_dropped() {
    let server = ApiServer::new(Options::default());
    let listening = listen(&server).await;
    let namespaces: Api<Namespace> = Api::all(client(&listening).await);
    let names: Vec<_> = namespaces
        .list(&ListParams::default())
        .await
        .unwrap()
        .into_iter()
        .filter_map(|namespace| namespace.metadata.name)
        .collect();
    assert_eq!(names, ["default", "kube-node-lease", "kube-public", "kube-system"]);
    assert_eq!(server.requests(), 1);

    let address = listening.address;
    drop(listening);
    // The socket is closed by its task, which has to run for that.
    while TcpStream::connect(address).await.is_ok() {
        tokio::task::yield_now().await;
    }
    assert!(namespaces.list(&ListParams::default()).await.is_err());
}

#[tokio::test]
async fn a_taken_address_is_named() {
    let server = ApiServer::new(Options::default());
    let first = listen(&server).await;
    let error = server.listen(first.address).await.unwrap_err();
    assert!(matches!(&error, ListenError::Bind { address, .. } if *address == first.address));
    assert!(error.to_string().contains(&first.address.to_string()), "{error}");
}

#[tokio::test]
async fn logs_are_read_where_they_are_kept() {
    struct Kept;
    impl PodLogs for Kept {
        fn read(
            &self,
            namespace: &str,
            pod: &str,
            container: Option<&str>,
            query: &str,
        ) -> Result<Option<BoxStream<'static, String>>, String> {
            if query.contains("-1") {
                return Err("tailLines: less than nothing".into());
            }
            let lines = [container.unwrap_or("-"), query].map(|line| format!("{line}\n"));
            let lines = lines.into_iter().chain([format!("{namespace}/{pod}\n")]);
            Ok(Some(stream::iter(lines).boxed()))
        }
    }
    let server = ApiServer::new(Options::default());
    let pods: Api<Pod> = Api::default_namespaced(server.client());
    let pod = json!({
        "metadata": {"name": "p"},
        "spec": {"containers": [{"name": "c", "image": "i"}]},
    });
    pods.create(&PostParams::default(), &serde_json::from_value(pod).unwrap()).await.unwrap();
    assert_eq!(pods.logs("p", &LogParams::default()).await.unwrap(), "");
    server.set_logs(Arc::new(Kept));
    let last =
        LogParams { tail_lines: Some(1), container: Some("c".to_owned()), ..LogParams::default() };
    assert_eq!(pods.logs("p", &last).await.unwrap(), "c\n&container=c&tailLines=1\ndefault/p\n");
    let refused = LogParams { tail_lines: Some(-1), ..LogParams::default() };
    let error = pods.logs("p", &refused).await.unwrap_err();
    assert!(error.to_string().contains("tailLines: less than nothing"), "{error}");
    let unknown = LogParams { container: Some("d".to_owned()), ..LogParams::default() };
    assert!(pods.logs("p", &unknown).await.is_err());
}
