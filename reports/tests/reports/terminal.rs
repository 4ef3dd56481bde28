use std::time::Duration;

use model::{
    event::{Event, EventKind},
    expectation::Expect,
    feature::Feature,
    plan::Decision,
    profile::Profile,
    verdict::{Failure, Mismatch, Moment},
};
use reports::{
    Reporter,
    terminal::{Options, Terminal},
    text::failure_text,
};

use crate::{
    events::Shared,
    expectations::{as_expected, expecting},
    run::{Run, at, core, extended, failure, finding, tell},
};

fn shown(run: Run, options: Options) -> String {
    let shared = Shared::default();
    let mut terminal = Terminal::to_writer(shared.clone(), options);
    tell(&mut terminal, &run.events());
    terminal.finish().unwrap();
    shared.text()
}

fn mixed() -> Run {
    let mut run = Run::of(&[Profile::GatewayHttp])
        .supports(&[Feature::HttpRouteMethodMatching])
        .passes(core("HTTPRouteExactPathMatching"))
        .fails(core("HTTPRouteMatching"), failure())
        .passes_with(core("HTTPRouteInvalidReferenceGrant"), vec![finding()])
        .errs(core("HTTPRouteHTTPSListener"), "failed to apply Secret tls: forbidden; grant create")
        .errs(core("HTTPRouteSecret"), "failed to apply Secret tls: forbidden; grant create")
        .passes(extended("HTTPRouteMethodMatching", Feature::HttpRouteMethodMatching))
        .left_out(core("HTTPRouteWeight"), Decision::Skip("named by --skip-tests".into()))
        .left_out(
            extended("HTTPRouteCORS", Feature::HttpRouteCors),
            Decision::NotSupported(vec![Feature::HttpRouteCors]),
        );
    run.started.timeouts = vec![("GatewayMustHaveAddress".into(), "60s".into())];
    run
}

#[test]
fn a_run_in_a_pipe() {
    insta::assert_snapshot!(shown(mixed(), Options::PLAIN));
}

#[test]
fn what_was_expected_is_told_and_what_was_not() {
    let xpass = expecting(Expect::Xfail, "HTTPRouteA", core("HTTPRouteA"));
    insta::assert_snapshot!(shown(as_expected().passes(xpass), Options::PLAIN));
}

#[test]
fn an_interrupted_run_in_a_pipe() {
    let run = Run::of(&[Profile::GatewayHttp])
        .passes(core("A"))
        .leaves(core("B"))
        .interrupted("interrupted by Ctrl-C");
    let text = shown(run, Options::PLAIN);
    let (_, closing) = text.split_once("\n\n").unwrap();
    insta::assert_snapshot!(closing, @"
    GATEWAY-HTTP core: partial (1 passed, 1 skipped)
    incomplete: interrupted by Ctrl-C
    2 tests: 1 passed, 1 not run to the end; 4.21 s
    ");
}

#[test]
fn what_was_red_in_company_and_green_alone_is_told() {
    let run = Run::of(&[Profile::GatewayHttp])
        .red_in_company("A", failure(), &["C", "D"])
        .red_in_company("B", failure(), &["C"])
        .passes(core("A"))
        .fails(core("B"), Failure::of(Mismatch::new("GET /", "200", "404")));
    let text = shown(run, Options::PLAIN);
    let (_, tests) = text.split_once("done in 1.21 s\n").unwrap();
    insta::assert_snapshot!(tests, @"
    RETRY             A failed beside 2 other tests; it is judged again alone
    RETRY             B failed beside 1 other test; it is judged again alone
    PASS      0.12 s  A
    FAIL      0.12 s  B

    FAIL  B
      rule          What B is about MUST be so.
      specified in  apis/v1/httproute_types.go#HTTPRouteRule

      GET /
        expected    200
        observed    404

    red in company, green alone: 1 test

    A
    GET /two at Gateway same-namespace: expected 200 from infra-backend-v2 in gateway-conformance-infra,
    observed 404 without a body
    beside C, D

    GATEWAY-HTTP core: failure (1 passed, 1 failed)
    2 tests: 1 passed, 1 failed; 4.21 s
    ");
}

#[test]
fn what_was_late_is_told_from_what_was_asked_twice() {
    let ms = Duration::from_millis;
    let run = Run::of(&[Profile::GatewayHttp])
        .passes_after(core("A"), ms(9), ms(4))
        .passes_after(core("B"), ms(10), ms(99))
        .passes_after(core("C"), ms(2350), ms(100));
    let text = shown(run, Options::PLAIN);
    let (_, tests) = text.split_once("done in 1.21 s\n").unwrap();
    let (tests, _) = tests.split_once("\n\n").unwrap();
    insta::assert_snapshot!(tests, @"
    PASS        9 ms  A
    PASS      0.01 s  B
    PASS      2.35 s  C · not at once: after 0.10 s
    ");
}

#[test]
fn the_share_of_wrong_answers_is_told() {
    let run = || {
        Run::of(&[Profile::GatewayHttp]).passes_at_last(core("A"), 0, 60).passes_at_last(
            core("B"),
            3,
            140,
        )
    };
    let text = shown(run(), Options::PLAIN);
    let (_, tests) = text.split_once("done in 1.21 s\n").unwrap();
    insta::assert_snapshot!(tests, @"
    PASS      0.12 s  A
    PASS      0.12 s  B · 3 of 140 answers wrong

    GATEWAY-HTTP core: success (2 passed)
    wrong once right: 3 of 200 answers (1.50 %)
    2 tests: 2 passed; 4.21 s
    ");
    let xml = reports::junit::to_xml(&run().summary()).unwrap().unwrap();
    assert!(xml.contains(r#"<property name="wrongAnswers" value="3 of 140 answers"/>"#), "{xml}");

    // None is told where more were asked for than usual.
    let run = || Run::of(&[Profile::GatewayHttp]).passes_at_last(core("A"), 0, 60);
    assert!(!shown(run(), Options::PLAIN).contains("wrong"));
    let mut thorough = run();
    let successes = model::timeouts::REQUIRED_CONSECUTIVE_SUCCESSES;
    thorough.started.timeouts = vec![(successes.into(), "15".into())];
    let text = shown(thorough, Options::PLAIN);
    assert!(text.contains("\nwrong once right: 0 of 60 answers (0.00 %)\n"), "{text}");
}

#[test]
fn stages_after_the_tests_are_no_set_up() {
    let shared = Shared::default();
    let mut terminal = Terminal::to_writer(shared.clone(), Options::PLAIN);
    tell(&mut terminal, &mixed().unfinished());
    let stage = "removing the base environment".to_owned();
    terminal.event(&Event { at: at(0), kind: EventKind::SetUp { stage } });
    assert!(shared.text().ends_with("clean-up          removing the base environment\n"));
}

#[test]
fn colors_change_no_word() {
    let colored = shown(mixed(), Options { colors: true, ..Options::PLAIN });
    assert!(colored.contains("\u{1b}["));
    assert_eq!(console::strip_ansi_codes(&colored), shown(mixed(), Options::PLAIN));
}

#[test]
fn a_strict_run_says_which_rules_it_counts() {
    let text = shown(mixed().strictly(), Options::PLAIN);
    assert!(
        text.contains("FAIL      0.12 s  HTTPRouteInvalidReferenceGrant · 1 finding"),
        "{text}"
    );
    assert!(text.contains("failures under --strict: 1 finding"), "{text}");
}

#[test]
fn a_failure_wraps_at_the_width() {
    let mut planned = core("HTTPRouteMatching");
    planned.info.requirement = "Of the matches that a request satisfies, the one with the longest \
        path MUST be taken, then the one with a method, then the one with the most headers."
        .into();
    let text = failure_text(&planned, &failure(), 80);
    assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");
    insta::assert_snapshot!(text, @"
    FAIL  HTTPRouteMatching
      rule          Of the matches that a request satisfies, the one with the
                    longest path MUST be taken, then the one with a method, then the
                    one with the most headers.
      specified in  apis/v1/httproute_types.go#HTTPRouteRule
      likely cause  no listener of the Gateway is programmed:
                    Programmed=False/AddressNotAssigned

      GET /two at Gateway same-namespace
        expected    200 from infra-backend-v2 in gateway-conformance-infra
        observed    404 without a body
        unchanged   for 28.3 s of 30.0 s
        | > GET /two HTTP/1.1
        | > host: 10.0.0.2
        |
        | < HTTP/1.1 404 Not Found

      timeline
         +0.00 s  HTTPRoute gateway-conformance-infra/matching applied
         +0.52 s  HTTPRoute gateway-conformance-infra/matching:
                  Accepted=True/Accepted
         +1.74 s  GET /two: 404 without a body
    ");
}

#[test]
fn a_failure_stays_on_about_one_screen() {
    let row = |n: usize| Mismatch {
        wire: Some("x-header: value\n".repeat(200)),
        ..Mismatch::new(format!("GET /{n}"), "200", "404")
    };
    let failure = Failure {
        mismatches: (0..40).map(row).collect(),
        timeline: (0..90).map(|n| Moment { at: at(n * 10), what: format!("moment {n}") }).collect(),
        cause: None,
    };
    let text = failure_text(&core("HTTPRouteMatching"), &failure, 100);
    assert!(text.lines().count() < 120, "{text}");
    assert!(text.contains("moment 0\n") && text.contains("moment 89\n"), "{text}");
    assert!(text.contains("… and 29 more") && text.contains("… and 78 more"), "{text}");
}

#[test]
fn the_subject_cannot_write_on_the_terminal() {
    let mismatch = Mismatch::new("GET /", "200", "\u{1b}]0;owned\u{7}\u{1b}[2J\u{202e}");
    let text = failure_text(&core("A"), &Failure::of(mismatch), 100);
    assert!(text.contains(r"\u{1b}]0;owned\u{7}\u{1b}[2J\u{202e}"), "{text}");
    assert!(!text.contains(|c: char| c.is_control() && c != '\n'), "{text}");
}
