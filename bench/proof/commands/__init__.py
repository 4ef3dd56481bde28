"""The commands of this folder, a module each."""
