//! Starting and stopping: the listener, the connections, and the two ways to hold a sandbox.

use std::convert::Infallible;
use std::future::Future;
use std::sync::Arc;

use axum::response::Response;
use hyper::body::Incoming;
use hyper::service::Service as _;
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpListener;
use tokio::task::{JoinHandle, JoinSet};

use crate::config::{SandboxConfig, SandboxInfo};
use crate::error::SandboxError;
use crate::faults::Faults;
use crate::http::{DropConnection, router};
use crate::seed::Seed;
use crate::service::Service;
use crate::snapshot::Snapshot;

/// A practice Mapillary that is running. It ends with [`Sandbox::stop`], or, less orderly, when
/// it is dropped.
#[derive(Debug)]
pub struct Sandbox {
    service: Arc<Service>,
    listening: Option<JoinHandle<()>>,
}

impl Sandbox {
    /// Starts a practice Mapillary on 127.0.0.1. It answers as soon as this returns.
    ///
    /// Errors: [`SandboxError::Listen`] when the port is taken, [`SandboxError::DataFolder`],
    /// [`SandboxError::DataFolderInUse`], [`SandboxError::DamagedState`] about the data folder,
    /// [`SandboxError::RedirectUri`], [`SandboxError::Random`].
    pub async fn start(config: SandboxConfig) -> Result<Self, SandboxError> {
        let port = config.port;
        let refused = |source| SandboxError::Listen { port, source };
        let listener = TcpListener::bind(("127.0.0.1", port)).await.map_err(refused)?;
        let port = listener.local_addr().map_err(refused)?.port();
        let service = Service::load(config, port)?;
        let listening = tokio::spawn(listen(listener, Arc::clone(&service)));
        Ok(Self {
            service,
            listening: Some(listening),
        })
    }

    /// Where it listens and who its app is.
    pub fn info(&self) -> &SandboxInfo {
        &self.service.info
    }

    /// The scripted trouble.
    pub fn faults(&self) -> &Faults {
        &self.service.faults
    }

    /// Everything that arrived so far.
    pub fn snapshot(&self) -> Snapshot {
        self.service.snapshot()
    }

    /// Id of the organisation that exists here.
    pub fn organization_id(&self) -> &str {
        &self.service.identity.organization.id
    }

    /// Gives an account published sequences that nobody sent here.
    pub fn seed(&self, seed: &Seed) {
        self.service.seed(seed);
    }

    /// Lets every access token expire now; returns how many.
    pub fn expire_tokens(&self) -> Result<usize, SandboxError> {
        self.service.tokens.expire_all(self.service.now_ms())
    }

    /// Takes back what every person allowed; returns how many tokens that ended.
    pub fn revoke_tokens(&self) -> Result<usize, SandboxError> {
        self.service.tokens.revoke_all()
    }

    /// Ends every connection and waits until what was being written is written.
    pub async fn stop(mut self) {
        self.service.ending.cancel();
        if let Some(listening) = self.listening.take() {
            // It can only fail by a panic, and then it has ended as well.
            let _ = listening.await;
        }
        self.service.tasks.close();
        self.service.tasks.wait().await;
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        self.service.ending.cancel();
    }
}

/// Runs a practice Mapillary until `stop` is done; calls `ready` once it answers.
///
/// Errors as [`Sandbox::start`].
pub async fn serve_until<F: Future>(
    config: SandboxConfig,
    ready: impl FnOnce(&SandboxInfo),
    stop: F,
) -> Result<(), SandboxError> {
    let sandbox = Sandbox::start(config).await?;
    ready(sandbox.info());
    stop.await;
    sandbox.stop().await;
    Ok(())
}

/// Takes connections until the service ends, then drops those that are open.
async fn listen(listener: TcpListener, service: Arc<Service>) {
    let ending = service.ending.clone();
    let app = TowerToHyperService::new(router(service));
    let mut connections = JoinSet::new();
    loop {
        let accepted = tokio::select! {
            biased;
            () = ending.cancelled() => break,
            accepted = listener.accept() => accepted,
            Some(_) = connections.join_next() => continue,
        };
        // Out of file descriptors, or a client that is gone again: others can still be served.
        let Ok((stream, _)) = accepted else {
            tokio::task::yield_now().await;
            continue;
        };
        let app = app.clone();
        connections.spawn(async move {
            // Both only end this one connection, which is what they ask for.
            let _ = stream.set_nodelay(true);
            let answer = hyper::service::service_fn(move |request| answer(app.clone(), request));
            let _ = hyper::server::conn::http1::Builder::new()
                .serve_connection(TokioIo::new(stream), answer)
                .await;
        });
    }
    connections.shutdown().await;
}

/// The line is to be dropped without an answer.
#[derive(Debug, thiserror::Error)]
#[error("connection dropped on purpose")]
struct Dropped;

/// Carries one request out. hyper closes the connection without a word on an error.
async fn answer<S>(app: TowerToHyperService<S>, request: hyper::Request<Incoming>) -> Result<Response, Dropped>
where
    TowerToHyperService<S>: hyper::service::Service<hyper::Request<Incoming>, Response = Response, Error = Infallible>,
{
    let Ok(response) = app.call(request).await;
    if response.extensions().get::<DropConnection>().is_some() {
        return Err(Dropped);
    }
    Ok(response)
}
