//! Test data: any JSON at all, with the service's field names sprinkled in so that the readers are
//! reached in their depths.

use proptest::prelude::*;
use serde_json::{Map, Number, Value};

/// Names the readers look for.
const KEYS: &[&str] = &[
    "access_token",
    "backoff",
    "captured_at",
    "cluster_id",
    "code",
    "coordinates",
    "creator",
    "data",
    "debug_info",
    "end_cursor",
    "error",
    "errors",
    "expires_in",
    "feed",
    "fetch__User",
    "geometry",
    "h",
    "has_next_page",
    "id",
    "image_id",
    "item_count",
    "message",
    "next",
    "nodes",
    "offset",
    "page_info",
    "paging",
    "processing_status",
    "retriable",
    "status",
    "token_type",
    "type",
    "user_id",
    "username",
];

/// Any JSON value, nested up to six deep.
pub(crate) fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(|number| Number::from_f64(number).map_or(Value::Null, Value::Number)),
        ".{0,12}".prop_map(Value::String),
        prop_oneof![Just("FINISHED"), Just("UNSET"), Just("190"), Just("1e400"), Just("-7")].prop_map(Value::from),
    ];
    leaf.prop_recursive(6, 64, 6, |inner| {
        let key = prop_oneof![
            4 => proptest::sample::select(KEYS).prop_map(str::to_owned),
            1 => ".{0,6}".prop_map(String::from),
        ];
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::Array),
            prop::collection::vec((key, inner), 0..6)
                .prop_map(|pairs| Value::Object(pairs.into_iter().collect::<Map<_, _>>())),
        ]
    })
}

/// Any body: mostly JSON, sometimes bytes without a meaning.
pub(crate) fn any_body() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        4 => any_json().prop_map(|value| value.to_string().into_bytes()),
        1 => prop::collection::vec(any::<u8>(), 0..200),
    ]
}
