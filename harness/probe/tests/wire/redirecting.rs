//! Redirects are followed as Go's client follows them, within the Gateway.

use std::time::Duration;

use model::exchange::{Backend, Exchange, Request, get};
use probe::Target;

use crate::server::{Server, V1, echo, prober, serve, single, status, with_header};

/// Answers `/NUMBER/LOCATION` with a redirect of that status to that place, `/again` without end, and
/// all else as an echo backend.
async fn redirecting() -> Server {
    serve(|_, request| {
        let path = request.uri().path_and_query().unwrap().as_str();
        let redirect = |status: u16, to: &str| {
            with_header(crate::server::status(status, "moved"), "location", to)
        };
        match path[1..].split_once('/') {
            Some((code, to)) if code.parse::<u16>().is_ok() => {
                redirect(code.parse().unwrap(), &to.replace("%3A", ":"))
            }
            _ if path == "/again" => redirect(302, "/again"),
            _ if path == "/absent" => status(404, ""),
            _ => echo(request),
        }
    })
    .await
}

/// What the last request of an exchange was answered with.
async fn observed(server: &Server, exchange: Exchange) -> String {
    match single().converge(&server.target(), &exchange).await {
        Ok(_) => "as expected".into(),
        Err(mismatch) => mismatch.observed.replace(&server.address.to_string(), "GATEWAY"),
    }
}

#[tokio::test]
async fn a_gateway_that_redirects_and_then_answers_rightly_is_right() {
    let server = redirecting().await;
    let absolute = format!("/308/http://{}/absent", server.address);
    let absolute: &'static str = absolute.leak();
    for path in ["/301//absent", "/302//absent", "/303/../../absent", "/307//absent", absolute] {
        assert_eq!(observed(&server, get(path).is(404)).await, "as expected", "{path}");
        // One that is wanted is not followed.
        let status = path[1..4].parse().unwrap();
        assert_eq!(observed(&server, get(path).is(status)).await, "as expected", "{path}");
    }
    // Host, headers and, where the status says so, the method are those of the first request.
    let other = Backend { name: "other", ..V1 };
    let with = |path, method| {
        let request = get(path).host("example.org").with(&[("Version", "one")]);
        Request { method, ..request }
    };
    let observed = [
        observed(&server, with("/307//x?y=z", "POST").reaches(other)).await,
        observed(&server, with("/302//x", "POST").reaches(V1)).await,
        observed(&server, get("/again").is(404)).await,
        observed(&server, get("/302/http://other.example/absent").is(404)).await,
        observed(&server, get("/302/https://example.org/").host("example.org").is(404)).await,
        observed(&server, get("/302/http://[").is(404)).await,
        observed(&server, get("/304//absent").is(404)).await,
    ];
    insta::assert_snapshot!(observed.join("\n"), @r#"
    200 from infra-backend-v1 in gateway-conformance-infra; path: expected "/307//x?y=z", the backend saw "/x?y=z", after a redirect to /x?y=z
    method: expected "POST", the backend saw "GET"; path: expected "/302//x", the backend saw "/x", after a redirect to /x
    302 to /again, after ten requests
    302 to http://other.example/absent, which is another host
    302 to https://example.org/, for which there is no certificate to trust
    302 to http://[, which is not a URL
    304 to /absent
    "#);
}

#[tokio::test]
async fn a_failure_shows_each_request_of_a_redirect() {
    let server = redirecting().await;
    let exchange = get("/302//one").host("example.org").is(404);
    let mismatch = single().converge(&server.target(), &exchange).await.unwrap_err();
    let wire = mismatch.wire.unwrap();
    let lines = wire.lines().skip(1).filter(|line| {
        ["> GET", "> Host", "< HTTP", "< location", "moved", "{"]
            .iter()
            .any(|start| line.starts_with(start))
    });
    let lines: Vec<_> = lines.map(|line| line.split(',').next().unwrap()).collect();
    insta::assert_snapshot!(lines.join("\n"), @r#"
    > GET /302//one HTTP/1.1
    > Host: example.org
    < HTTP/1.1 302 Found
    < location: /one
    moved
    > GET /one HTTP/1.1
    > Host: example.org
    < HTTP/1.1 200 OK
    {"headers":{"accept":["*/*"]
    "#);
}

#[tokio::test]
async fn one_request_alone_follows_nothing() {
    let server = redirecting().await;
    let target: Target = server.target();
    let answer = prober(Duration::from_secs(5)).once(&target, &get("/302//absent")).await.unwrap();
    assert_eq!(answer.status, 302);
}
