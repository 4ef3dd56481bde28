use std::{fs, os::unix::fs::PermissionsExt, path::Path};

use model::profile::Profile;
use reports::{
    FileReport, Reporter, Reporters, check_writable, conformance::ConformanceWriter, junit,
};
use tempfile::TempDir;

use crate::run::{Run, at, core, tell};

fn run() -> Run {
    Run::of(&[Profile::GatewayHttp]).passes(core("HTTPRouteWeight"))
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

#[test]
fn a_report_is_one_file_that_others_may_read_as_any_new_one() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("report.yaml");
    let mut writer = ConformanceWriter::new(&path, None);
    tell(&mut writer, &run().events());
    writer.finish().unwrap();
    assert_eq!(names(folder.path()), ["report.yaml"]);
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    let elsewhere = TempDir::new().unwrap();
    let ordinary = elsewhere.path().join("ordinary");
    fs::write(&ordinary, "").unwrap();
    assert_eq!(mode(&path), mode(&ordinary));
    let yaml = fs::read_to_string(&path).unwrap();
    assert!(yaml.contains("\ndate: \"2026-11-23T10:00:04Z\"\n"), "{yaml}");
    assert!(yaml.contains("result: success"), "{yaml}");
}

#[test]
fn a_date_that_is_given_makes_the_bytes_the_same() {
    let folder = TempDir::new().unwrap();
    let [one, two] = ["one", "two"].map(|name| {
        let path = folder.path().join(name);
        let mut writer = ConformanceWriter::new(&path, Some(at(0)));
        let mut events = run().events();
        if name == "two" {
            for event in &mut events {
                event.at = at(99_000);
            }
        }
        tell(&mut writer, &events);
        writer.finish().unwrap();
        fs::read_to_string(path).unwrap()
    });
    assert_eq!(one, two);
}

#[test]
fn a_killed_run_leaves_no_earlier_success() {
    let folder = TempDir::new().unwrap();
    let (report, junit) = (folder.path().join("report.yaml"), folder.path().join("junit.xml"));
    let reporters = || {
        let mut reporters = Reporters::new();
        reporters.add(ConformanceWriter::new(&report, None));
        reporters.add(FileReport::new(&junit, junit::to_xml));
        reporters
    };
    let mut first = reporters();
    tell(&mut first, &run().events());
    first.finish().unwrap();

    // Killed: neither its last event nor `finish` comes.
    let mut killed = reporters();
    tell(&mut killed, &run().unfinished());
    let yaml = fs::read_to_string(&report).unwrap();
    assert!(yaml.starts_with("# incomplete: the run did not end; 0 of 1 tests judged\n"), "{yaml}");
    assert!(!yaml.contains("success"), "{yaml}");
    assert!(fs::read_to_string(&junit).unwrap().contains("errors=\"1\""));
}

#[test]
fn a_path_is_checked_before_the_run_and_nothing_stays() {
    let folder = TempDir::new().unwrap();
    let refuse = |name: &str| {
        let error = check_writable(&folder.path().join(name)).unwrap_err().to_string();
        error.replace(folder.path().to_str().unwrap(), "FOLDER")
    };
    check_writable(&folder.path().join("report.yaml")).unwrap();
    assert!(names(folder.path()).is_empty());
    insta::assert_snapshot!([refuse("absent/report.yaml"), refuse("")].join("\n"), @"
    the folder of report FOLDER/absent/report.yaml does not exist; create it or choose another path
    report FOLDER/ is not a regular file; choose the path of a file
    ");
    assert!(check_writable(Path::new("/dev/null")).is_err(), "a device is never replaced");
    assert!(check_writable(Path::new("/proc/report.yaml")).is_err(), "no file can be made there");
}

#[test]
fn an_earlier_report_stays_where_a_new_one_cannot_be_written() {
    let folder = TempDir::new().unwrap();
    let gone = folder.path().join("gone");
    fs::create_dir(&gone).unwrap();
    let mut writer = ConformanceWriter::new(gone.join("report.yaml"), None);
    fs::remove_dir(&gone).unwrap();
    tell(&mut writer, &run().events());
    assert!(writer.finish().unwrap_err().to_string().contains("does not exist"));
}

#[test]
fn a_link_is_kept() {
    let folder = TempDir::new().unwrap();
    let (target, link) = (folder.path().join("target"), folder.path().join("link"));
    fs::write(&target, "before").unwrap();
    std::os::unix::fs::symlink(&target, &link).unwrap();
    let mut writer = FileReport::new(&link, junit::to_xml);
    tell(&mut writer, &run().events());
    writer.finish().unwrap();
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    assert!(fs::read_to_string(&target).unwrap().starts_with("<?xml"));
}
