//! What lives as long as the program, as what the suite's own tests say does.

use internment::Intern;

/// The same text, once for all that say it.
pub fn kept(text: &str) -> &'static str {
    Intern::<str>::from(text).as_ref()
}
