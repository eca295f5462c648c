//! The table of what faults did: each test counts, writes its row down, and `cargo xtask test` prints them together.

use std::fmt;
use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::Path;

/// Where rows stand among the scratch folders: a line each, its cells apart by tabs.
const FILE: &str = "faults.tsv";

/// What came of one kind of fault.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Row {
    /// Which kind.
    pub kind: String,
    /// Scenarios that were played to their end.
    pub scenarios: u64,
    /// How often the client was killed in them.
    pub kills: u64,
    /// Packages that did not arrive, or not as they were.
    pub lost: u64,
    /// Clusters that there are too many.
    pub doubled: u64,
    /// Packages for which the person was asked because it could not be told.
    pub asked: u64,
}

impl Row {
    /// A kind of which nothing was played yet.
    pub fn new(kind: &str) -> Self {
        Self {
            kind: kind.to_owned(),
            ..Self::default()
        }
    }

    /// Adds what another one counted.
    pub fn add(&mut self, other: &Self) {
        self.scenarios += other.scenarios;
        self.kills += other.kills;
        self.lost += other.lost;
        self.doubled += other.doubled;
        self.asked += other.asked;
    }

    /// Prints the row, writes it down, and fails the test when something was lost or doubled, or nothing was played.
    #[track_caller]
    pub fn close(self) {
        println!("{self}");
        if let Some(place) = crate::scratch::kept() {
            self.write(&place);
        }
        assert_eq!(self.verdict(), Ok(()));
    }

    /// Says whether something was played, and nothing lost or doubled in it.
    fn verdict(&self) -> Result<(), String> {
        match (self.scenarios, self.lost, self.doubled) {
            (0, ..) => Err(format!("nothing was played: {self}")),
            (_, 0, 0) => Ok(()),
            _ => Err(self.to_string()),
        }
    }

    fn counts(&self) -> [u64; 5] {
        [self.scenarios, self.kills, self.lost, self.doubled, self.asked]
    }

    fn parse(line: &str) -> Option<Self> {
        let mut cells = line.split('\t');
        let kind = cells.next()?.to_owned();
        let mut count = || cells.next()?.parse().ok();
        let row = Self {
            kind,
            scenarios: count()?,
            kills: count()?,
            lost: count()?,
            doubled: count()?,
            asked: count()?,
        };
        cells.next().is_none().then_some(row)
    }

    fn write(&self, place: &Path) {
        assert!(!self.kind.contains(['\t', '\n']), "{:?} is more than a cell", self.kind);
        let counts = self.counts().map(|count| count.to_string()).join("\t");
        let line = format!("{}\t{counts}\n", self.kind);
        std::fs::create_dir_all(place).expect("the scratch folder");
        let path = place.join(FILE);
        let mut file = OpenOptions::new()
            .create(true)
            .append(true)
            .open(path)
            .expect("the table");
        // One write of one line: rows of programs that run at once do not mix.
        file.write_all(line.as_bytes()).expect("a row");
    }
}

impl fmt::Display for Row {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            kind,
            scenarios,
            kills,
            lost,
            doubled,
            asked,
        } = self;
        write!(
            formatter,
            "{kind}: {scenarios} scenarios, {kills} kills, lost {lost}, doubled {doubled}, asked {asked}"
        )
    }
}

/// The rows that tests wrote down in `place`, one for each kind in the order in which they came, and their sum.
///
/// # Errors
/// When there are none, when one cannot be read, and when something was lost or doubled.
pub fn summary(place: &Path) -> Result<String, String> {
    let path = place.join(FILE);
    let written = std::fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    let mut rows: Vec<Row> = Vec::new();
    for line in written.lines() {
        let row = Row::parse(line).ok_or_else(|| format!("{}: {line:?} is no row", path.display()))?;
        match rows.iter_mut().find(|known| known.kind == row.kind) {
            Some(known) => known.add(&row),
            None => rows.push(row),
        }
    }
    let mut sum = Row::new("all");
    for row in &rows {
        sum.add(row);
    }
    let verdict = sum.verdict();
    rows.push(sum);
    let width = rows.iter().map(|row| row.kind.len()).max().unwrap_or(0);
    let heads = ["scenarios", "kills", "lost", "doubled", "asked"];
    let line = |kind: &str, cells: [String; 5]| {
        let cells = cells.map(|cell| format!("{cell:>11}")).concat();
        format!("{kind:width$}{cells}\n")
    };
    let mut table = line("fault", heads.map(str::to_owned));
    for row in &rows {
        table += &line(&row.kind, row.counts().map(|count| count.to_string()));
    }
    verdict
        .map(|()| table.clone())
        .map_err(|error| format!("{table}{error}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scratch::Scratch;

    #[test]
    fn rows_of_a_kind_are_added_up_and_all_of_them_too() {
        let scratch = Scratch::new("table");
        assert!(summary(scratch.path()).is_err(), "no test has written anything");
        let cuts = Row {
            scenarios: 2,
            kills: 1,
            ..Row::new("cuts")
        };
        let finish = Row {
            scenarios: 1,
            asked: 1,
            ..Row::new("finish, closed feed")
        };
        for row in [&cuts, &finish, &cuts] {
            row.write(scratch.path());
        }
        let table = summary(scratch.path()).unwrap();
        let lines: Vec<Vec<&str>> = table.lines().map(|line| line.split_whitespace().collect()).collect();
        assert_eq!(lines[1], ["cuts", "4", "2", "0", "0", "0"]);
        assert_eq!(lines[2], ["finish,", "closed", "feed", "1", "0", "0", "0", "1"]);
        assert_eq!(lines[3], ["all", "5", "2", "0", "0", "1"]);
        Row { lost: 1, ..cuts }.write(scratch.path());
        let said = summary(scratch.path()).unwrap_err();
        assert!(said.contains("lost 1"), "{said}");
        std::fs::write(scratch.path().join(FILE), "cuts\t1\t2\n").unwrap();
        assert!(summary(scratch.path()).unwrap_err().contains("is no row"));
    }

    #[test]
    fn a_loss_a_double_and_an_empty_row_are_failures() {
        let good = Row {
            scenarios: 1,
            kills: 3,
            asked: 1,
            ..Row::new("x")
        };
        assert_eq!(good.verdict(), Ok(()));
        for bad in [
            Row {
                lost: 1,
                ..good.clone()
            },
            Row {
                doubled: 1,
                ..good.clone()
            },
            Row { scenarios: 0, ..good },
        ] {
            let said = bad.verdict().unwrap_err();
            assert!(said.contains(&bad.to_string()), "{said}");
        }
    }
}
