//! Reports that are published: held against the rules, compared, and shown on a page.

use std::fs;

use reports::published::{
    Document, Particulars, Published, compare, details, files, folder, lint, page, readme,
};

const GOOD: &str = "\
apiVersion: gateway.networking.k8s.io/v1
date: \"2026-01-02T03:04:05Z\"
gatewayAPIChannel: standard
gatewayAPIVersion: v1.5.1
implementation:
  contact: ['@maintainers']
  organization: example
  project: proxy
  url: https://example.com
  version: v1.2.3
kind: ConformanceReport
mode: default
profiles:
- core:
    result: success
    statistics: {Failed: 0, Passed: 33, Skipped: 0}
  extended:
    result: partial
    skippedTests: [HTTPRouteWeight]
    statistics: {Failed: 0, Passed: 5, Skipped: 1}
    supportedFeatures: [HTTPRouteCORS, HTTPRouteRetry]
    unsupportedFeatures: [GatewayPort8080]
  name: GATEWAY-HTTP
  summary: Core tests succeeded.
";

fn published(path: &str, text: &str, readme: Option<&str>) -> Published {
    Published { path: path.into(), text: text.to_owned(), readme: readme.map(str::to_owned) }
}

/// What is wrong with a report, a line each.
fn told(published: &Published) -> String {
    let lines = lint(published).into_iter().map(|it| format!("{}: {}", it.rule, it.message));
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn a_report_that_keeps_all_rules_passes() {
    let readme = "# Proxy\n[v1.2.3 report](./standard-v1.2.3-default-report.yaml)\n## Reproduce\n";
    let path = "v1.5/example-proxy/standard-v1.2.3-default-report.yaml";
    assert_eq!(told(&published(path, GOOD, Some(readme))), "");
}

#[test]
fn each_rule_that_is_broken_is_told() {
    let bad = GOOD
        .replace("apiVersion: gateway", "<Right>apiVersion: gateway")
        .replace("2026-01-02T03:04:05Z", "yesterday")
        .replace("Channel: standard", "Channel: stable")
        .replace("version: v1.2.3", "version: main")
        .replace("organization: example", "organization: ''")
        .replace("mode: default", "mode: ''")
        .replace("result: success", "result: failure")
        .replace("Skipped: 1", "Skipped: 2")
        .replace("GATEWAY-HTTP", "GATEWAY-HTP");
    insta::assert_snapshot!(told(&published("v1.6/example-proxy/report.yaml", &bad, Some(""))), @r#"
    generated: no report has the key <Right>apiVersion
    kind: it is ConformanceReport of nothing
    date: it is yesterday
    release: it is v1.5.1, in the folder of v1.6
    channel: it is stable
    mode: it is not; `default` is the word for none in particular
    implementation: organization is empty
    version: it is main; name a release, such as v1.2.3
    name: rename it stable-main--report.yaml
    profiles: unknown profile "GATEWAY-HTP"; did you mean "GATEWAY-HTTP"?
    result: GATEWAY-HTP core failed
    statistics: GATEWAY-HTP core: failure, with 0 failed and 0 skipped
    statistics: GATEWAY-HTP extended: 2 tests skipped, and 1 are listed
    readme: it does not link report.yaml
    readme: it has no section `Reproduce`
    "#);
    insta::assert_snapshot!(told(&published("v1.5/p/report.yaml", "- 1", None)), @"readable: invalid type: sequence, expected struct Document");
}

#[test]
fn a_report_of_an_early_release_is_held_against_the_rules_of_its_time() {
    let early = GOOD.replace("v1.5.1", "v1.0.0").replace("version: v1.2.3", "version: main");
    assert_eq!(told(&published("v1.0.0/example-proxy/main-report.yaml", &early, None)), "");
}

#[test]
fn what_the_go_suite_itself_refuses_is_told_of_reports_of_its_version() {
    let readme = "[report](./standard-v1.2.3-default-report.yaml)\n## Reproduce\n";
    let of = |folder: &str, version: &str, text: &str| {
        let path = format!("{folder}standard-v1.2.3-default-report.yaml");
        told(&published(&path, &text.replace("v1.5.1", version), Some(readme)))
    };
    let bad = GOOD
        .replace("https://example.com", "example.com")
        .replace("Core tests succeeded.", "''")
        .replace("[HTTPRouteWeight]", "[A, B, C, D, E, F]")
        .replace("Skipped: 1", "Skipped: 6");
    let of_newest = of("v1.7/example-proxy/", "v1.7.0", &bad);
    insta::assert_snapshot!(of_newest, @r"
    url: it is example.com; write it whole, such as https://example.com
    summary: GATEWAY-HTTP has none; leave it as it was generated
    skips: GATEWAY-HTTP extended: 6 tests are skipped; run 1 or more
    ");
    assert_eq!(of("v1.6/example-proxy/", "v1.6.1", &bad), "");
    // Elsewhere than in the folder of a release the report itself tells of which it is.
    assert_eq!((of("", "v1.7.0", &bad), of("", "v1.6.1", &bad)), (of_newest, String::new()));
    // A profile whose core was not run whole is conformant in part, and that may be published.
    let in_part = GOOD
        .replace("result: success", "result: partial\n    skippedTests: [HTTPRouteMatching]")
        .replace("Passed: 33, Skipped: 0", "Passed: 32, Skipped: 1");
    assert_eq!(of("v1.7/example-proxy/", "v1.7.0", &in_part), "");
}

#[test]
fn the_files_below_a_folder_are_found_in_their_order() {
    let folder = tempfile::tempdir().unwrap();
    for path in ["v1.5/b/x.yaml", "v1.5/a/y.yml", "v1.5/a/README.md"] {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, "text").unwrap();
    }
    let found = files(folder.path()).unwrap();
    let names: Vec<_> = found.iter().map(Published::file_name).collect();
    assert_eq!(names, ["y.yml", "x.yaml"]);
    assert_eq!(found[0].release(), Some((1, 5)));
    assert_eq!((found[0].readme.as_deref(), &found[1].readme), (Some("text"), &None));
    assert!(files(&folder.path().join("nowhere")).is_err());
}

/// The next version, which claims less and passes more.
fn next() -> Document {
    let next = GOOD
        .replace("v1.2.3", "v1.3.0")
        .replace("2026-01", "2026-02")
        .replace(
            "supportedFeatures: [HTTPRouteCORS, HTTPRouteRetry]",
            "supportedFeatures: [HTTPRouteCORS]",
        )
        .replace("skippedTests: [HTTPRouteWeight]", "failedTests: [HTTPRouteCORS]")
        .replace("Failed: 0, Passed: 5, Skipped: 1", "Failed: 1, Passed: 5, Skipped: 0");
    Document::read(&next).unwrap().0
}

#[test]
fn what_differs_between_reports_is_told() {
    let documents = [Document::read(GOOD).unwrap().0, next()];
    let rows = compare(&documents).into_iter().filter(|row| !row.is_alike());
    let lines = rows.map(|row| {
        let cells = row.cells.iter().map(|cell| if cell.is_empty() { "?" } else { cell });
        let cells = cells.collect::<Vec<_>>().join(" | ");
        format!("{} {}: {cells}", row.section, row.name).trim_start().to_owned()
    });
    insta::assert_snapshot!(lines.collect::<Vec<_>>().join("\n"), @r"
    version: v1.2.3 | v1.3.0
    date: 2026-01-02 | 2026-02-02
    GATEWAY-HTTP extended: partial, 5 passed, 1 skipped | partial, 5 passed, 1 failed
    features HTTPRouteRetry: yes | ?
    tests HTTPRouteCORS: ? | failed
    tests HTTPRouteWeight: skipped | ?
    ");
}

#[test]
fn a_page_shows_the_newest_report_of_each_implementation_and_all_of_them_below() {
    let read = |text: &str| Document::read(text).unwrap().0;
    let evil = GOOD.replace("project: proxy", "project: '<script>alert(1)</script>'");
    let page = page(&[read(GOOD), next(), read(&evil)]);
    assert!(page.contains("3 reports of 2 implementations"), "{page}");
    let (matrix, all) = page.split_once("All reports").unwrap();
    assert!(matrix.contains("v1.3.0") && all.contains("v1.3.0") && all.contains("v1.2.3"));
    assert_eq!(matrix.matches("<td>v1.2.3</td>").count(), 1, "that of the other implementation");
    assert!(!page.contains("<script>alert") && page.contains("&lt;script&gt;alert"), "{page}");
    assert!(!page.contains("src=") && !page.contains("<link"), "it stands alone");
}

#[test]
fn what_is_handed_in_with_a_report_keeps_the_rules() {
    let document = Document::read(GOOD).unwrap().0;
    let folder = folder(&document).unwrap();
    assert_eq!(folder, "v1.5/example-proxy");
    let told = Particulars { command: "gateway-conformance run".into(), ..Particulars::default() };
    let first = readme(&document, &told, None);
    let path = format!("{folder}/{}", document.file_name());
    assert_eq!(self::told(&published(&path, GOOD, Some(&first))), "");

    let next = next();
    let told = Particulars { command: "gateway-conformance run --x".into(), ..told };
    let second = readme(&next, &told, Some(&first));
    assert_eq!(readme(&next, &told, Some(&second)), second, "once is enough");
    insta::assert_snapshot!(second, @r"
    # proxy

    ## Table of contents

    | API channel | Implementation version | Mode | Report |
    |---|---|---|---|
    | standard | [v1.2.3](https://example.com) | default | [v1.2.3 report](./standard-v1.2.3-default-report.yaml) |
    | standard | [v1.3.0](https://example.com) | default | [v1.3.0 report](./standard-v1.3.0-default-report.yaml) |

    ## Reproduce

    ```console
    gateway-conformance run
    ```

    v1.3.0, mode default:

    ```console
    gateway-conformance run --x
    ```
    ");

    let undefined = Document { version: "UNDEFINED".into(), ..document };
    assert!(reports::published::folder(&undefined).unwrap_err().contains("UNDEFINED"));
}

#[test]
fn the_details_of_a_list_are_told_whole_or_not_at_all() {
    let document = Document::read(GOOD).unwrap().0;
    let named = Particulars { full_name: Some("Example Proxy".into()), ..Particulars::default() };
    assert_eq!(details(&document, &Particulars::default()), Ok(None));
    assert!(details(&document, &named).is_err());
    let whole = Particulars { description: Some("A proxy.\nWith **rules**.\n".into()), ..named };
    insta::assert_snapshot!(details(&document, &whole).unwrap().unwrap(), @r"
    apiVersion: gateway.networking.kubernetes.io/v1
    kind: ImplementationListDetails
    organization: example
    project: proxy
    fullName: Example Proxy
    description: |
      A proxy.
      With **rules**.
    ");
}

#[test]
fn what_is_published_here_keeps_the_rules() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/published");
    let reports = files(folder.as_ref()).unwrap();
    assert!(!reports.is_empty());
    for report in reports {
        assert_eq!(told(&report), "", "{}", report.path.display());
    }
}
