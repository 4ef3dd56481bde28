//! The status of a Pod.

use std::net::Ipv4Addr;

use k8s_openapi::{apimachinery::pkg::apis::meta::v1::Time, jiff::Timestamp};

use crate::objects::{
    Container, ContainerState, ContainerStateRunning, ContainerStateWaiting, ContainerStatus,
    HostIP, Pod, PodCondition, PodIP, PodStatus,
};

/// How a Pod fares.
#[derive(Debug)]
pub(super) enum State {
    /// All containers run and are ready.
    Running { address: Ipv4Addr },
    /// No container runs.
    Waiting {
        /// The one that is to blame; all where there is none.
        container: Option<String>,
        reason: &'static str,
        message: String,
    },
}

/// The status that `pod` has to have, or `None` when it has it already.
pub(super) fn changed(pod: &Pod, state: &State) -> Option<PodStatus> {
    let known = pod.status.clone().unwrap_or_default();
    let now = Time::from(Timestamp::now());
    let mut status = known.clone();
    let started = status.start_time.get_or_insert_with(|| now.clone()).clone();
    let containers = pod.spec.as_ref().map(|spec| spec.containers.as_slice()).unwrap_or_default();
    let is_running = matches!(state, State::Running { .. });
    status.phase = Some(if is_running { "Running" } else { "Pending" }.to_owned());
    if let State::Running { address } = state {
        let ip = address.to_string();
        status.host_ip = Some(ip.clone());
        status.host_ips = Some(vec![HostIP { ip: ip.clone() }]);
        status.pod_ips = Some(vec![PodIP { ip: ip.clone() }]);
        status.pod_ip = Some(ip);
    }
    let unready = match state {
        State::Running { .. } => None,
        State::Waiting { message, .. } => {
            let names: Vec<_> = containers.iter().map(|c| c.name.as_str()).collect();
            Some(format!("containers with unready status: [{}]: {message}", names.join(" ")))
        }
    };
    for (type_, message) in [
        ("PodScheduled", None),
        ("Initialized", None),
        ("ContainersReady", unready.as_deref()),
        ("Ready", unready.as_deref()),
    ] {
        set_condition(status.conditions.get_or_insert_default(), type_, message, &now);
    }
    let container = |container| container_status(container, state, &started);
    status.container_statuses = Some(containers.iter().map(container).collect());
    (status != known).then_some(status)
}

/// True without a message, False with one. The time stays where the status does.
fn set_condition(
    conditions: &mut Vec<PodCondition>,
    type_: &str,
    message: Option<&str>,
    now: &Time,
) {
    let status = if message.is_none() { "True" } else { "False" };
    let known = conditions.iter().position(|known| known.type_ == type_);
    let since = known
        .filter(|index| conditions[*index].status == status)
        .and_then(|index| conditions[index].last_transition_time.clone());
    let condition = PodCondition {
        type_: type_.to_owned(),
        status: status.to_owned(),
        reason: message.map(|_| "ContainersNotReady".to_owned()),
        message: message.map(str::to_owned),
        last_transition_time: since.or_else(|| Some(now.clone())),
        // The API server may keep the generation that a condition was written for.
        observed_generation: known.and_then(|index| conditions[index].observed_generation),
    };
    match known {
        Some(index) => conditions[index] = condition,
        None => conditions.push(condition),
    }
}

fn container_status(container: &Container, state: &State, started: &Time) -> ContainerStatus {
    let image = container.image.clone().unwrap_or_default();
    let mut status = ContainerStatus {
        name: container.name.clone(),
        image: image.clone(),
        ..ContainerStatus::default()
    };
    match state {
        State::Running { .. } => {
            status.ready = true;
            status.started = Some(true);
            status.image_id = image;
            status.container_id = Some(format!("testbed://{}", container.name));
            status.state = Some(ContainerState {
                running: Some(ContainerStateRunning { started_at: Some(started.clone()) }),
                ..ContainerState::default()
            });
        }
        State::Waiting { container: to_blame, reason, message } => {
            let is_to_blame = to_blame.as_ref().is_none_or(|name| *name == container.name);
            status.started = Some(false);
            status.state = Some(ContainerState {
                waiting: Some(if is_to_blame {
                    ContainerStateWaiting {
                        reason: Some((*reason).to_owned()),
                        message: Some(message.clone()),
                    }
                } else {
                    ContainerStateWaiting {
                        reason: Some("ContainerCreating".to_owned()),
                        message: None,
                    }
                }),
                ..ContainerState::default()
            });
        }
    }
    status
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::pods;

    fn pod() -> Pod {
        let containers = json!([
            {"name": "one", "image": "echo-basic:v1"},
            {"name": "two", "image": "unknown"},
        ]);
        serde_json::from_value(json!({"spec": {"containers": containers}})).unwrap()
    }

    const RUNNING: State = State::Running { address: Ipv4Addr::new(127, 9, 0, 1) };

    #[test]
    fn a_running_pod_is_ready_and_needs_no_second_report() {
        let mut pod = pod();
        pod.status = changed(&pod, &RUNNING);
        assert!(pods::is_ready(&pod));
        assert_eq!(pods::address(&pod), Some("127.9.0.1"));
        assert_eq!(changed(&pod, &RUNNING), None);
    }

    #[test]
    fn the_container_to_blame_has_the_reason() {
        let mut pod = pod();
        let container = Some("two".to_owned());
        let message = "no such image".to_owned();
        let waiting = State::Waiting { container, reason: "ErrImagePull", message };
        pod.status = changed(&pod, &waiting);
        assert!(!pods::is_ready(&pod));
        let statuses = pod.status.as_ref().unwrap().container_statuses.as_deref().unwrap();
        let reasons = statuses.iter().map(|status| {
            status.state.as_ref().unwrap().waiting.as_ref().unwrap().reason.as_deref().unwrap()
        });
        assert_eq!(reasons.collect::<Vec<_>>(), ["ContainerCreating", "ErrImagePull"]);
        pod.status = changed(&pod, &RUNNING);
        assert!(pods::is_ready(&pod), "it recovers");
    }
}
