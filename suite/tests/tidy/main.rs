//! Keeps what the compiler does not.

mod arrows;
mod circles;
mod disk;
mod folders;
mod imports;
mod lists;
mod manifests;
mod rooms;
mod test_file;
mod tests;
mod workspace;
