//! The flags that fit the fixtures to a cluster.

use clap::Args;
use harness::model::fixtures::{Fixtures, ImageRule, Images, Patches, PullPolicy, PullSecret};

use super::values::{docker_config, namespace_prefix, patches};

/// How the fixtures fit the cluster.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "The fixtures")]
pub struct FixtureArgs {
    /// The images of the fixtures.
    #[command(flatten)]
    pub images: ImageArgs,
    /// When nodes pull them: `Always`, `IfNotPresent` or `Never` [default: as Kubernetes chooses].
    #[arg(long, value_name = "POLICY", value_parser = str::parse::<PullPolicy>)]
    pub pull_policy: Option<PullPolicy>,
    /// A file such as ~/.docker/config.json, which nodes need to pull them. It becomes a Secret in the fixtures' namespaces.
    #[arg(long, value_name = "FILE", value_parser = docker_config)]
    pub pull_secret: Option<PullSecret>,
    /// Put this before the names of all namespaces that are made.
    #[arg(long, value_name = "PREFIX", value_parser = namespace_prefix)]
    pub namespace_prefix: Option<String>,
    /// A file with changes of the objects that are applied (docs/fixtures.md); repeatable.
    #[arg(long = "patch", value_name = "FILE", value_parser = patches)]
    pub patches: Vec<Patches>,
}

/// Where images come from.
#[derive(Clone, Debug, Default, Args)]
pub struct ImageArgs {
    /// An image in place of one of the manifests', `FROM=TO`, comma separated or repeated. Without a tag FROM is any tag, and TO
    /// keeps it.
    #[arg(long, value_name = "FROM=TO", value_delimiter = ',', value_parser = str::parse::<ImageRule>)]
    pub image_map: Vec<ImageRule>,
    /// The registry of all other images, such as registry.example:5000/mirror.
    #[arg(long, value_name = "REGISTRY")]
    pub image_registry: Option<String>,
}

impl ImageArgs {
    /// Where images come from.
    pub fn images(self) -> Images {
        let registry = self.image_registry.filter(|registry| !registry.is_empty());
        Images { map: self.image_map, registry }
    }
}

impl FixtureArgs {
    /// What is changed of the fixtures.
    pub fn fixtures(self) -> Fixtures {
        Fixtures {
            namespace_prefix: self.namespace_prefix.unwrap_or_default(),
            images: self.images.images(),
            pull_policy: self.pull_policy,
            pull_secret: self.pull_secret,
            patches: self.patches.into_iter().flat_map(|Patches(all)| all).collect(),
        }
    }
}
