//! The `fields` parameter of the graph: only `id` comes back unless more is asked for, and a field
//! that does not exist is an error.

use serde_json::{Map, Value};

use super::params::Params;
use super::reply::GraphError;

/// The asked field names, without sub-fields.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Fields(Vec<String>);

impl Fields {
    /// Reads the parameter `fields`: `a,b{c,d},e.f` asks for `a`, `b` and `e`.
    pub(crate) fn asked(query: &Params) -> Self {
        let mut names = Vec::new();
        let mut name = String::new();
        let mut depth = 0_u32;
        for c in query.get("fields").unwrap_or_default().chars() {
            match c {
                '{' | '(' => depth = depth.saturating_add(1),
                '}' | ')' => depth = depth.saturating_sub(1),
                ',' if depth == 0 => names.push(std::mem::take(&mut name)),
                _ if depth == 0 => name.push(c),
                _ => {}
            }
        }
        names.push(name);
        Self(
            names
                .iter()
                .filter_map(|name| name.split('.').next())
                .map(|name| name.trim().to_owned())
                .filter(|name| !name.is_empty())
                .collect(),
        )
    }

    /// An object with `id` and those asked fields that have a value. `known` are the names that
    /// exist; `value` gives the value of one, `None` when this object has none.
    pub(crate) fn pick(
        &self,
        id: &str,
        known: &[&str],
        value: impl Fn(&str) -> Option<Value>,
    ) -> Result<Value, GraphError> {
        let mut object = Map::new();
        for name in &self.0 {
            if !known.contains(&name.as_str()) {
                return Err(GraphError::parameter(format!(
                    "Tried accessing nonexisting field ({name})"
                )));
            }
            if let Some(value) = value(name) {
                object.insert(name.clone(), value);
            }
        }
        object.insert("id".to_owned(), id.into());
        Ok(Value::Object(object))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sub_fields_belong_to_their_field() {
        let query = Params::from_form("fields=id,creator{id,username},detections.value,%20make");
        assert_eq!(Fields::asked(&query).0, ["id", "creator", "detections", "make"]);
    }
}
