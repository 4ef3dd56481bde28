//! `schema`: how the files are written that users write.

use super::{
    args::SchemaArgs,
    exit::{Exit, Stop},
    output::print,
};

/// Prints a JSON Schema.
pub fn schema(args: &SchemaArgs) -> Result<Exit, Stop> {
    let schema = args.name.schema();
    print(&(serde_json::to_string_pretty(&schema).map_err(Stop::not_judged)? + "\n"))?;
    Ok(Exit::Passed)
}
