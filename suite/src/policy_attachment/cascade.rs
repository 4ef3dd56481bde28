//! Policy attachment: the whole cascade, from the GatewayClass to the Service, in each of its 81 combinations.
//!
//! At each level there is nothing, a default or an override. Who wins is read from two bits: the values of the levels
//! are changed once, so that no two levels say the same both times.

use harness::prelude::*;

pub static TEST: Test = Test {
    name: "PolicyAttachmentCascade",
    requirement: "Of all policies on the way of a request the least specific override MUST count, or where there is none the most specific default.",
    spec: "geps/gep-713/index.md#hierarchy-of-target-kinds",
    features: &[Feature::Gateway, Feature::HttpRoute],
    extension: Some(Extension::PolicyAttachment),
    manifests: &["policy-attachment/cascade.yaml"],
    sends: &SENT,
    run: |subject| Box::pin(run(subject)),
    ..Test::DEFAULT
};

const SENT: [Through; 9] = [
    through(GATEWAYS[0], &PATHS),
    through(GATEWAYS[1], &PATHS),
    through(GATEWAYS[2], &PATHS),
    through(GATEWAYS[3], &PATHS),
    through(GATEWAYS[4], &PATHS),
    through(GATEWAYS[5], &PATHS),
    through(GATEWAYS[6], &PATHS),
    through(GATEWAYS[7], &PATHS),
    through(GATEWAYS[8], &PATHS),
];

/// By what is at the GatewayClass, then by what is at the Gateway.
const GATEWAYS: [&str; 9] = [
    "cascade-none-none",
    "cascade-none-default",
    "cascade-none-override",
    "cascade-default-none",
    "cascade-default-default",
    "cascade-default-override",
    "cascade-override-none",
    "cascade-override-default",
    "cascade-override-override",
];

/// By what is at the route, then by what is at the Service.
const PATHS: [Exchange; 9] = [
    slow("/none/none?delay=250ms").reaches(INFRA_V1),
    slow("/none/default?delay=250ms").reaches(INFRA_V1),
    slow("/none/override?delay=250ms").reaches(INFRA_V1),
    slow("/default/none?delay=250ms").reaches(INFRA_V1),
    slow("/default/default?delay=250ms").reaches(INFRA_V1),
    slow("/default/override?delay=250ms").reaches(INFRA_V1),
    slow("/override/none?delay=250ms").reaches(INFRA_V1),
    slow("/override/default?delay=250ms").reaches(INFRA_V1),
    slow("/override/override?delay=250ms").reaches(INFRA_V1),
];

/// What is at a level: nothing, a default, an override.
const STATES: [Option<Setting>; 3] = [None, Some(Setting::Defaults), Some(Setting::Overrides)];

/// What the policies of the levels say, from the GatewayClass to the Service: as in the manifests, then changed.
const FIRST: [Shows; 4] = [Shows::Shown, Shows::Plain, Shows::Shown, Shows::Plain];
const SECOND: [Shows; 4] = [Shows::Plain, Shows::Shown, Shows::Shown, Shows::Plain];

async fn run(subject: &Subject) -> Verdict {
    judge_all(subject, FIRST).await?;
    for (setting, policies) in [
        (Setting::Defaults, ["default-of-class", "default-of-gateway"]),
        (Setting::Overrides, ["override-of-class", "override-of-gateway"]),
    ] {
        for (policy, shows) in policies.into_iter().zip(SECOND) {
            subject.policy(policy).change(setting, shows).await?;
        }
    }
    judge_all(subject, SECOND).await
}

/// A row can be right by chance while policies are still on their way: once those hold that show, all are asked again.
async fn judge_all(subject: &Subject, said: [Shows; 4]) -> Verdict {
    for asked in [&[Shows::Shown][..], &[Shows::Shown, Shows::Plain]] {
        all_of((0..9).map(|above| judge(subject, above, said, asked))).await?;
    }
    Ok(())
}

async fn judge(subject: &Subject, above: usize, said: [Shows; 4], asked: &[Shows]) -> Verdict {
    let gateway = subject.gateway(GATEWAYS[above]).await?;
    let rows = PATHS.iter().enumerate().map(|(below, exchange)| {
        let states = [above / 3, above % 3, below / 3, below % 3].map(|state| STATES[state]);
        (*exchange, winner(states).map_or(Shows::Plain, |level| said[level]))
    });
    let rows: Vec<_> = rows.filter(|(_, shows)| asked.contains(shows)).collect();
    gateway.http().must_show(&rows).await
}

/// The level that counts.
fn winner(states: [Option<Setting>; 4]) -> Option<usize> {
    let is = |wanted| move |state: &Option<Setting>| *state == Some(wanted);
    let overrides = states.iter().position(is(Setting::Overrides));
    overrides.or_else(|| states.iter().rposition(is(Setting::Defaults)))
}
