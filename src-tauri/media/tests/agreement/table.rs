//! The tally: what is equal, what differs on purpose, and what is wrong.

use std::collections::{BTreeMap, BTreeSet};

/// A kind of difference that is meant: what differs, in the words of docs/differences.md, section "Agreement on real
/// files". The test has looked at the witness when it names one.
pub type Difference = &'static str;

/// Files of one sort.
#[derive(Default)]
struct Group {
    files: BTreeSet<String>,
    equal: BTreeMap<&'static str, usize>,
    meant: BTreeMap<&'static str, usize>,
    wrong: usize,
}

/// The tally of one run.
#[derive(Default)]
pub struct Table {
    groups: BTreeMap<&'static str, Group>,
    differences: BTreeMap<Difference, Vec<String>>,
    pub wrong: Vec<String>,
}

impl Table {
    /// Counts one comparison. A difference counts as meant only if `witness` names its kind.
    pub fn add(
        &mut self,
        (group, file): (&'static str, &str),
        field: &'static str,
        equal: bool,
        witness: impl FnOnce() -> Option<Difference>,
        detail: impl FnOnce() -> String,
    ) {
        let group = self.groups.entry(group).or_default();
        group.files.insert(file.to_owned());
        if equal {
            *group.equal.entry(field).or_default() += 1;
        } else if let Some(kind) = witness() {
            *group.meant.entry(field).or_default() += 1;
            self.differences
                .entry(kind)
                .or_default()
                .push(format!("{file} ({field})"));
        } else {
            group.wrong += 1;
            self.wrong.push(format!("{file} {field}: {}", detail()));
        }
    }

    pub fn print(&self) {
        let sum = |counts: &BTreeMap<&str, usize>| counts.values().sum::<usize>();
        for (name, group) in &self.groups {
            println!("\n{name:<28} {:>7} {:>10}", "equal", "on purpose");
            let fields: BTreeSet<_> = group.equal.keys().chain(group.meant.keys()).collect();
            for field in fields {
                let count = |counts: &BTreeMap<&str, usize>| counts.get(*field).copied().unwrap_or_default();
                println!("  {field:<26} {:>7} {:>10}", count(&group.equal), count(&group.meant));
            }
        }
        println!("\ndifferent on purpose, each with its witness:");
        for (kind, places) in &self.differences {
            println!("{:>5} x {kind}\n          {}", places.len(), shortened(places));
        }
        println!(
            "\n{:<20} {:>6} {:>9} {:>7} {:>10} {:>6}",
            "", "files", "compared", "equal", "on purpose", "wrong"
        );
        let mut total = [0; 5];
        for (name, group) in &self.groups {
            let (equal, meant) = (sum(&group.equal), sum(&group.meant));
            let row = [
                group.files.len(),
                equal + meant + group.wrong,
                equal,
                meant,
                group.wrong,
            ];
            print_row(name, row);
            for (total, value) in total.iter_mut().zip(row) {
                *total += value;
            }
        }
        print_row("all", total);
        for line in &self.wrong {
            println!("WRONG {line}");
        }
    }

    /// The kinds of differences that were seen.
    pub fn kinds(&self) -> impl Iterator<Item = Difference> {
        self.differences.keys().copied()
    }

    /// How many files of a group were compared.
    pub fn files(&self, group: &str) -> usize {
        self.groups.get(group).map_or(0, |group| group.files.len())
    }
}

fn print_row(name: &str, [files, compared, equal, meant, wrong]: [usize; 5]) {
    println!("{name:<20} {files:>6} {compared:>9} {equal:>7} {meant:>10} {wrong:>6}");
}

fn shortened(places: &[String]) -> String {
    let shown = places.iter().take(3).cloned().collect::<Vec<_>>().join(", ");
    if places.len() > 3 {
        format!("{shown}, …")
    } else {
        shown
    }
}
