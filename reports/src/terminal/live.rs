//! What happens now, redrawn below the lines that stay.

use std::{collections::BTreeMap, io, time::Duration};

use console::Term;
use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};
use model::event::{Event, EventKind};

use crate::{page::visible, summary::Summary, text::count};

/// How many running tests have a line of their own.
const ROWS: usize = 8;
/// How often lines are redrawn, in times a second.
const REDRAWS: u8 = 12;

/// The lines that are redrawn: one for each running test, and the count.
pub(super) struct Live {
    rows: MultiProgress,
    total: ProgressBar,
    running: BTreeMap<String, ProgressBar>,
    hidden: BTreeMap<String, String>,
    term: Term,
    closed: bool,
}

impl Live {
    pub(super) fn new(term: Term) -> Self {
        Self::on(ProgressDrawTarget::term(term.clone(), REDRAWS), term)
    }

    pub(super) fn on(target: ProgressDrawTarget, term: Term) -> Self {
        let rows = MultiProgress::with_draw_target(target);
        let total = rows.add(ProgressBar::no_length());
        total.set_style(style("{msg}"));
        Self { rows, total, running: BTreeMap::new(), hidden: BTreeMap::new(), term, closed: false }
    }

    /// Writes lines that stay, above those that are redrawn.
    pub(super) fn write(&self, text: &str) -> io::Result<()> {
        if self.closed { self.term.write_str(text) } else { self.rows.println(text.trim_end()) }
    }

    /// Shows a stage in place of the count.
    pub(super) fn stage(&self, phase: &'static str, stage: &str) {
        self.total.set_style(style("{elapsed:>6}  {prefix}  {wide_msg}"));
        self.total.set_prefix(phase);
        self.total.set_message(visible(stage).replace('\n', " "));
        self.total.enable_steady_tick(Duration::from_secs(1));
    }

    pub(super) fn event(&mut self, event: &Event, summary: &Summary) {
        match &event.kind {
            EventKind::SetUpDone { .. } => self.count_from(summary),
            EventKind::TestStarted { test } => self.start(test),
            EventKind::TestStep { test, step } => self.step(test, step),
            EventKind::TestFinished(finished) => self.end(&finished.test, summary),
            EventKind::RedInCompany(red) => self.end(&red.test, summary),
            _ => {}
        }
    }

    fn count_from(&self, summary: &Summary) {
        self.total.set_style(style("{elapsed:>6}  {bar:32.green} {pos}/{len}  {msg}"));
        self.total.set_length(summary.counts().planned() as u64);
        self.total.set_message("");
        self.total.reset_elapsed();
        self.total.enable_steady_tick(Duration::from_secs(1));
    }

    fn start(&mut self, test: &str) {
        if self.running.len() >= ROWS {
            self.hidden.insert(test.to_owned(), String::new());
            return;
        }
        let row = self.rows.insert_before(&self.total, ProgressBar::no_length());
        row.set_style(style("{elapsed:>6}  {prefix}  {wide_msg:.dim}"));
        row.set_prefix(test.to_owned());
        row.enable_steady_tick(Duration::from_secs(1));
        self.running.insert(test.to_owned(), row);
    }

    fn step(&mut self, test: &str, step: &str) {
        // A row has one line.
        let step = visible(step).replace('\n', " ");
        if let Some(row) = self.running.get(test) {
            row.set_message(step);
        } else if let Some(hidden) = self.hidden.get_mut(test) {
            *hidden = step;
        }
    }

    fn end(&mut self, test: &str, summary: &Summary) {
        self.hidden.remove(test);
        if let Some(row) = self.running.remove(test) {
            self.rows.remove(&row);
            if let Some((test, step)) = self.hidden.pop_first() {
                self.start(&test);
                self.step(&test, &step);
            }
        }
        let counts = summary.counts();
        self.total.set_position((counts.judged() + counts.errors) as u64);
        let mut words = vec![format!("{} passed", counts.passed)];
        let ends = [
            (counts.failed, "failed"),
            (counts.unexpected_passes, "passed unexpectedly"),
            (counts.excused, "failed as expected"),
        ];
        let ends = ends.into_iter().filter(|(count, _)| *count > 0);
        words.extend(ends.map(|(count, what)| format!("{count} {what}")));
        if counts.errors > 0 {
            words.push(count(counts.errors, "error"));
        }
        if !self.hidden.is_empty() {
            words.push(format!("{} more running", self.hidden.len()));
        }
        self.total.set_message(words.join(", "));
    }

    /// Takes the lines away; what is written from now on is the terminal's last word.
    pub(super) fn close(&mut self) {
        for row in self.running.values() {
            self.rows.remove(row);
        }
        self.running.clear();
        self.total.finish_and_clear();
        self.closed = true;
    }
}

fn style(template: &'static str) -> ProgressStyle {
    ProgressStyle::with_template(template)
        .unwrap_or_else(|_| ProgressStyle::default_bar())
        .progress_chars("━╸ ")
}

#[cfg(test)]
mod tests {
    use indicatif::InMemoryTerm;
    use model::{event::TestFinished, timing::Answers, verdict::Outcome};

    use super::*;

    fn started(test: &str) -> EventKind {
        EventKind::TestStarted { test: test.into() }
    }

    fn finished(test: &str) -> EventKind {
        EventKind::TestFinished(Box::new(TestFinished {
            test: test.into(),
            round: 1,
            outcome: Outcome::Passed,
            findings: vec![],
            settling: vec![],
            answers: Answers::default(),
            spans: vec![],
            took: Duration::ZERO,
        }))
    }

    #[test]
    fn running_tests_have_a_row_each_with_what_they_wait_for() {
        let screen = InMemoryTerm::new(20, 60);
        let target = ProgressDrawTarget::term_like(Box::new(screen.clone()));
        let mut live = Live::on(target, Term::stdout());
        let summary = Summary::default();
        let mut tell = |kind| live.event(&Event::now(kind), &summary);
        tell(EventKind::SetUpDone { took: Duration::ZERO });
        for test in ["a", "b", "c", "d", "e", "f", "g", "h", "late"] {
            tell(started(test));
        }
        let step = "GET / at Gateway same-namespace: 404\nafter 3 tries, wanted 200";
        tell(EventKind::TestStep { test: "late".into(), step: step.into() });
        assert!(!screen.contents().contains("late"), "{}", screen.contents());
        tell(finished("c"));
        assert!(!screen.contents().contains("  c  "), "{}", screen.contents());
        let contents = screen.contents();
        let row = contents.lines().find(|line| line.contains("late")).unwrap_or_default();
        assert_eq!(row.trim_end(), "    0s  late  GET / at Gateway same-namespace: 404 after 3 t");
        live.close();
        assert_eq!(screen.contents(), "");
    }
}
