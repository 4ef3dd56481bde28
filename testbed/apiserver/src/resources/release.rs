//! Which releases of the Gateway API have a kind in which versions.

use std::str::FromStr;

/// A release, as far as kinds and versions come and go with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Release {
    major: u32,
    minor: u32,
}

impl Release {
    /// The first whose definitions tell which release they are of.
    pub const FIRST_ANNOTATED: Self = Self { major: 0, minor: 5 };

    const NEWEST: Self = Self { major: u32::MAX, minor: 0 };

    /// The release of a bundle; what is no release counts as the newest.
    pub fn of(bundle_version: &str) -> Self {
        bundle_version.parse().unwrap_or(Self::NEWEST)
    }
}

impl FromStr for Release {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let mut numbers = text.strip_prefix('v').ok_or(())?.split('.').map(str::parse);
        let mut next = || numbers.next().and_then(Result::ok).ok_or(());
        Ok(Self { major: next()?, minor: next()? })
    }
}

/// A span of releases.
#[derive(Debug, Clone, Copy)]
pub struct Releases {
    from: Release,
    before: Release,
}

impl Releases {
    pub const ALL: Self = before(u32::MAX, u32::MAX);

    /// Those of them that came before a release.
    pub const fn until(self, major: u32, minor: u32) -> Self {
        Self { before: Release { major, minor }, ..self }
    }

    pub fn contain(self, release: Release) -> bool {
        self.from <= release && release < self.before
    }
}

/// A release and all after it.
pub const fn since(major: u32, minor: u32) -> Releases {
    Releases { from: Release { major, minor }, ..Releases::ALL }
}

/// All before a release.
pub const fn before(major: u32, minor: u32) -> Releases {
    let from = Release { major: 0, minor: 0 };
    Releases { from, before: Release { major, minor } }
}
