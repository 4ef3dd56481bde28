//! Whether a status is all that its controller has to say of an object.

use cluster::{
    Key, Kind, Object,
    conditions::{ConditionView, freshness},
    views::{GatewayView, RouteView, status_conditions},
};

/// Whether the controller has said all that it has to say of an object as it is now, so that the load of
/// the cluster does not explain what is wrong with it.
pub(crate) fn is_definite(key: &Key, object: &Object, controller: &str) -> bool {
    let settled = |conditions: &[ConditionView<'_>]| {
        let is_settled =
            |it: &ConditionView<'_>| it.status != "Unknown" && !UNSETTLED.contains(&it.reason);
        !conditions.is_empty()
            && freshness(object, conditions).is_ok()
            && conditions.iter().all(is_settled)
    };
    match key.kind {
        Kind::Gateway | Kind::ListenerSet => {
            let view = GatewayView::new(object);
            let listeners = view.listener_statuses();
            settled(&view.conditions()) && listeners.iter().all(|it| settled(&it.conditions))
        }
        kind if kind.has_entries() => {
            let parents = RouteView::new(object).parents();
            let mut ours = parents.iter().filter(|it| it.controller_name == controller).peekable();
            ours.peek().is_some() && ours.all(|it| settled(&it.conditions))
        }
        _ => settled(&status_conditions(object)),
    }
}

/// Reasons of conditions that may change without a change of the object.
const UNSETTLED: [&str; 6] = [
    "Pending",
    "AddressNotAssigned",
    "AddressNotUsable",
    "NoResources",
    "ParentNotAccepted",
    "ParentNotProgrammed",
];
