//! Connections are kept and used again: a camera's card has hundreds of photos, and each would wait for a greeting first.

mod upload_support;

use upload_support::{World, new_upload, wait_for};
use waypost_core::settings::PackageKind;
use waypost_core::upload::{EngineConfig, NewUpload};
use waypost_testkit::line::Line;
use waypost_wire::UploadState;

#[tokio::test(flavor = "multi_thread")]
async fn images_one_by_one_travel_on_few_connections_that_are_kept_however_many_images_there_are() {
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
        // Without the finish nothing is asked beside the sending.
        let new = NewUpload {
            finish: false,
            ..new_upload(&photos, PackageKind::Images)
        };
        let id = world.begin(&engine, new).await;
        wait_for(&engine, id, UploadState::Paused).await;
        let line = world.line.as_ref().unwrap();
        let exchanges = line.exchanges();
        let bodies = exchanges
            .iter()
            .filter(|one| one.what.starts_with("POST /upload/"))
            .count();
        assert_eq!(bodies, photos.len() + 1, "each image and the manifest, once");
        // A worker's next request may come just before its last connection is idle again; then there are two of each.
        let most = 2 * image_workers as u64 + 2;
        assert!(
            line.connections() <= most,
            "{} connections of {image_workers} workers for {} exchanges",
            line.connections(),
            exchanges.len()
        );
        engine.resume(id).await.unwrap();
        wait_for(&engine, id, UploadState::Published).await;
        world.assert_arrived_once(&photos);
    }
}
