//! CSV as RFC 4180 has it, with the line ends of Unix: what Python's reader and every spreadsheet take.

/// One line, its end included.
pub(super) fn line<T: AsRef<str>>(cells: impl IntoIterator<Item = T>) -> String {
    let mut line = String::new();
    for (index, cell) in cells.into_iter().enumerate() {
        if index > 0 {
            line.push(',');
        }
        let cell = cell.as_ref();
        if cell.contains(['"', ',', '\n', '\r']) {
            line.push('"');
            line.push_str(&cell.replace('"', "\"\""));
            line.push('"');
        } else {
            line.push_str(cell);
        }
    }
    line.push('\n');
    line
}

/// The cells of one line; `None` where a quote is left open, as at the end of a file that was cut off.
pub(super) fn cells(line: &str) -> Option<Vec<String>> {
    let line = line.trim_end_matches(['\n', '\r']);
    let mut cells = Vec::new();
    let mut cell = String::new();
    let mut is_quoted = false;
    let mut letters = line.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '"' if is_quoted => {
                if letters.peek() == Some(&'"') {
                    letters.next();
                    cell.push('"');
                } else {
                    is_quoted = false;
                }
            }
            '"' if cell.is_empty() => is_quoted = true,
            ',' if !is_quoted => cells.push(std::mem::take(&mut cell)),
            other => cell.push(other),
        }
    }
    cells.push(cell);
    (!is_quoted).then_some(cells)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_cell_with_a_comma_or_a_quote_is_quoted() {
        assert_eq!(line(["a", "b,c", "say \"d\"", ""]), "a,\"b,c\",\"say \"\"d\"\"\",\n");
        assert_eq!(cells("a,\"b"), None);
    }

    proptest! {
        #[test]
        fn what_was_written_is_read_back(row in proptest::collection::vec("[^\n\r]{0,12}", 1..6)) {
            prop_assert_eq!(cells(&line(&row)), Some(row));
        }

        #[test]
        fn no_line_makes_it_panic(text in ".{0,60}") {
            let _cells = cells(&text);
        }
    }
}
