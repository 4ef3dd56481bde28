//! Serves an empty API on a free port, for trying out a client:
//!
//! ```sh
//! cargo run -p testbed-apiserver --example serve > kubeconfig &
//! kubectl --kubeconfig kubeconfig get gateways
//! ```

use std::error::Error;

use testbed_apiserver::{ApiServer, Options};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let listening = ApiServer::new(Options::default()).listen(([127, 0, 0, 1], 0).into()).await?;
    println!("{}", listening.kubeconfig);
    tokio::signal::ctrl_c().await?;
    Ok(())
}
