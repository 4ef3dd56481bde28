use model::{
    profile::Profile,
    verdict::{Failure, Mismatch},
};
use reports::{run_page::page, summary::Summary};

use crate::run::{Run, core, failure, finding};

#[test]
fn a_page_about_a_run_shows_what_failed_and_all_tests() {
    let run = Run::of(&[Profile::GatewayHttp])
        .passes(core("HTTPRouteExactPathMatching"))
        .passes_with(core("HTTPRouteReferenceGrant"), vec![finding()])
        .fails(core("HTTPRouteMatching"), failure())
        .errs(core("HTTPRouteHTTPSListener"), "failed to apply Secret tls: forbidden")
        .leaves(core("HTTPRouteWeight"));
    let page = page(&run.summary()).unwrap();
    assert!(page.contains("<details id=\"HTTPRouteMatching\" open>"), "{page}");
    assert!(page.contains("<details id=\"HTTPRouteReferenceGrant\">"), "{page}");
    assert!(page.contains("What HTTPRouteMatching is about MUST be so."), "{page}");
    assert!(page.contains("404 without a body") && page.contains("forbidden"), "{page}");
    assert!(page.contains("GATEWAY-HTTP core") && page.contains(">failure<"), "{page}");
    assert_eq!(page.matches("<th scope=\"row\"><a href=\"#").count(), 3);
    assert!(page.contains("not run to the end"), "{page}");
}

#[test]
fn what_the_subject_says_is_no_markup() {
    let mismatch = Mismatch::new("GET /", "200", "<script>alert(1)</script>");
    let run = Run::of(&[]).fails(core("A"), Failure::of(mismatch));
    let page = page(&run.summary()).unwrap();
    assert!(!page.contains("<script>") && page.contains("&lt;script&gt;"), "{page}");
    assert_eq!(reports::run_page::page(&Summary::default()), None);
}
