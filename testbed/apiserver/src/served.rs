//! What a server with the definitions of one release serves.

use crate::resources::{RESOURCES, Release, Resource};

/// The resources of one server.
#[derive(Debug)]
pub struct Served(Vec<&'static Resource>);

impl Served {
    /// With the Gateway API of this release.
    pub fn of(release: Release) -> Self {
        Self(RESOURCES.iter().filter(|it| it.releases.contain(release)).collect())
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = &'static Resource> {
        self.0.iter().copied()
    }

    /// A group and version, in discovery's order, with what it serves.
    pub fn group_versions(&self) -> Vec<(&'static str, &'static str, Vec<&'static Resource>)> {
        let mut found: Vec<(&str, &str, Vec<&Resource>)> = Vec::new();
        for resource in self.iter() {
            for version in resource.versions {
                let place =
                    found.iter_mut().find(|(g, v, _)| (*g, *v) == (resource.group, *version));
                match place {
                    Some((_, _, resources)) => resources.push(resource),
                    None => found.push((resource.group, version, vec![resource])),
                }
            }
        }
        found
    }

    /// What a group and version serve, if there is any of it.
    pub fn in_version(&self, group: &str, version: &str) -> Option<Vec<&'static Resource>> {
        let mut all = self.group_versions().into_iter();
        all.find(|(g, v, _)| (*g, *v) == (group, version)).map(|(_, _, resources)| resources)
    }

    /// The resource and its version at an address, where it is served.
    pub fn find(
        &self,
        group: &str,
        version: &str,
        plural: &str,
    ) -> Option<(&'static Resource, &'static str)> {
        let resource = self.iter().find(|r| r.group == group && r.plural == plural)?;
        let version = resource.versions.iter().find(|served| **served == version)?;
        Some((resource, version))
    }
}
