//! Policies that are attached to objects: where they count, and which of several.

pub(crate) mod ancestor_limit;
pub(crate) mod cascade;
pub(crate) mod conflict;
pub(crate) mod defaults;
pub(crate) mod gateway;
pub(crate) mod gateway_class;
pub(crate) mod http_route;
pub(crate) mod http_route_rule;
pub(crate) mod listener;
pub(crate) mod observed_generation_bump;
pub(crate) mod other_namespace;
pub(crate) mod overrides;
pub(crate) mod preserve_foreign_status;
pub(crate) mod service;
pub(crate) mod target_not_found;
