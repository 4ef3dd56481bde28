//! Text that is laid out once, and read plain in a file or coloured on a terminal.

use std::borrow::Cow;

use console::{Style, measure_text_width};
use textwrap::{WordSeparator, WordSplitter, WrapAlgorithm};

/// How a piece of text is to look where there are colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tone {
    Plain,
    Strong,
    Faint,
    Good,
    Bad,
    Odd,
}

impl Tone {
    fn style(self) -> Style {
        match self {
            Self::Plain => Style::new(),
            Self::Strong => Style::new().bold(),
            Self::Faint => Style::new().dim(),
            Self::Good => Style::new().green(),
            Self::Bad => Style::new().red().bold(),
            Self::Odd => Style::new().yellow(),
        }
    }

    /// The text in this tone, or as it is.
    pub(crate) fn paint(self, text: &str, colors: bool) -> String {
        if colors && self != Self::Plain {
            self.style().force_styling(true).apply_to(text).to_string()
        } else {
            text.to_owned()
        }
    }
}

/// The column at which the values of all fields begin.
const VALUES: usize = 16;

/// Lines of a width, made of pieces.
#[derive(Debug)]
pub(crate) struct Page {
    width: usize,
    lines: Vec<Vec<(Tone, String)>>,
}

impl Page {
    /// Below 40 columns there is nothing to lay out.
    pub(crate) fn new(width: usize) -> Self {
        Self { width: width.max(40), lines: Vec::new() }
    }

    /// A line of pieces, however long.
    pub(crate) fn line<S: Into<String>>(&mut self, pieces: impl IntoIterator<Item = (Tone, S)>) {
        self.lines.push(pieces.into_iter().map(|(tone, text)| (tone, text.into())).collect());
    }

    /// An empty line, unless the page begins or there is one.
    pub(crate) fn blank(&mut self) {
        if self.lines.last().is_some_and(|line| !line.is_empty()) {
            self.lines.push(Vec::new());
        }
    }

    /// Everything from another page.
    pub(crate) fn append(&mut self, other: Self) {
        self.lines.extend(other.lines);
    }

    /// Text that wraps, with this before its first line.
    pub(crate) fn paragraph(&mut self, first: &[(Tone, &str)], tone: Tone, text: &str) {
        let indent = first.iter().map(|(_, piece)| measure_text_width(piece)).sum();
        self.wrapped(first, indent, tone, text, usize::MAX);
    }

    /// A label and a value that wraps beside it, of at most 12 lines.
    pub(crate) fn field(&mut self, indent: usize, label: &str, text: &str) {
        let label = format!("{:indent$}{label:<width$}", "", width = VALUES - indent);
        self.wrapped(&[(Tone::Faint, &label)], VALUES, Tone::Plain, text, 12);
    }

    /// Text whose lines are kept, such as what was sent and received.
    pub(crate) fn transcript(&mut self, indent: usize, text: &str, most: usize) {
        let text = visible(text);
        let lines: Vec<Cow<'_, str>> = text
            .lines()
            .flat_map(|line| wrap(line, self.width.saturating_sub(indent + 2)))
            .collect();
        for line in lines.iter().take(most) {
            self.line([(Tone::Faint, format!("{:indent$}| {line}", "").trim_end().to_owned())]);
        }
        self.left_out(indent, lines.len().saturating_sub(most));
    }

    /// Says how many there were besides, if any.
    pub(crate) fn left_out(&mut self, indent: usize, count: usize) {
        if count > 0 {
            self.line([(Tone::Faint, format!("{:indent$}… and {count} more", ""))]);
        }
    }

    fn wrapped(
        &mut self,
        first: &[(Tone, &str)],
        indent: usize,
        tone: Tone,
        text: &str,
        most: usize,
    ) {
        let text = visible(text);
        let lines: Vec<_> =
            text.lines().flat_map(|line| wrap(line, self.width.saturating_sub(indent))).collect();
        let shown = lines.iter().map(AsRef::as_ref).take(most).enumerate();
        for (index, line) in shown.chain(lines.is_empty().then_some((0, "(nothing)"))) {
            if index == 0 {
                self.line(first.iter().copied().chain([(tone, line)]));
            } else {
                self.line([(tone, format!("{:indent$}{line}", ""))]);
            }
        }
        self.left_out(indent, lines.len().saturating_sub(most));
    }

    /// The whole page; each line ends with a line break.
    pub(crate) fn text(&self, colors: bool) -> String {
        let mut text = String::new();
        for line in &self.lines {
            for (tone, piece) in line {
                text += &tone.paint(piece, colors);
            }
            text.push('\n');
        }
        text
    }
}

fn wrap(line: &str, width: usize) -> Vec<Cow<'_, str>> {
    let options = textwrap::Options::new(width.max(20))
        .word_separator(WordSeparator::AsciiSpace)
        // Names such as `same-namespace` are searched for, so they stay whole.
        .word_splitter(WordSplitter::NoHyphenation)
        .wrap_algorithm(WrapAlgorithm::FirstFit);
    textwrap::wrap(line.trim_end(), options)
}

/// The text without what could move the cursor or hide other text: much of it comes from the subject.
pub(crate) fn visible(text: &str) -> String {
    let mut visible = String::with_capacity(text.len());
    for c in text.replace("\r\n", "\n").chars() {
        match c {
            '\n' => visible.push('\n'),
            '\t' => visible.push_str("    "),
            c if c.is_control() || is_bidirectional_control(c) => {
                visible.extend(c.escape_default());
            }
            c => visible.push(c),
        }
    }
    visible
}

const fn is_bidirectional_control(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}
