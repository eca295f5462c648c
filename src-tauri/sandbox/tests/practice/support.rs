//! A practice Mapillary with a clock of its own, a signed-in client, and packages to send.

use std::io::{Cursor, Write};
use std::path::Path;
use std::sync::Arc;

use md5::{Digest, Md5};
use reqwest::{Method, RequestBuilder, Response, StatusCode};
use serde_json::{Value, json};
use waypost_generator::{PhotoSpec, photo_bytes};
use waypost_sandbox::{ManualClock, Sandbox, SandboxConfig, Snapshot};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

/// 2026-06-01 10:00:00 UTC.
pub const NOW_MS: u64 = 1_780_308_000_000;
/// How long each stage lasts.
pub const STAGE_MS: u64 = 1_000;

pub struct Practice {
    pub sandbox: Sandbox,
    pub clock: Arc<ManualClock>,
    pub http: reqwest::Client,
    /// Access token of the account `maria`.
    pub token: String,
    pub user_id: String,
}

pub fn config(clock: &Arc<ManualClock>) -> SandboxConfig {
    SandboxConfig {
        stage_ms: STAGE_MS,
        clock: clock.clone(),
        redirect_uri: Some("http://127.0.0.1:9/callback".to_owned()),
        ..SandboxConfig::default()
    }
}

pub fn http() -> reqwest::Client {
    reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .build()
        .unwrap()
}

impl Practice {
    pub async fn start() -> Self {
        Self::with(|_| {}).await
    }

    pub async fn with(change: impl FnOnce(&mut SandboxConfig)) -> Self {
        let clock = Arc::new(ManualClock::new(NOW_MS));
        let mut config = config(&clock);
        change(&mut config);
        Self::from(config, clock).await
    }

    pub async fn in_folder(folder: &Path) -> Self {
        Self::with(|config| config.data_dir = folder.to_path_buf()).await
    }

    async fn from(config: SandboxConfig, clock: Arc<ManualClock>) -> Self {
        let sandbox = Sandbox::start(config).await.unwrap();
        let http = http();
        let (token, user_id) = login(&http, &sandbox, "maria@example.org").await;
        Self {
            sandbox,
            clock,
            http,
            token,
            user_id,
        }
    }

    pub fn graph(&self, path: &str) -> String {
        format!("{}{path}", self.sandbox.info().graph)
    }

    pub fn upload(&self, key: &str) -> String {
        format!("{}/{key}", self.sandbox.info().upload)
    }

    pub fn request(&self, method: Method, url: &str) -> RequestBuilder {
        self.http
            .request(method, url)
            .header("Authorization", format!("OAuth {}", self.token))
    }

    pub async fn get(&self, url: &str) -> (StatusCode, Value) {
        json_of(self.request(Method::GET, url).send().await.unwrap()).await
    }

    pub async fn offset(&self, key: &str) -> u64 {
        let (status, body) = self.get(&self.upload(key)).await;
        assert_eq!(status, 200, "{body}");
        body["offset"].as_u64().unwrap()
    }

    pub fn send_request(&self, key: &str, offset: u64) -> RequestBuilder {
        self.request(Method::POST, &self.upload(key))
            .header("Offset", offset.to_string())
            .header("X-Entity-Name", key)
    }

    pub async fn send(&self, key: &str, offset: u64, bytes: &[u8]) -> (StatusCode, Value) {
        let request = self.send_request(key, offset).body(bytes.to_vec());
        json_of(request.send().await.unwrap()).await
    }

    /// Sends all of `bytes`; the handle.
    pub async fn handle(&self, key: &str, bytes: &[u8]) -> String {
        let (status, body) = self.send(key, 0, bytes).await;
        assert_eq!(status, 200, "{body}");
        body["h"].as_str().unwrap().to_owned()
    }

    pub async fn finish(&self, handle: &str, file_type: &str) -> (StatusCode, Value) {
        self.finish_with(json!({ "file_handle": handle, "file_type": file_type }))
            .await
    }

    pub async fn finish_with(&self, body: Value) -> (StatusCode, Value) {
        let url = self.graph("/finish_upload");
        let request = self.request(Method::POST, &url).json(&body);
        json_of(request.send().await.unwrap()).await
    }

    /// Sends and finishes a zip of `images`; the cluster id.
    pub async fn publish(&self, images: &[Vec<u8>]) -> String {
        let bytes = zip_bytes(images);
        let handle = self.handle(&key_of(&bytes, "zip"), &bytes).await;
        let (status, body) = self.finish(&handle, "zip").await;
        assert_eq!(status, 200, "{body}");
        body["cluster_id"].as_str().unwrap().to_owned()
    }

    pub fn snapshot(&self) -> Snapshot {
        self.sandbox.snapshot()
    }

    pub fn assert_no_violations(&self) {
        assert_eq!(self.snapshot().violations, Vec::<String>::new());
    }
}

/// Signs in with the practice password; access token and account id.
pub async fn login(http: &reqwest::Client, sandbox: &Sandbox, email: &str) -> (String, String) {
    let info = sandbox.info();
    let response = http
        .post(format!("{}/login", info.graph))
        .header("Authorization", format!("OAuth {}", info.client_token))
        .json(&json!({ "email": email, "password": "secret", "locale": "en_US" }))
        .send()
        .await
        .unwrap();
    let (status, body) = json_of(response).await;
    assert_eq!(status, 200, "{body}");
    (
        body["access_token"].as_str().unwrap().to_owned(),
        body["user_id"].as_str().unwrap().to_owned(),
    )
}

pub async fn json_of(response: Response) -> (StatusCode, Value) {
    let status = response.status();
    let bytes = response.bytes().await.unwrap();
    let value =
        serde_json::from_slice(&bytes).unwrap_or_else(|_| Value::String(String::from_utf8_lossy(&bytes).into_owned()));
    (status, value)
}

/// The session key that promises `bytes`.
pub fn key_of(bytes: &[u8], suffix: &str) -> String {
    format!("mly_tools_{}.{suffix}", hex::encode(Md5::digest(bytes)))
}

/// The description of photo `number` of a walk to the east, one photo every two seconds from
/// 2026-05-01 09:00:00 UTC.
pub fn description(number: u32) -> Value {
    let seconds = number * 2;
    json!({
        "MAPAltitude": 34.5,
        "MAPCaptureTime": format!("2026_05_01_09_{:02}_{:02}_250", seconds / 60, seconds % 60),
        "MAPCompassHeading": { "MagneticHeading": 90.0, "TrueHeading": 90.0 },
        "MAPDeviceMake": "GoPro",
        "MAPDeviceModel": "HERO11 Black",
        "MAPFilename": format!("G001{number:04}.JPG"),
        "MAPLatitude": 52.5,
        "MAPLongitude": longitude(number),
        "MAPOrientation": 1,
    })
}

/// Where photo `number` was taken, to five decimals.
pub fn longitude(number: u32) -> f64 {
    f64::from(1_340_000 + number * 3) / 100_000.0
}

/// A small photo with the given `ImageDescription`.
pub fn photo_with(number: u32, description: Option<String>) -> Vec<u8> {
    photo_bytes(&PhotoSpec {
        width_px: 480,
        height_px: 360,
        frame_number: number,
        image_description: description,
        write_thumbnail: false,
        ..PhotoSpec::default()
    })
    .unwrap()
}

/// Photo `number` of the walk, described.
pub fn photo(number: u32) -> Vec<u8> {
    photo_with(number, Some(description(number).to_string()))
}

pub fn photos(count: u32) -> Vec<Vec<u8>> {
    (0..count).map(photo).collect()
}

pub const COMMENT: &str = r#"{"sequence_md5sum":"0123456789abcdef0123456789abcdef"}"#;

/// A zip as the reference client makes it.
pub fn zip_bytes(images: &[Vec<u8>]) -> Vec<u8> {
    zip_with(images, CompressionMethod::Stored, COMMENT)
}

pub fn zip_with(images: &[Vec<u8>], method: CompressionMethod, comment: &str) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default()
        .compression_method(method)
        .last_modified_time(zip::DateTime::default());
    for (index, image) in images.iter().enumerate() {
        writer.start_file(format!("{index}.jpg"), options).unwrap();
        writer.write_all(image).unwrap();
    }
    writer.set_comment(comment).unwrap();
    writer.finish().unwrap().into_inner()
}

/// A zip whose entries carry their sizes behind their data.
pub fn zip_with_data_descriptors(images: &[Vec<u8>]) -> Vec<u8> {
    let mut writer = ZipWriter::new_stream(Vec::new());
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Stored)
        .last_modified_time(zip::DateTime::default());
    for (index, image) in images.iter().enumerate() {
        writer.start_file(format!("{index}.jpg"), options).unwrap();
        writer.write_all(image).unwrap();
    }
    writer.set_comment(COMMENT).unwrap();
    writer.finish().unwrap().into_inner()
}
