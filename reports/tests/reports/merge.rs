use jiff::Timestamp;
use model::{
    event::{Event, EventKind},
    plan::Decision,
    profile::Profile,
};
use reports::{conformance, merge::merge};

use crate::run::{Run, core, failure, fold};

fn run() -> Run {
    Run::of(&[Profile::GatewayHttp])
}

fn yaml(events: &[Event]) -> String {
    let report = conformance::report(&fold(events), Timestamp::UNIX_EPOCH).unwrap();
    conformance::to_yaml(&report).unwrap()
}

/// A run of two tests, and the same on two machines.
fn whole_and_shards() -> (Vec<Event>, [Vec<Event>; 2]) {
    let whole = run().passes(core("A")).fails(core("B"), failure());
    let first = run().passes(core("A")).left_out(core("B"), Decision::OtherShard);
    let second = run().left_out(core("A"), Decision::OtherShard).fails(core("B"), failure());
    (whole.events(), [first.events(), second.events()])
}

#[test]
fn shards_give_the_report_of_one_run() {
    let (whole, [first, second]) = whole_and_shards();
    let merged = merge(vec![second.clone(), first.clone()]).unwrap();
    assert_eq!(yaml(&merged), yaml(&whole));
    assert!(!yaml(&first).contains("Failed: 1"), "a test of another shard is not in it");
    assert!(
        merged.iter().rev().skip(1).all(|it| !matches!(it.kind, EventKind::RunFinished { .. }))
    );
}

#[test]
fn what_are_not_all_shards_of_one_run_is_told() {
    let (whole, [first, second]) = whole_and_shards();
    let other = Run::of(&[Profile::GatewayGrpc]).passes(core("A")).passes(core("B")).events();
    let told = [
        merge(vec![]),
        merge(vec![second[1..].to_vec()]),
        merge(vec![first.clone()]),
        merge(vec![first.clone(), second.clone(), whole.clone()]),
        merge(vec![first.clone(), other]),
    ];
    let told = told.map(|merged| merged.unwrap_err().to_string());
    insta::assert_snapshot!(told.join("\n"), @r"
    there is no shard to merge
    no run begins in shard 1
    no shard has B; one of the N machines is missing, or their flags differ
    A is in two shards; give each machine another K of --shard K/N
    shard 2 is of another list of profiles than the first: [GatewayGrpc], and not [GatewayHttp]
    ");
}

#[test]
fn a_shard_that_did_not_end_leaves_the_run_incomplete() {
    let (_, [first, mut second]) = whole_and_shards();
    second.pop();
    let merged = merge(vec![first, second]).unwrap();
    assert_eq!(fold(&merged).incomplete().as_deref(), Some("shard 2 did not end"));
}
