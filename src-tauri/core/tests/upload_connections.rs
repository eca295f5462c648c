//! Connections are kept and used again: a camera's card has hundreds of photos, and each would wait for a greeting first.

mod upload_support;

use upload_support::{World, new_upload, wait_for};
use waypost_core::settings::PackageKind;
use waypost_core::upload::EngineConfig;
use waypost_testkit::line::Line;
use waypost_wire::UploadState;

#[tokio::test(flavor = "multi_thread")]
async fn images_one_by_one_travel_on_as_many_connections_as_there_are_workers() {
    for image_workers in [1, 4] {
        let mut world = World::start_with(|config| config.stage_ms = 0).await;
        let photos = world.photos("walk", 40, 30_000);
        let line = Line::good(&world.address());
        world.go_through(line);
        let config = EngineConfig {
            image_workers,
            ..world.config()
        };
        let engine = world.engine_with(config).await.unwrap();
        let id = world.begin(&engine, new_upload(&photos, PackageKind::Images)).await;
        wait_for(&engine, id, UploadState::Published).await;
        engine.shutdown().await.unwrap();
        let line = world.line.as_ref().unwrap();
        let bodies = line
            .exchanges()
            .iter()
            .filter(|one| one.what.starts_with("POST /upload/"))
            .count();
        assert_eq!(bodies, photos.len() + 1, "each image and the manifest, once");
        assert!(
            line.connections() <= image_workers as u64,
            "{} connections of {image_workers} workers",
            line.connections()
        );
        world.assert_arrived_once(&photos);
    }
}
