//! What the reader of vector tiles makes of whole, broken and changed tiles.

use proptest::prelude::*;

use super::*;

fn varint(mut number: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    while number >= 0x80 {
        bytes.push((number & 0x7F) as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(u8::try_from(number).unwrap());
    bytes
}

fn bytes_field(number: u64, bytes: &[u8]) -> Vec<u8> {
    [varint(number << 3 | 2), varint(bytes.len() as u64), bytes.to_vec()].concat()
}

fn number_field(number: u64, value: u64) -> Vec<u8> {
    [varint(number << 3), varint(value)].concat()
}

fn packed(numbers: &[u64]) -> Vec<u8> {
    numbers.iter().flat_map(|number| varint(*number)).collect()
}

/// The example of the specification (section 4.3.5.5): a polygon with a hole and a second one.
fn example() -> Vec<u8> {
    let geometry = packed(&[
        9, 0, 0, 26, 20, 0, 0, 20, 19, 0, 15, 9, 22, 2, 26, 18, 0, 0, 18, 17, 0, 15, 9, 4, 13, 26, 0, 8, 8, 0, 0, 7, 15,
    ]);
    let feature = [
        bytes_field(2, &packed(&[0, 0, 1, 1])),
        number_field(3, 3),
        bytes_field(4, &geometry),
    ]
    .concat();
    let layer = [
        bytes_field(1, b"mpy-or"),
        bytes_field(2, &feature),
        bytes_field(3, b"id"),
        bytes_field(3, b"is_pano"),
        bytes_field(4, &number_field(4, 12_345_678_901_234_567)),
        bytes_field(4, &number_field(7, 1)),
        number_field(5, 4_096),
        number_field(15, 2),
    ]
    .concat();
    bytes_field(3, &layer)
}

#[test]
fn the_example_of_the_specification_is_read() {
    let tile = VectorTile::decode(&example()).unwrap();
    let layer = tile.layer("mpy-or").unwrap();
    assert_eq!(layer.extent, 4_096);
    let feature = layer.features.first().unwrap();
    assert_eq!(feature.shape, TileShape::Polygons);
    assert_eq!(
        feature.parts,
        [
            vec![(0, 0), (10, 0), (10, 10), (0, 10)],
            vec![(11, 11), (20, 11), (20, 20), (11, 20)],
            vec![(13, 13), (13, 17), (17, 17), (17, 13)],
        ]
    );
    assert_eq!(
        layer.property(feature, "id").and_then(TileValue::to_text).as_deref(),
        Some("12345678901234567")
    );
    assert_eq!(layer.property(feature, "is_pano"), Some(&TileValue::Truth(true)));
    assert_eq!(layer.property(feature, "nothing"), None);
}

#[test]
fn no_bytes_are_an_empty_tile() {
    assert_eq!(VectorTile::decode(&[]).unwrap(), VectorTile::default());
}

#[test]
fn every_kind_of_value_is_read() {
    let real = [vec![3 << 3 | 1], 1.5_f64.to_le_bytes().to_vec()].concat();
    let single = [vec![2 << 3 | 5], 0.5_f32.to_le_bytes().to_vec()].concat();
    for (bytes, expected) in [
        (
            bytes_field(1, "Straße".as_bytes()),
            TileValue::Text("Straße".to_owned()),
        ),
        (single, TileValue::Real(0.5)),
        (real, TileValue::Real(1.5)),
        (number_field(4, u64::MAX), TileValue::Integer(-1)),
        (number_field(5, 7), TileValue::Integer(7)),
        (number_field(5, u64::MAX), TileValue::Unsigned(u64::MAX)),
        (number_field(6, 3), TileValue::Integer(-2)),
        (number_field(7, 0), TileValue::Truth(false)),
    ] {
        assert_eq!(TileValue::decode(&bytes).unwrap(), expected);
    }
    assert!(TileValue::decode(&[]).is_err());
}

#[test]
fn a_drawing_that_makes_no_sense_is_an_error() {
    for commands in [
        &[9_u32, 1][..],
        &[10, 1, 1],
        &[11],
        &[!7 | 1, 2, 2],
        &[17, u32::MAX - 1, 0, u32::MAX - 1, 0],
    ] {
        assert!(parts(TileShape::Lines, commands).is_err(), "{commands:?}");
    }
}

proptest! {
    #[test]
    fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let _ = VectorTile::decode(&bytes);
    }

    #[test]
    fn no_changed_cut_or_lengthened_tile_panics(
        place in any::<prop::sample::Index>(), byte in any::<u8>(), cut in any::<prop::sample::Index>(),
        tail in prop::collection::vec(any::<u8>(), 0..20),
    ) {
        let whole = example();
        let mut changed = whole.clone();
        changed[place.index(whole.len())] = byte;
        changed.extend(&tail);
        if let Ok(tile) = VectorTile::decode(&changed) {
            for layer in &tile.layers {
                prop_assert!(layer.extent > 0);
                for feature in &layer.features {
                    let _ = layer.property(feature, "id");
                    // Nothing is made out of nothing: each place costs two bytes at least.
                    let places: usize = feature.parts.iter().map(Vec::len).sum();
                    prop_assert!(places * 2 <= changed.len());
                }
            }
        }
        let _ = VectorTile::decode(&whole[..cut.index(whole.len())]);
    }

    #[test]
    fn places_written_as_steps_are_read_as_places(
        places in prop::collection::vec((-5_000..5_000_i32, -5_000..5_000_i32), 2..40),
    ) {
        let step = |from: i32, to: i32| { let by = to - from; ((by << 1) ^ (by >> 31)).cast_unsigned() };
        let mut commands = Vec::new();
        let mut at = (0, 0);
        for (index, place) in places.iter().enumerate() {
            match index {
                0 => commands.push(9),
                1 => commands.push(2 | (u32::try_from(places.len()).unwrap() - 1) << 3),
                _ => {}
            }
            commands.extend([step(at.0, place.0), step(at.1, place.1)]);
            at = *place;
        }
        prop_assert_eq!(parts(TileShape::Lines, &commands).unwrap(), vec![places]);
    }
}
