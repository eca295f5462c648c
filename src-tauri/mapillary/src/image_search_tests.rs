//! The address of a search, and the searches that are refused before they are sent.

use super::*;
use url::Url;

fn graph() -> Url {
    Url::parse("http://127.0.0.1:1/graph").unwrap()
}

fn parameters(search: &ImageSearch) -> Vec<(String, String)> {
    let cell = search.bounding_box;
    let url = search.question().unwrap().url(&graph(), cell.as_ref(), 500).unwrap();
    assert_eq!(url.path(), "/graph/images");
    url.query_pairs()
        .map(|(key, value)| (key.into_owned(), value.into_owned()))
        .collect()
}

fn value_of(search: &ImageSearch, key: &str) -> Option<String> {
    parameters(search)
        .into_iter()
        .find(|(name, _)| name == key)
        .map(|(_, value)| value)
}

#[test]
fn the_time_window_is_widened_to_whole_seconds_on_both_sides() {
    let search = ImageSearch {
        creator_username: Some("walker".to_owned()),
        // 2022-08-16T16:42:46.250Z
        captured_from_ms: Some(1_660_668_166_250),
        captured_until_ms: Some(1_660_668_166_250),
        ..ImageSearch::default()
    };
    assert_eq!(
        value_of(&search, "start_captured_at").as_deref(),
        Some("2022-08-16T16:42:45Z")
    );
    assert_eq!(
        value_of(&search, "end_captured_at").as_deref(),
        Some("2022-08-16T16:42:48Z")
    );
}

#[test]
fn every_filter_has_its_documented_name() {
    let search = ImageSearch {
        creator_username: Some("a b".to_owned()),
        bounding_box: Some(BoundingBox::new(-1.0, 50.0, -0.999, 50.001).unwrap()),
        organization_id: Some("7".to_owned()),
        sequence_ids: vec!["s1".to_owned(), "s2".to_owned()],
        make: Some("GoPro".to_owned()),
        model: Some("GoPro Max".to_owned()),
        is_pano: Some(true),
        fields: vec!["sequence".to_owned(), "id".to_owned()],
        ..ImageSearch::default()
    };
    let text: Vec<String> = parameters(&search)
        .into_iter()
        .map(|(key, value)| format!("{key}={value}"))
        .collect();
    assert_eq!(
        text,
        [
            "bbox=-1.0000000,50.0000000,-0.9990000,50.0010000",
            "creator_username=a b",
            "organization_id=7",
            "sequence_ids=s1,s2",
            "make=GoPro",
            "model=GoPro Max",
            "is_pano=true",
            "limit=500",
            "fields=id,sequence",
        ]
    );
}

#[test]
fn a_search_that_can_never_work_is_refused_before_it_is_sent() {
    let by_creator = ImageSearch {
        creator_username: Some("walker".to_owned()),
        ..ImageSearch::default()
    };
    by_creator.check().unwrap();
    for refused in [
        ImageSearch::default(),
        ImageSearch {
            make: Some("GoPro".to_owned()),
            ..by_creator.clone()
        },
        ImageSearch {
            captured_from_ms: Some(2),
            captured_until_ms: Some(1),
            ..by_creator.clone()
        },
        ImageSearch {
            page_size: 2_001,
            ..by_creator.clone()
        },
    ] {
        assert_eq!(refused.check().unwrap_err().code(), "invalid_input");
    }
}

#[test]
fn a_window_outside_the_calendar_is_an_error_and_no_panic() {
    for time_ms in [i64::MIN, i64::MAX] {
        let search = ImageSearch {
            captured_from_ms: Some(time_ms),
            captured_until_ms: Some(time_ms),
            ..ImageSearch::default()
        };
        let error = search.question().unwrap_err();
        assert_eq!(error.code(), "invalid_input");
    }
}
