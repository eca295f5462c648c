//! Step 1: photos of one folder and one camera belong together.

use std::collections::HashMap;

use super::sort::sort;
use crate::marks::Border;
use crate::plan::Photo;

/// What photos of one group have in common.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct GroupKey<'a> {
    folder: &'a std::path::Path,
    camera_uuid: Option<&'a str>,
    make: Option<&'a str>,
    model: Option<&'a str>,
    width_px: Option<u32>,
    height_px: Option<u32>,
    is_back_lens: bool,
}

impl<'a> GroupKey<'a> {
    fn of(photo: &'a Photo) -> Self {
        Self {
            folder: photo.folder(),
            camera_uuid: photo.camera_uuid.as_deref(),
            make: photo.make.as_deref(),
            model: photo.model.as_deref(),
            width_px: photo.width_px,
            height_px: photo.height_px,
            is_back_lens: photo.marks.is_back_lens,
        }
    }
}

/// Groups by folder, camera serial number, make, model, width and height; groups and photos stay in the order in
/// which they came.
pub fn group(photos: Vec<Photo>) -> Vec<Vec<Photo>> {
    let mut group_count = 0;
    let mut known: HashMap<GroupKey<'_>, usize> = HashMap::new();
    let numbers: Vec<usize> = photos
        .iter()
        .map(|photo| {
            *known.entry(GroupKey::of(photo)).or_insert_with(|| {
                group_count += 1;
                group_count - 1
            })
        })
        .collect();
    let mut groups: Vec<Vec<Photo>> = Vec::new();
    groups.resize_with(group_count, Vec::new);
    for (number, photo) in numbers.into_iter().zip(photos) {
        if let Some(group) = groups.get_mut(number) {
            group.push(photo);
        }
    }
    groups
}

/// Whether two photos were taken by one camera, in pictures of one size. Only the folder may differ.
pub fn is_same_camera(one: &Photo, other: &Photo) -> bool {
    let (one, other) = (GroupKey::of(one), GroupKey::of(other));
    one == GroupKey {
        folder: one.folder,
        ..other
    }
}

/// Adds each group whose first photo the person joined to the photo before to the nearest earlier group of the same
/// camera; the folder is the only thing in which the two may differ. `groups` are sorted and stay sorted.
pub fn join_groups(groups: Vec<Vec<Photo>>) -> Vec<Vec<Photo>> {
    let mut joined: Vec<Vec<Photo>> = Vec::with_capacity(groups.len());
    for group in groups {
        let first = group.first().filter(|first| first.marks.border == Border::Joins);
        let target = first.and_then(|first| {
            let is_same = |earlier: &&mut Vec<Photo>| earlier.first().is_some_and(|other| is_same_camera(first, other));
            joined.iter_mut().rev().find(is_same)
        });
        match target {
            Some(earlier) => {
                earlier.extend(group);
                sort(earlier);
            }
            None => joined.push(group),
        }
    }
    joined
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sequence::test_photos::{lengths, photo};

    #[test]
    fn folder_camera_and_picture_size_part_groups() {
        let base = photo(1, 0.0, 0.0);
        let changes: [fn(&mut Photo); 6] = [
            |photo| photo.path = "/card/DCIM/101GOPRO/G0000001.JPG".into(),
            |photo| photo.camera_uuid = Some("C1".into()),
            |photo| photo.make = Some("Other".into()),
            |photo| photo.model = None,
            |photo| photo.width_px = Some(1),
            |photo| photo.height_px = None,
        ];
        for change in changes {
            let mut other = base.clone();
            change(&mut other);
            assert_eq!(lengths(&group(vec![base.clone(), other, base.clone()])), [2, 1]);
        }
    }

    #[test]
    fn nothing_else_parts_groups() {
        let base = photo(1, 0.0, 0.0);
        let mut other = photo(2, 900_000.0, 90_000.0);
        other.orientation = 6;
        other.size_bytes = 1;
        assert_eq!(lengths(&group(vec![base, other])), [2]);
    }
}
