//! Keeps what the compiler does not.

mod arrows;
mod disk;
mod folders;
mod lists;
mod manifests;
mod test_file;
mod tests;
