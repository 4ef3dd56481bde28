//! What is judged. A cluster is never touched unless it was chosen.

use std::path::PathBuf;

use super::error::SettingsError;
use crate::cluster_args::ClusterArgs;

/// The GatewayClass of the Go suite's default.
const DEFAULT_CLASS: &str = "gateway-conformance";

/// What is judged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subject {
    /// The reference Gateway of the embedded testbed.
    Testbed,
    /// A GatewayClass of a cluster.
    Cluster(Cluster),
}

/// A cluster that was chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cluster {
    /// The kubeconfig, if not the usual one.
    pub kubeconfig: Option<PathBuf>,
    /// The context, if not the current one.
    pub context: Option<String>,
    /// The GatewayClass.
    pub gateway_class: String,
}

impl Subject {
    /// The testbed, unless a flag or the options file chooses a cluster.
    pub fn choose(
        flags: ClusterArgs,
        class_in_file: Option<String>,
    ) -> Result<Self, SettingsError> {
        let ClusterArgs { gateway_class, kubeconfig, context } = flags;
        let is_empty = |text: &Option<String>| text.as_ref().is_some_and(String::is_empty);
        let empty = [
            ("--gateway-class", is_empty(&gateway_class)),
            ("gatewayClassName in the options file", is_empty(&class_in_file)),
            ("--kubeconfig", kubeconfig.as_ref().is_some_and(|path| path.as_os_str().is_empty())),
            ("--context", is_empty(&context)),
        ];
        if let Some((flag, _)) = empty.into_iter().find(|(_, empty)| *empty) {
            return Err(SettingsError::Empty(flag));
        }
        let gateway_class = gateway_class.or(class_in_file);
        if gateway_class.is_none() && kubeconfig.is_none() && context.is_none() {
            return Ok(Self::Testbed);
        }
        Ok(Self::Cluster(Cluster {
            kubeconfig,
            context,
            gateway_class: gateway_class.unwrap_or_else(|| DEFAULT_CLASS.into()),
        }))
    }
}

impl Cluster {
    /// The flags that choose it again.
    pub fn as_flags(&self) -> String {
        let kubeconfig = self.kubeconfig.as_ref().map(|path| path.display().to_string());
        let mut flags: Vec<_> = [("--kubeconfig", &kubeconfig), ("--context", &self.context)]
            .into_iter()
            .filter_map(|(flag, value)| Some(format!("{flag} {}", quoted(value.as_ref()?))))
            .collect();
        if flags.is_empty() {
            flags.push(format!("--gateway-class {}", quoted(&self.gateway_class)));
        }
        flags.join(" ")
    }
}

/// As a shell takes it.
fn quoted(text: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_./:@=".contains(c);
    if text.chars().all(is_plain) {
        text.into()
    } else {
        format!("'{}'", text.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_flags_choose_the_same_cluster_again() {
        let cluster = |kubeconfig: Option<&str>, context: Option<&str>| Cluster {
            kubeconfig: kubeconfig.map(Into::into),
            context: context.map(Into::into),
            gateway_class: "mine".into(),
        };
        assert_eq!(cluster(None, None).as_flags(), "--gateway-class mine");
        assert_eq!(cluster(None, Some("kind-a")).as_flags(), "--context kind-a");
        assert_eq!(
            cluster(Some("/my files/config"), Some("it's")).as_flags(),
            r"--kubeconfig '/my files/config' --context 'it'\''s'"
        );
    }
}
