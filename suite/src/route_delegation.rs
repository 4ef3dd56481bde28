//! HTTPRoutes that hand requests on to other HTTPRoutes: what they hand on, and what comes with it.

pub(crate) mod cycle;
pub(crate) mod depth;
pub(crate) mod filters;
pub(crate) mod hostname;
pub(crate) mod matching;
pub(crate) mod nested;
pub(crate) mod not_delegated;
pub(crate) mod policy;
pub(crate) mod prefix;
pub(crate) mod reference_grant;
pub(crate) mod same_namespace;
pub(crate) mod status;
