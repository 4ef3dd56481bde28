//! The rule that takes a request: matches and their precedence.

pub(crate) mod exact_path_matching;
pub(crate) mod header_matching;
pub(crate) mod matching;
pub(crate) mod matching_across_routes;
pub(crate) mod method_matching;
pub(crate) mod named_rule;
pub(crate) mod path_match_order;
pub(crate) mod query_param_matching;
pub(crate) mod rule_order;
