//! Circles in a graph of names.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// Who names whom.
pub type Graph = BTreeMap<String, BTreeSet<String>>;

/// For each knot of names that lead to each other, its shortest circle, written as `a → b → a`.
pub fn circles(graph: &Graph) -> Vec<String> {
    let mut seen = BTreeSet::new();
    let mut found = Vec::new();
    for start in graph.keys() {
        if seen.contains(start.as_str()) {
            continue;
        }
        if let Some(way) = way_back(graph, start) {
            // All names of the same knot: one report is enough, the next run shows what is left.
            let onward = reached(graph, start);
            seen.extend(
                onward
                    .into_iter()
                    .filter(|name| reached(graph, name).contains(start.as_str())),
            );
            found.push(way.join(" → "));
        }
    }
    found
}

/// All names that can be reached from `start` in one step or more.
fn reached<'a>(graph: &'a Graph, start: &str) -> BTreeSet<&'a str> {
    let mut found = BTreeSet::new();
    let mut open: Vec<&str> = vec![start];
    while let Some(name) = open.pop() {
        for next in graph.get(name).into_iter().flatten() {
            if found.insert(next.as_str()) {
                open.push(next);
            }
        }
    }
    found
}

/// The shortest way from `start` back to itself.
fn way_back<'a>(graph: &'a Graph, start: &'a str) -> Option<Vec<&'a str>> {
    let mut came_from: BTreeMap<&str, &str> = BTreeMap::new();
    let mut open = VecDeque::from([start]);
    while let Some(name) = open.pop_front() {
        for next in graph.get(name).into_iter().flatten().map(String::as_str) {
            if next == start {
                let mut way = vec![start, name];
                while let Some(before) = came_from.get(way[way.len() - 1]) {
                    way.push(before);
                }
                if way[way.len() - 1] != start {
                    way.push(start);
                }
                way.reverse();
                return Some(way);
            }
            if !came_from.contains_key(next) {
                came_from.insert(next, name);
                open.push_back(next);
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn graph(edges: &[(&str, &[&str])]) -> Graph {
        edges
            .iter()
            .map(|(from, to)| ((*from).to_owned(), to.iter().map(|name| (*name).to_owned()).collect()))
            .collect()
    }

    #[test]
    fn every_knot_is_reported_once_by_its_shortest_circle() {
        let graph = graph(&[
            ("a", &["b"]),
            ("b", &["c"]),
            ("c", &["a", "b"]),
            ("d", &["a", "e"]),
            ("e", &["d"]),
            ("f", &["a"]),
            ("g", &["g"]),
        ]);
        assert_eq!(circles(&graph), ["a → b → c → a", "d → e → d", "g → g"]);
    }

    #[test]
    fn a_graph_without_circles_is_quiet() {
        assert!(circles(&graph(&[("a", &["b", "c"]), ("b", &["c"]), ("c", &[])])).is_empty());
    }
}
