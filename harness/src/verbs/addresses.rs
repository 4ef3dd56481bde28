//! What a test asks of the addresses that a Gateway was told to have.

use cluster::views::GatewayView;
use model::{address::Address, timeouts::Limit, verdict::Verdict};
use serde_json::Value;

use crate::verbs::{gateway::GatewayObject, subject::Subject};

impl Subject {
    /// Addresses that a Gateway can have.
    pub fn usable_addresses(&self) -> &[Address] {
        &self.session.addresses().usable
    }

    /// Addresses that no Gateway can have.
    pub fn unusable_addresses(&self) -> &[Address] {
        &self.session.addresses().unusable
    }
}

impl GatewayObject<'_> {
    /// Has the Gateway no longer ask for these addresses, whatever their type; what is judged from here on is
    /// the changed Gateway.
    ///
    /// # Errors
    ///
    /// An error if the API server refuses; a failure if `metadata.generation` stays as it was.
    pub async fn ask_no_longer_for(&self, values: &[&str]) -> Verdict {
        self.change_list("addresses", |addresses| {
            let is_one = |value: &Value| values.iter().any(|unwanted| value == *unwanted);
            addresses.retain(|address| !is_one(&address["value"]));
        })
        .await
    }

    /// The Gateway must have these addresses and no others, each of its type, within
    /// `GatewayMustHaveAddress`.
    ///
    /// # Errors
    ///
    /// A failure that shows which it has.
    pub async fn must_have_only_addresses(&self, wanted: &[Address]) -> Verdict {
        let wanted: Vec<_> = wanted.iter().map(|it| text(&it.kind, &it.value)).collect();
        let expected = format!("status.addresses of {}", wanted.join(", "));
        self.subject
            .wait(&self.key, Limit::GatewayMustHaveAddress, &expected, move |object| {
                let there = GatewayView::new(object).addresses();
                let there: Vec<_> =
                    there.iter().map(|it| text(it.kind.unwrap_or("no type"), it.value)).collect();
                let has_all = wanted.iter().all(|address| there.contains(address));
                match there.as_slice() {
                    [] => Err("no address".into()),
                    _ if has_all && there.len() == wanted.len() => Ok(()),
                    others => Err(others.join(", ")),
                }
            })
            .await
    }
}

fn text(kind: &str, value: &str) -> String {
    format!("{kind} {value}")
}
