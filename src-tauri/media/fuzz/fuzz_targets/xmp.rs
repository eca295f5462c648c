//! Any bytes as the XMP packet of a photo, so that no luck is needed to find the segment's name.
#![no_main]

use std::io::Cursor;

use libfuzzer_sys::fuzz_target;
use waypost_media::read_photo;

/// What stands in front of the packet in its segment.
const NAME: &[u8] = b"http://ns.adobe.com/xap/1.0/\0";

fuzz_target!(|packet: &[u8]| {
    let Ok(length) = u16::try_from(packet.len() + NAME.len() + 2) else {
        return;
    };
    let photo = [&[0xff, 0xd8, 0xff, 0xe1], &length.to_be_bytes()[..], NAME, packet].concat();
    let facts = read_photo(&mut Cursor::new(photo)).expect("a packet is enough of a header");
    if let Some(place) = facts.position {
        assert!(place.lat_deg.abs() <= 90.0 && place.lon_deg.abs() <= 180.0);
    }
});
