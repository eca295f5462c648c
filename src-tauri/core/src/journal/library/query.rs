//! The table: which lines, in which order, and the counts that filters show.
//!
//! Everything that is asked for is a column worked out when the line was written, so that a question costs one walk over
//! the lines (not the images) and the text of 200 of them.

use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};
use waypost_wire::{
    LibraryColumn, LibraryImportState, LibraryOrigin, LibraryPage, LibraryQuery, LibraryStateCount, LibraryValueCount,
};

use super::super::Journal;
use super::super::columns::{from_word, signed, word_of};
use super::lines::folded;
use super::read::{COLUMNS, from_row};
use crate::error::CoreError;

/// Most lines of one answer.
pub const MAX_ROWS: u32 = 1_000;

/// Lines that are shown: what an upload of Waypost stands for is not listed a second time.
const SHOWN: &str = "(upload_id IS NOT NULL OR NOT EXISTS \
    (SELECT 1 FROM library_keys WHERE library_keys.sequence_key = library.sequence_key))";

/// Conditions with their values.
struct Conditions {
    sql: String,
    values: Vec<Value>,
}

impl Conditions {
    fn of(query: &LibraryQuery, with_states: bool) -> rusqlite::Result<Self> {
        let mut conditions = Self {
            sql: SHOWN.to_owned(),
            values: Vec::new(),
        };
        for word in query.text.split_whitespace() {
            conditions.and("instr(search_text, ?) > 0", [folded(word).into()]);
        }
        if with_states && !query.states.is_empty() {
            let words = query.states.iter().map(word_of).collect::<rusqlite::Result<Vec<_>>>()?;
            let marks = vec!["?"; words.len()].join(", ");
            conditions.and(&format!("state IN ({marks})"), words.into_iter().map(Value::from));
        }
        match query.origin {
            Some(LibraryOrigin::Waypost) => conditions.and("upload_id IS NOT NULL", []),
            Some(LibraryOrigin::Account) => conditions.and("upload_id IS NULL", []),
            None => {}
        }
        if let Some(user_id) = &query.user_id {
            conditions.and("user_id = ?", [user_id.clone().into()]);
        }
        if let Some(organization_id) = &query.organization_id {
            conditions.and("organization_id = ?", [organization_id.clone().into()]);
        }
        if let Some(from_ms) = query.captured_from_ms {
            conditions.and("last_captured_at_ms >= ?", [from_ms.into()]);
        }
        if let Some(until_ms) = query.captured_until_ms {
            conditions.and("first_captured_at_ms < ?", [until_ms.into()]);
        }
        for tag in &query.tags {
            let has_tag = "EXISTS (SELECT 1 FROM library_tags WHERE tag = ? AND line_id = library.id)";
            conditions.and(has_tag, [tag.clone().into()]);
        }
        Ok(conditions)
    }

    fn and(&mut self, condition: &str, values: impl IntoIterator<Item = Value>) {
        self.sql.push_str(" AND ");
        self.sql.push_str(condition);
        self.values.extend(values);
    }
}

/// How lines are sorted. What is not known comes last, either way round, and lines of equal rank in the order they came.
fn order(query: &LibraryQuery) -> String {
    let column = match query.sort {
        LibraryColumn::Name => "name_key",
        LibraryColumn::Place => "nullif(place, '')",
        LibraryColumn::Captured => "first_captured_at_ms",
        LibraryColumn::Uploaded => "uploaded_at_ms",
        LibraryColumn::Images => "image_count",
        LibraryColumn::State => "state_rank",
        LibraryColumn::Since => "since_ms",
        LibraryColumn::Account => "nullif(username, '')",
    };
    let pending = if query.pending_first { "is_pending DESC, " } else { "" };
    let way = if query.descending { "DESC" } else { "ASC" };
    format!("{pending}{column} {way} NULLS LAST, id {way}")
}

fn page(connection: &Connection, query: &LibraryQuery) -> rusqlite::Result<LibraryPage> {
    let all = Conditions::of(query, true)?;
    let (line_count, image_count) = connection
        .prepare_cached(&format!(
            "SELECT count(*), coalesce(sum(image_count), 0) FROM library WHERE {}",
            all.sql
        ))?
        .query_row(params_from_iter(&all.values), |row| {
            Ok((natural(row.get(0)?), natural(row.get(1)?)))
        })?;
    let rows = {
        let mut values = all.values.clone();
        values.extend([query.limit.min(MAX_ROWS).into(), signed(query.offset).into()]);
        let sql = format!(
            "SELECT {COLUMNS} FROM library WHERE {} ORDER BY {} LIMIT ? OFFSET ?",
            all.sql,
            order(query)
        );
        connection
            .prepare_cached(&sql)?
            .query_map(params_from_iter(&values), from_row)?
            .collect::<rusqlite::Result<_>>()?
    };
    let any_state = Conditions::of(query, false)?;
    let states = connection
        .prepare_cached(&format!(
            "SELECT state, count(*) FROM library WHERE {} GROUP BY state ORDER BY min(state_rank)",
            any_state.sql
        ))?
        .query_map(params_from_iter(&any_state.values), |row| {
            Ok(LibraryStateCount {
                state: from_word(&row.get::<_, String>(0)?)?,
                line_count: natural(row.get(1)?),
            })
        })?
        .collect::<rusqlite::Result<_>>()?;
    let total: i64 = connection
        .prepare_cached(&format!("SELECT count(*) FROM library WHERE {SHOWN}"))?
        .query_row([], |row| row.get(0))?;
    Ok(LibraryPage {
        line_count,
        image_count,
        total_count: natural(total),
        rows,
        states,
        tags: values(
            connection,
            &format!(
                "SELECT tag, tag, count(*) FROM library_tags JOIN library ON id = line_id WHERE {SHOWN} GROUP BY tag \
                 ORDER BY tag"
            ),
        )?,
        accounts: values(
            connection,
            &format!(
                "SELECT user_id, max(username), count(*) FROM library WHERE user_id <> '' AND {SHOWN} GROUP BY user_id \
                 ORDER BY 2"
            ),
        )?,
        organizations: values(
            connection,
            &format!(
                "SELECT organization_id, organization_id, count(*) FROM library WHERE organization_id <> '' AND {SHOWN} \
                 GROUP BY organization_id ORDER BY 1"
            ),
        )?,
        import: LibraryImportState::Never,
        has_peer_history: false,
    })
}

fn values(connection: &Connection, sql: &str) -> rusqlite::Result<Vec<LibraryValueCount>> {
    connection
        .prepare_cached(sql)?
        .query_map([], |row| {
            Ok(LibraryValueCount {
                value: row.get(0)?,
                label: row.get(1)?,
                line_count: natural(row.get(2)?),
            })
        })?
        .collect()
}

fn natural(count: i64) -> u64 {
    u64::try_from(count).unwrap_or(0)
}

impl Journal {
    /// A part of the library. [`LibraryPage::import`] is not the journal's to say.
    ///
    /// # Errors
    /// [`CoreError::Journal`].
    pub fn library_page(&self, query: &LibraryQuery) -> Result<LibraryPage, CoreError> {
        self.with(|connection| page(connection, query))
    }
}
