//! `gateway-conformance`: judges implementations of the Kubernetes Gateway API.

fn main() -> std::process::ExitCode {
    cli::main(&gateway_conformance::SUITE, std::env::args_os().skip(1).collect())
}
