//! Asking for news at the same time as news arrive.

mod upload_support;

use upload_support::{World, new_upload};
use waypost_core::settings::PackageKind;
use waypost_core::upload::Which;
use waypost_wire::UploadState;

#[tokio::test(flavor = "multi_thread")]
async fn asking_for_news_never_forgets_what_has_just_arrived() {
    for round in 0..20 {
        let world = World::start_with(|config| config.stage_ms = 0).await;
        let photos = world.photos("walk", 2, 0);
        let engine = world.engine().await;
        let id = world.begin(&engine, new_upload(&photos, PackageKind::Zip)).await;
        loop {
            engine.ask_now(Which::All).await.unwrap();
            let row = engine.row(id).await.unwrap();
            if row.state == UploadState::Published {
                assert!(row.asked_at_ms.is_some(), "round {round}: {row:#?}");
                assert_eq!(row.links.len(), 1, "round {round}: {row:#?}");
                break;
            }
        }
    }
}
