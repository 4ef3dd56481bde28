//! The terminal: what happens now, each test as it ends, and in the end what went wrong.

mod closing;
mod live;

use std::{
    env,
    io::{self, Write},
};

use console::Term;
use model::{
    event::{Event, EventKind, RunStarted, TestFinished},
    timeouts::Limit,
};

use self::live::Live;
use crate::{
    ReportError, Reporter,
    page::{Page, Tone},
    summary::{Standing, Summary},
    text::{count, length, untested, wrong_answers},
};

/// Beyond so many tests, those that pass are only counted where the count is redrawn: about a screen.
const LINES: usize = 20;

/// One of the process's two streams for text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stream {
    /// The standard output.
    Stdout,
    /// The standard error.
    Stderr,
}

/// How the text is to look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// Whether there are colours.
    pub colors: bool,
    /// Whether the running tests are shown and redrawn, which only a terminal can.
    pub progress: bool,
    /// The columns at which text wraps.
    pub width: usize,
}

impl Options {
    /// For a file or a pipe.
    pub const PLAIN: Self = Self { colors: false, progress: false, width: 100 };

    /// What suits the stream: plain where it is no terminal, where the terminal is dumb, and where
    /// `NO_COLOR` is set, see <https://no-color.org>.
    pub fn detect(stream: Stream) -> Self {
        let term = stream.term();
        let no_color = env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        if !term.features().is_attended() || no_color || console::is_dumb() {
            return Self::PLAIN;
        }
        let width = term.size_checked().map_or(100, |(_, columns)| usize::from(columns));
        // Long lines are hard to read, however wide the window.
        Self { colors: true, progress: true, width: width.min(100) }
    }
}

impl Stream {
    fn term(self) -> Term {
        match self {
            Self::Stdout => Term::stdout(),
            Self::Stderr => Term::stderr(),
        }
    }
}

/// Tells a run to whoever sits before it.
pub struct Terminal {
    screen: Screen,
    options: Options,
    summary: Summary,
    /// What a stage belongs to: before the tests, or after them.
    phase: &'static str,
    result: io::Result<()>,
}

enum Screen {
    Plain(Box<dyn Write + Send>),
    Live(Live),
}

impl Screen {
    fn write(&mut self, text: &str) -> io::Result<()> {
        match self {
            Self::Plain(writer) => writer.write_all(text.as_bytes()).and_then(|()| writer.flush()),
            Self::Live(live) => live.write(text),
        }
    }
}

impl Terminal {
    /// On a stream.
    pub fn new(stream: Stream, options: Options) -> Self {
        let screen = match stream {
            _ if options.progress => Screen::Live(Live::new(stream.term())),
            Stream::Stdout => Screen::Plain(Box::new(io::stdout())),
            Stream::Stderr => Screen::Plain(Box::new(io::stderr())),
        };
        Self::on(screen, options)
    }

    /// To a writer, without progress.
    pub fn to_writer(writer: impl Write + Send + 'static, options: Options) -> Self {
        Self::on(Screen::Plain(Box::new(writer)), Options { progress: false, ..options })
    }

    fn on(screen: Screen, options: Options) -> Self {
        let summary = Summary::default();
        Self { screen, options, summary, phase: "set-up", result: Ok(()) }
    }

    fn page(&self) -> Page {
        Page::new(self.options.width)
    }

    fn show(&mut self, page: &Page) {
        if self.result.is_ok() {
            self.result = self.screen.write(&page.text(self.options.colors));
        }
    }

    fn opening(&self, started: &RunStarted) -> Page {
        let mut page = self.page();
        let title = format!("Gateway API conformance, suite {}: ", started.suite_version);
        page.paragraph(&[(Tone::Strong, &title)], Tone::Strong, &started.subject);
        let mut facts = vec![format!(
            "definitions {} ({})",
            started.gateway_api_version, started.gateway_api_channel
        )];
        let profiles: Vec<_> = started.profiles.iter().map(|profile| profile.name()).collect();
        if !profiles.is_empty() {
            facts.push(profiles.join(", "));
        }
        facts.push(format!(
            "{} of {}",
            self.summary.counts().planned(),
            count(started.tests.len(), "test")
        ));
        if started.strict {
            facts.push("findings are failures".to_owned());
        }
        page.paragraph(&[], Tone::Faint, &facts.join(" · "));
        page.paragraph(&[], Tone::Faint, &format!("run {}", started.run));
        untested(&mut page, started);
        let limits: Vec<_> =
            started.timeouts.iter().map(|(name, value)| format!("{name} {value}")).collect();
        if !limits.is_empty() {
            let first = (Tone::Odd, "limits that are not the Go suite's: ");
            page.paragraph(&[first], Tone::Plain, &limits.join(", "));
        }
        page
    }

    fn remark(&self, label: &str, tone: Tone, text: &str) -> Page {
        let mut page = self.page();
        page.paragraph(&[(tone, &format!("{label:<18}"))], Tone::Plain, text);
        page
    }

    fn finished(&self, finished: &TestFinished) -> Option<Page> {
        let result = self.summary.test(&finished.test)?;
        let (tone, word) = match result.standing {
            Standing::Passed if self.counts_passes() => return None,
            Standing::Passed => (Tone::Good, "PASS"),
            Standing::Failed(_) | Standing::FailedStrictly => (Tone::Bad, "FAIL"),
            Standing::Excused(_) => (Tone::Odd, "XFAIL"),
            Standing::PassedUnexpectedly(_) => (Tone::Bad, "XPASS"),
            Standing::Error(_) => (Tone::Odd, "ERROR"),
            _ => return None,
        };
        let mut pieces = vec![
            (tone, format!("{word:<5}")),
            (Tone::Faint, format!(" {:>10}  ", length(finished.took))),
            (Tone::Plain, finished.test.clone()),
        ];
        if !result.findings.is_empty() {
            let findings = count(result.findings.len(), "finding");
            pieces.push((Tone::Odd, format!(" · {findings}")));
        }
        let longest = finished.settling.iter().map(|it| it.took).max();
        // What takes no longer than a pause between two probes is as good as at once.
        let pause = Limit::DefaultPollInterval.default_value();
        if let Some(longest) = longest.filter(|longest| *longest >= pause) {
            pieces.push((Tone::Faint, format!(" · not at once: after {}", length(longest))));
        }
        if finished.answers.wrong > 0 {
            let share = wrong_answers(finished.answers);
            pieces.push((Tone::Odd, format!(" · {share} wrong")));
        }
        let mut page = self.page();
        page.line(pieces);
        Some(page)
    }

    /// Whether tests that pass have no lines of their own.
    fn counts_passes(&self) -> bool {
        matches!(self.screen, Screen::Live(_)) && self.summary.counts().planned() > LINES
    }

    fn take(&mut self, event: &Event) {
        match &event.kind {
            EventKind::RunStarted(started) => self.show(&self.opening(started)),
            EventKind::SetUp { stage } => match &mut self.screen {
                Screen::Live(live) => live.stage(self.phase, stage),
                Screen::Plain(_) => self.show(&self.remark(self.phase, Tone::Faint, stage)),
            },
            EventKind::SetUpDone { took } => {
                let text = format!("done in {}", length(*took));
                self.show(&self.remark(self.phase, Tone::Faint, &text));
                self.phase = "clean-up";
            }
            EventKind::Notice { text } => self.show(&self.remark("note", Tone::Odd, text)),
            EventKind::TestFinished(finished) => {
                if let Some(page) = self.finished(finished) {
                    self.show(&page);
                }
            }
            EventKind::RedInCompany(red) => {
                let text = format!(
                    "{} failed beside {}; it is judged again alone",
                    red.test,
                    count(red.beside.len(), "other test")
                );
                self.show(&self.remark("RETRY", Tone::Odd, &text));
            }
            EventKind::RunFinished { .. } => self.close(),
            EventKind::TestStarted { .. }
            | EventKind::TestStep { .. }
            | EventKind::Captured(_)
            | EventKind::TestRemoved { .. }
            | EventKind::TestDrained { .. }
            | EventKind::PodsReady { .. } => {}
        }
        if let Screen::Live(live) = &mut self.screen {
            live.event(event, &self.summary);
        }
    }

    fn close(&mut self) {
        if let Screen::Live(live) = &mut self.screen {
            live.close();
        }
        self.show(&closing::page(&self.summary, self.options.width));
    }
}

impl Reporter for Terminal {
    fn event(&mut self, event: &Event) {
        self.summary.fold(event);
        self.take(event);
    }

    fn finish(&mut self) -> Result<(), ReportError> {
        match &mut self.screen {
            _ if self.summary.has_ended() => {}
            _ if self.summary.started().is_some() => self.close(),
            Screen::Live(live) => live.close(),
            Screen::Plain(_) => {}
        }
        match std::mem::replace(&mut self.result, Ok(())) {
            // Whoever read has seen enough, as `head` does.
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
            Err(source) => Err(ReportError::Stream { what: "terminal's text", source }),
            Ok(()) => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeSet, time::Duration};

    use indicatif::{InMemoryTerm, ProgressDrawTarget};
    use model::{
        expectation::Expected,
        implementation::Implementation,
        plan::{Decision, PlannedTest, TestInfo},
        timing::Answers,
        verdict::{Failure, JudgeError, Mismatch, Outcome},
        version::SuiteVersion,
    };

    use super::*;

    /// What stays on a terminal of a run of so many tests, the first of which are no passes.
    fn shown(tests: usize) -> Vec<String> {
        let screen = InMemoryTerm::new(60, 60);
        let target = ProgressDrawTarget::term_like(Box::new(screen.clone()));
        let live = Live::on(target, Term::stdout());
        let options = Options { colors: false, progress: true, width: 60 };
        let mut terminal = Terminal::on(Screen::Live(live), options);
        let names: Vec<_> = (0..tests).map(|test| format!("T{test}")).collect();
        let planned = |name: &String| PlannedTest {
            info: TestInfo {
                name: name.clone(),
                features: Vec::new(),
                extension: None,
                since: SuiteVersion::NEWEST,
                provisional: false,
                manifests: Vec::new(),
                requirement: String::new(),
                spec: String::new(),
            },
            decision: Decision::Run,
            expected: Expected::default(),
        };
        let started = RunStarted {
            run: String::new(),
            subject: String::new(),
            suite_version: SuiteVersion::NEWEST,
            gateway_api_version: String::new(),
            gateway_api_channel: String::new(),
            mode: String::new(),
            implementation: Implementation::default(),
            profiles: Vec::new(),
            supported_features: BTreeSet::new(),
            untested_features: BTreeSet::new(),
            tests: names.iter().map(planned).collect(),
            timeouts: Vec::new(),
            strict: false,
            rounds: 1,
        };
        let mut tell = |kind| terminal.event(&Event::now(kind));
        tell(EventKind::RunStarted(Box::new(started)));
        for (index, test) in names.into_iter().enumerate() {
            let outcome = match index {
                0 => Outcome::Failed { failure: Failure::of(Mismatch::new("GET /", "200", "404")) },
                1 => Outcome::Error { error: JudgeError::new("forbidden") },
                _ => Outcome::Passed,
            };
            tell(EventKind::TestFinished(Box::new(TestFinished {
                test,
                round: 1,
                outcome,
                findings: Vec::new(),
                settling: Vec::new(),
                answers: Answers::default(),
                spans: Vec::new(),
                took: Duration::ZERO,
            })));
        }
        let words = ["PASS", "FAIL", "ERROR"];
        let contents = screen.contents();
        let lines = contents.lines().filter(|line| words.iter().any(|word| line.contains(word)));
        lines.map(|line| line.split_whitespace().next().unwrap_or_default().to_owned()).collect()
    }

    #[test]
    fn the_passes_of_many_tests_are_only_counted() {
        let few = shown(LINES);
        assert_eq!(few.len(), LINES);
        assert_eq!(few[..3], ["FAIL", "ERROR", "PASS"]);
        assert_eq!(shown(LINES + 1), ["FAIL", "ERROR"]);
    }
}
