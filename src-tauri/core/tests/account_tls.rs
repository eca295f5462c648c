//! Networks that inspect secure connections, and proxies that pass them on: a practice service behind TLS.
//!
//! Which certificates are trusted and which proxy is taken belong to the process, so this test binary starts itself once
//! more inside.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::Stdio;
use std::sync::{Arc, Mutex};

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivatePkcs8KeyDer};
use url::Url;
use waypost_core::account::{Accounts, AccountsSetup, SignInOptions};
use waypost_core::environment::Environment;
use waypost_core::keychain::MemoryKeychain;
use waypost_core::ports::SystemClock;
use waypost_mapillary::{Client, ClientOptions, Endpoints};
use waypost_sandbox::{Sandbox, SandboxConfig};
use waypost_testkit::canary;
use waypost_testkit::scratch::Scratch;

/// Tells the second process where the service is.
const SERVICE: &str = "WAYPOST_TEST_TLS_SERVICE";
/// Tells it the token.
const TOKEN: &str = "WAYPOST_TEST_TLS_TOKEN";

/// Not a test of its own: what the second process does.
#[tokio::test]
#[ignore = "started by the other tests"]
async fn signs_in_over_a_secure_line() {
    let (Ok(service), Ok(token)) = (std::env::var(SERVICE), std::env::var(TOKEN)) else {
        return;
    };
    let endpoints = Endpoints {
        graph: Url::parse(&service).unwrap(),
        ..Endpoints::default()
    };
    let folder = Scratch::new("tls-program");
    let accounts = Accounts::new(AccountsSetup {
        data_dir: folder.path().to_path_buf(),
        environment: Environment::empty(folder.path()),
        profile: None,
        app: None,
        client: Client::new(ClientOptions {
            endpoints,
            ..ClientOptions::default()
        })
        .unwrap(),
        keychain: Arc::new(MemoryKeychain::new()),
        clock: Arc::new(SystemClock),
    })
    .unwrap();
    match accounts
        .sign_in_with_token(token.into(), &SignInOptions::default())
        .await
    {
        Ok(_) => println!("signed in"),
        Err(error) => {
            let problem = error.problem();
            println!("{}: {} → {}", problem.code, problem.message, problem.action);
        }
    }
}

/// A practice service that can also be reached over TLS, under the name `localhost`.
struct Service {
    sandbox: Sandbox,
    address: SocketAddr,
    folder: Scratch,
    /// The root that signed its certificate, as a file.
    root: PathBuf,
}

impl Service {
    async fn start() -> Self {
        let folder = Scratch::new("tls");
        let data_dir = folder.path().join(canary::SERVICE);
        canary::seed_service(&data_dir);
        let sandbox = Sandbox::start(SandboxConfig {
            data_dir,
            ..SandboxConfig::default()
        })
        .await
        .unwrap();

        let mut authority = CertificateParams::new(Vec::new()).unwrap();
        authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let authority_key = KeyPair::generate().unwrap();
        let root = folder.path().join("root.pem");
        std::fs::write(&root, authority.self_signed(&authority_key).unwrap().pem()).unwrap();
        let issuer = Issuer::new(authority, authority_key);
        let key = KeyPair::generate().unwrap();
        let certificate = CertificateParams::new(vec!["localhost".to_owned()])
            .unwrap()
            .signed_by(&key, &issuer)
            .unwrap();
        let config = ServerConfig::builder()
            .with_no_client_auth()
            .with_single_cert(
                vec![CertificateDer::from(certificate.der().to_vec())],
                PrivatePkcs8KeyDer::from(key.serialize_der()).into(),
            )
            .unwrap();
        let acceptor = TlsAcceptor::from(Arc::new(config));

        let plain = Url::parse(&sandbox.info().graph).unwrap();
        let plain = plain.socket_addrs(|| None).unwrap()[0];
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let acceptor = acceptor.clone();
                tokio::spawn(async move {
                    // A client that does not trust the certificate leaves here.
                    let Ok(mut stream) = acceptor.accept(stream).await else {
                        return;
                    };
                    let mut service = TcpStream::connect(plain).await.unwrap();
                    let _ = copy_bidirectional(&mut stream, &mut service).await;
                });
            }
        });
        Self {
            sandbox,
            address,
            folder,
            root,
        }
    }

    async fn token(&self) -> String {
        let info = self.sandbox.info();
        let answer: serde_json::Value = reqwest::Client::new()
            .post(format!("{}/login", info.graph))
            .header("Authorization", format!("OAuth {}", info.client_token))
            .json(&serde_json::json!({"email": "anna@example.org", "password": "secret", "locale": "en_US"}))
            .send()
            .await
            .unwrap()
            .json()
            .await
            .unwrap();
        answer["access_token"].as_str().unwrap().to_owned()
    }

    /// What a process with these variables says when it signs in at `host`.
    async fn signed_in_at(&self, host: &str, variables: &[(&str, &str)]) -> String {
        let path = Url::parse(&self.sandbox.info().graph).unwrap().path().to_owned();
        let service = format!("https://{host}:{}{path}", self.address.port());
        let mut command = tokio::process::Command::new(std::env::current_exe().unwrap());
        command.args(["--exact", "signs_in_over_a_secure_line", "--ignored", "--nocapture"]);
        for name in ["HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "NO_PROXY"] {
            command.env_remove(name).env_remove(name.to_lowercase());
        }
        // An empty folder, so that only the file counts.
        let nobody = self.folder.path().join("nobody");
        std::fs::create_dir_all(&nobody).unwrap();
        let token = self.token().await;
        let output = command
            .env("SSL_CERT_DIR", &nobody)
            .env(SERVICE, service)
            .env(TOKEN, &token)
            .envs(variables.iter().copied())
            .stdin(Stdio::null())
            .output()
            .await
            .unwrap();
        let told = String::from_utf8(output.stdout).unwrap();
        assert!(output.status.success() && !told.contains(&token), "{told}");
        told
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_that_nobody_vouches_for_is_refused_and_the_way_out_is_named() {
    if !cfg!(target_os = "linux") {
        println!("SKIPPED: elsewhere the system's store is not a file that a test may change");
        return;
    }
    let service = Service::start().await;
    // A system that trusts somebody else.
    let stranger = Service::start().await;
    let root = stranger.root.display().to_string();
    let told = service.signed_in_at("localhost", &[("SSL_CERT_FILE", &root)]).await;
    assert!(told.contains("tls: no secure connection to localhost"), "{told}");
    assert!(told.contains("certificate") && told.contains("inspects"), "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_network_that_inspects_traffic_works_once_its_root_is_in_the_systems_store() {
    if !cfg!(target_os = "linux") {
        println!("SKIPPED: elsewhere the system's store is not a file that a test may change");
        return;
    }
    let service = Service::start().await;
    let root = service.root.display().to_string();
    let told = service.signed_in_at("localhost", &[("SSL_CERT_FILE", &root)]).await;
    assert!(told.contains("signed in"), "{told}");
    // Trusting the root is not trusting every name.
    let other = service.signed_in_at("127.0.0.1", &[("SSL_CERT_FILE", &root)]).await;
    assert!(other.contains("tls: "), "{other}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_proxy_passes_the_secure_line_on_and_sees_only_where_it_goes() {
    if !cfg!(target_os = "linux") {
        println!("SKIPPED: elsewhere the system's store is not a file that a test may change");
        return;
    }
    let service = Service::start().await;
    let seen = Arc::new(Mutex::new(Vec::new()));
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let proxy = format!("http://{}", listener.local_addr().unwrap());
    let (target, lines) = (service.address, Arc::clone(&seen));
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let lines = Arc::clone(&lines);
            tokio::spawn(async move {
                let mut stream = BufReader::new(stream);
                let mut line = String::new();
                while stream.read_line(&mut line).await.is_ok_and(|length| length > 2) {
                    lines.lock().unwrap().push(std::mem::take(&mut line));
                }
                let mut service = TcpStream::connect(target).await.unwrap();
                stream.write_all(b"HTTP/1.1 200 Connected\r\n\r\n").await.unwrap();
                let _ = copy_bidirectional(&mut stream, &mut service).await;
            });
        }
    });
    let root = service.root.display().to_string();
    let told = service
        .signed_in_at("localhost", &[("SSL_CERT_FILE", &root), ("HTTPS_PROXY", &proxy)])
        .await;
    assert!(told.contains("signed in"), "{told}");
    let seen = seen.lock().unwrap();
    assert!(seen[0].starts_with("CONNECT localhost:"), "{seen:?}");
    assert!(seen.iter().all(|line| !line.contains("OAuth")), "{seen:?}");
}
