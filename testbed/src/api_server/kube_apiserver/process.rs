//! A program that ends with the testbed.

use std::{
    ffi::OsString,
    fs, io,
    os::unix::process::CommandExt,
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Stdio},
};

/// How many lines of a log are told when the program did not start.
const WORDS: usize = 10;

/// A running program, killed and waited for when this is dropped.
pub(super) struct Process {
    child: Child,
    log: PathBuf,
}

impl Process {
    /// Starts the program at `path`; what it says goes to the file `log`.
    pub(super) fn start(path: &Path, arguments: &[OsString], log: PathBuf) -> io::Result<Self> {
        let child = bound_to_us(path)
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(fs::File::create(&log)?)
            // A Ctrl-C on the terminal is for the testbed, which then ends its programs in order.
            .process_group(0)
            .spawn()?;
        Ok(Self { child, log })
    }

    /// How it ended, if it did.
    pub(super) fn ended(&mut self) -> Option<ExitStatus> {
        self.child.try_wait().ok().flatten()
    }

    /// The end of its log.
    pub(super) fn last_words(&self) -> String {
        let text = fs::read(&self.log).unwrap_or_default();
        let text = String::from_utf8_lossy(&text);
        let lines: Vec<_> = text.lines().collect();
        lines[lines.len().saturating_sub(WORDS)..].join("\n")
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // By force, since nothing of it is needed any more. It is waited for so that it does not
        // write into its folder while that is removed.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The program at `path`, which the kernel kills when the thread that starts it ends: so nothing
/// stays behind a testbed that was itself killed. To ask the kernel for that takes `unsafe` code
/// between fork and exec, or `setpriv` of util-linux; without a `setpriv` that can, the program only
/// ends with its [`Process`].
fn bound_to_us(path: &Path) -> Command {
    let setpriv = || {
        let mut command = Command::new("setpriv");
        command.args(["--pdeathsig", "KILL", "--"]);
        command
    };
    let attempt = setpriv().arg("true").stdout(Stdio::null()).stderr(Stdio::null()).status();
    if attempt.is_ok_and(|status| status.success()) {
        let mut command = setpriv();
        command.arg(path);
        command
    } else {
        Command::new(path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dropped_process_is_gone_and_its_last_words_are_kept() {
        let folder = tempfile::tempdir().unwrap();
        let log = folder.path().join("log");
        let script = "seq 20 >&2; echo $$ > \"$0\"; exec sleep 600";
        let pid = folder.path().join("pid");
        let arguments = ["-c".into(), script.into(), pid.clone().into_os_string()];
        let mut process = Process::start(Path::new("/bin/sh"), &arguments, log).unwrap();
        let pid = loop {
            assert!(process.ended().is_none(), "{}", process.last_words());
            match fs::read_to_string(&pid) {
                Ok(pid) if pid.ends_with('\n') => break pid,
                _ => std::thread::yield_now(),
            }
        };
        let alive = Path::new("/proc").join(pid.trim());
        assert!(alive.exists());
        assert_eq!(process.last_words(), "11\n12\n13\n14\n15\n16\n17\n18\n19\n20");
        drop(process);
        assert!(!alive.exists());
    }
}
