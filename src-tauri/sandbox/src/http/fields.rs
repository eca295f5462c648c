//! The `fields` parameter of the graph: only `id` comes back unless more is asked for, and a field
//! that does not exist is an error.

use serde_json::{Map, Value};

use super::params::Params;
use super::reply::GraphError;

/// The asked field names, and the sub-fields that were asked for as `field.sub` or `field{sub}`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Fields(Vec<String>, Vec<(String, String)>);

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
        let text = query.get("fields").unwrap_or_default();
        let mut below = Vec::new();
        for part in &names {
            if let Some((field, sub)) = part.trim().split_once('.') {
                below.push((field.to_owned(), sub.to_owned()));
            }
        }
        for (at, _) in text.match_indices('{') {
            let (before, after) = text.split_at(at);
            let field = before.rsplit([',', '{', '}']).next().unwrap_or_default().trim();
            let inner = after.trim_start_matches('{').split('}').next().unwrap_or_default();
            below.extend(inner.split(',').map(|sub| (field.to_owned(), sub.trim().to_owned())));
        }
        Self(
            names
                .iter()
                .filter_map(|name| name.split('.').next())
                .map(|name| name.trim().to_owned())
                .filter(|name| !name.is_empty())
                .collect(),
            below,
        )
    }

    /// The sub-fields asked for of `field`; nothing when it was not asked for at all.
    pub(crate) fn below(&self, field: &str) -> Option<Self> {
        self.0.iter().any(|name| name == field).then(|| {
            let subs = self.1.iter().filter(|(of, _)| of == field);
            Self(subs.map(|(_, sub)| sub.clone()).collect(), Vec::new())
        })
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
        let fields = Fields::asked(&query);
        assert_eq!(fields.0, ["id", "creator", "detections", "make"]);
        assert_eq!(fields.below("detections").unwrap().0, ["value"]);
        assert_eq!(fields.below("creator").unwrap().0, ["id", "username"]);
        assert_eq!(fields.below("geometry"), None);
    }
}
