//! Vector tiles: empty until the last stage, then the images and their sequence, read back by a
//! decoder of the wire format that shares nothing with the writer.

use crate::support::{Practice, STAGE_MS, photos};

/// The fields of a protocol buffer message: number, and a varint or the bytes.
fn fields(mut bytes: &[u8]) -> Vec<(u64, u64, Vec<u8>)> {
    fn varint(bytes: &mut &[u8]) -> u64 {
        let mut value = 0;
        for shift in (0..).step_by(7) {
            let byte = bytes[0];
            *bytes = &bytes[1..];
            value |= u64::from(byte & 0x7F) << shift;
            if byte < 0x80 {
                break;
            }
        }
        value
    }
    let mut found = Vec::new();
    while !bytes.is_empty() {
        let tag = varint(&mut bytes);
        match tag & 7 {
            0 => found.push((tag >> 3, varint(&mut bytes), Vec::new())),
            kind => {
                let length = if kind == 1 { 8 } else { varint(&mut bytes) };
                let (part, rest) = bytes.split_at(usize::try_from(length).unwrap());
                found.push((tag >> 3, 0, part.to_vec()));
                bytes = rest;
            }
        }
    }
    found
}

/// Name, number of features and the texts among the values of each layer.
fn layers(tile: &[u8]) -> Vec<(String, usize, Vec<String>)> {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    fields(tile)
        .into_iter()
        .map(|(number, _, layer)| {
            assert_eq!(number, 3);
            let layer = fields(&layer);
            let name = layer.iter().find(|field| field.0 == 1).unwrap();
            assert!(layer.contains(&(15, 2, Vec::new())), "not version 2");
            assert!(layer.contains(&(5, 4_096, Vec::new())), "another extent");
            let texts = layer
                .iter()
                .filter(|field| field.0 == 4)
                .flat_map(|field| fields(&field.2))
                .filter(|value| value.0 == 1)
                .map(|value| text(&value.2))
                .collect();
            let count = layer.iter().filter(|field| field.0 == 2).count();
            (text(&name.2), count, texts)
        })
        .collect()
}

#[tokio::test]
async fn an_upload_is_on_the_map_at_its_last_stage() {
    let practice = Practice::start().await;
    practice.publish(&photos(3)).await;
    let sequence = practice.snapshot().clusters[0].images[0].sequence.clone();
    // 13.4 east, 52.5 north at zoom 14, by the formula of the web map projection.
    let tile = async |path: &str| {
        let url = format!("{}/maps/vtp/{path}", practice.sandbox.info().tiles);
        let response = practice.request(reqwest::Method::GET, &url).send().await.unwrap();
        (response.status().as_u16(), response.bytes().await.unwrap().to_vec())
    };
    let z14 = "mly1_public/2/14/8801/5374";
    practice.clock.advance_ms(STAGE_MS * 2);
    assert_eq!(tile(z14).await, (200, Vec::new()));
    practice.clock.advance_ms(STAGE_MS);

    let (_, bytes) = tile(z14).await;
    let found = layers(&bytes);
    assert_eq!(found.len(), 2, "{found:?}");
    assert_eq!((found[0].0.as_str(), found[0].1), ("sequence", 1));
    assert!(found[0].2.contains(&sequence));
    assert_eq!((found[1].0.as_str(), found[1].1), ("image", 3));
    assert_eq!(layers(&tile("mly1_public/2/0/0/0").await.1)[0].0, "overview");
    assert_eq!(tile("mly1_public/2/14/8801/5375").await, (200, Vec::new()));
    // Things are on the deepest level only.
    assert_eq!(tile("mly_map_feature_point/2/13/4400/2687").await, (200, Vec::new()));
    assert_eq!(tile("mly1_public/2/15/0/0").await.0, 400);
    assert_eq!(tile("mly1_public/2/3/8/0").await.0, 400);
    assert_eq!(tile("unknown/2/0/0/0").await.0, 400);
}
