//! `practice`: the whole job once, from made-up photos to published sequences, against a practice Mapillary inside
//! this program. It goes the way of the window: the same calls, the same events, the sign-in through a redirect.

use std::path::Path;
use std::sync::Arc;

use url::Url;
use waypost_core::app::{EventBus, Setup, Waypost};
use waypost_core::desktop::NoDesktop;
use waypost_core::environment::Environment;
use waypost_core::error::CoreError;
use waypost_core::keychain::MemoryKeychain;
use waypost_core::ports::BrowserOpener;
use waypost_core::practice::practice_service;
use waypost_core::submit::{Goal, is_over};
use waypost_generator::{PracticeOptions, write_practice_folder};
use waypost_sandbox::{Sandbox, SandboxConfig};
use waypost_wire::{
    AlreadySentChoice, Call, Event, EventBody, PlanView, PrepareState, Reply, SignInState, UploadEvent, UploadRow,
    UploadState,
};

use crate::arguments::PracticeCommand;
use crate::board::Board;
use crate::context::{Context, user_agent};
use crate::exit;
use crate::failure::{Ending, Failure};
use crate::output::{bytes, counted};
use crate::stop::Stop;
use crate::words::words;

/// How long each processing stage lasts.
const STAGE_MS: u64 = 500;

/// Runs it.
pub async fn run(context: &Context, command: &PracticeCommand, stop: &Stop) -> Ending {
    let scratch;
    let folder = if let Some(folder) = &command.dir {
        folder.clone()
    } else {
        scratch = tempfile::tempdir().map_err(|source| CoreError::Io {
            path: std::env::temp_dir(),
            source,
        })?;
        scratch.path().to_path_buf()
    };
    let photos = folder.join("photos");
    let options = PracticeOptions {
        photos_per_sequence: command.photos,
        ..PracticeOptions::default()
    };
    let made = {
        let photos = photos.clone();
        tokio::task::spawn_blocking(move || write_practice_folder(&photos, &options)).await
    };
    let made = made.map_err(|_| CoreError::Stopped)??;
    context.output.say(&format!(
        "wrote {} good photos and {} bad ones into {}",
        made.good.len(),
        made.bad.len(),
        photos.display()
    ));
    if command.photos_only {
        context.output.result_if_json(&serde_json::json!({
            "folder": photos, "good": made.good.len(), "bad": made.bad.len(),
        }));
        return Ok(exit::OK);
    }
    let job = Job::open(context, &folder).await?;
    let published = tokio::select! {
        result = job.run(context, &photos, &command.package) => result,
        () = stop.wanted() => Err(CoreError::Stopped.into()),
    };
    job.close().await;
    let (published, total) = published?;
    context.output.result(
        &serde_json::json!({ "published": published, "sequences": total }),
        &format!("published {published} of {total} sequences"),
    );
    Ok(if published == total && total > 0 {
        exit::OK
    } else {
        exit::OTHER
    })
}

struct Job {
    waypost: Arc<Waypost>,
    bus: EventBus,
    server: Sandbox,
}

impl Job {
    async fn open(context: &Context, folder: &Path) -> Result<Self, Failure> {
        let config = SandboxConfig {
            data_dir: folder.join("server"),
            stage_ms: STAGE_MS,
            // Nobody sits in front of a browser here; the redirect itself is real.
            auto_allow: true,
            ..SandboxConfig::default()
        };
        let server = Sandbox::start(config).await?;
        let info = server.info();
        let address = |text: &str| {
            Url::parse(text).map_err(|error| CoreError::InvalidSetting {
                name: text.into(),
                reason: error.to_string(),
            })
        };
        let service = practice_service(
            [
                address(&info.graph)?,
                address(&info.upload)?,
                address(&info.authorize)?,
                address(&info.tiles)?,
            ],
            info.client_id.clone(),
            info.client_secret.clone().into(),
            address(&info.redirect_uri)?,
        );
        let bus = EventBus::default();
        let waypost = Waypost::open(Setup {
            data_dir: folder.join("waypost"),
            environment: Environment::empty(context.environment.working_dir()),
            endpoints: service.endpoints,
            practice_app: Some(service.app),
            follow: service.follow,
            user_agent: user_agent(),
            version: env!("CARGO_PKG_VERSION").into(),
            keychain: Arc::new(MemoryKeychain::new()),
            opener: Arc::new(RedirectFollower {
                runtime: tokio::runtime::Handle::current(),
            }),
            desktop: Arc::new(NoDesktop),
            system_languages: Vec::new(),
            streets: None,
            clock: Arc::clone(&context.clock),
            bus: bus.clone(),
        })
        .await?;
        Ok(Self { waypost, bus, server })
    }

    /// Signs in, reads, sends, and waits until everything is published. Returns how many of how many sequences are.
    async fn run(&self, context: &Context, photos: &Path, package: &str) -> Result<(usize, usize), Failure> {
        let output = context.output;
        let mut events = self.bus.listen();
        let Reply::Snapshot(snapshot) = self.waypost.call(Call::Snapshot).await? else {
            return Err(CoreError::Stopped.into());
        };
        let mut settings = snapshot.settings;
        package.clone_into(&mut settings.package);
        self.waypost
            .call(Call::SetSettings {
                settings: Box::new(settings),
                app_secret: None,
            })
            .await?;

        self.waypost.call(Call::SignIn).await?;
        let name = loop {
            let EventBody::Account(view) = next(&mut events).await?.body else {
                continue;
            };
            match (view.sign_in, view.accounts.into_iter().next()) {
                (SignInState::Failed { problem } | SignInState::NoKeychain { problem }, _) => {
                    return Err(problem.into());
                }
                (SignInState::Idle, Some(account)) => break account.username,
                _ => {}
            }
        };
        output.say(&format!("signed in as {name}"));

        let paths = vec![photos.display().to_string()];
        self.waypost.call(Call::Prepare { paths }).await?;
        let plan = loop {
            match next(&mut events).await?.body {
                EventBody::Prepare(PrepareState::Ready(plan)) => break plan,
                EventBody::Prepare(PrepareState::Failed(problem)) => return Err(problem.into()),
                _ => {}
            }
        };
        say_plan(context, &plan);

        let Reply::Queued(upload_ids) = self
            .waypost
            .call(Call::Upload {
                already_sent: AlreadySentChoice::SendAgain,
            })
            .await?
        else {
            return Err(CoreError::Stopped.into());
        };
        let rows = watch(context, &mut events, &upload_ids).await?;
        for row in &rows {
            output.say(&format!("{}: {}", row.title, words(row)));
            for link in &row.links {
                output.say(&format!(
                    "  {} ({})",
                    link.url,
                    counted(link.image_count, "image", "images")
                ));
            }
        }
        let published = rows.iter().filter(|row| row.state == UploadState::Published).count();
        Ok((published, plan.sequences.len()))
    }

    async fn close(self) {
        self.waypost.close().await;
        self.server.stop().await;
    }
}

type Events = tokio::sync::mpsc::UnboundedReceiver<Event>;

async fn next(events: &mut Events) -> Result<Event, Failure> {
    events.recv().await.ok_or(Failure::from(CoreError::Stopped))
}

fn say_plan(context: &Context, plan: &PlanView) {
    context.output.say(&format!(
        "{} ready in {}, {}",
        counted(plan.image_count, "photo", "photos"),
        counted(plan.sequences.len() as u64, "sequence", "sequences"),
        bytes(plan.size_bytes)
    ));
    for finding in &plan.findings {
        for file in &finding.files {
            context.output.say(&format!("  {}", file.message));
        }
    }
}

/// Shows the uploads until each is published or has ended otherwise.
async fn watch(context: &Context, events: &mut Events, upload_ids: &[i64]) -> Result<Vec<UploadRow>, Failure> {
    let board = Board::new(context);
    let mut rows: Vec<UploadRow> = Vec::new();
    while rows.len() < upload_ids.len() || !rows.iter().all(|row| is_over(row, Goal::Published)) {
        let EventBody::Upload(event) = next(events).await?.body else {
            continue;
        };
        board.show(&event, upload_ids);
        if let UploadEvent::Row(row) = event {
            rows.retain(|other| other.upload_id != row.upload_id);
            rows.push(*row);
        }
    }
    drop(board);
    rows.sort_by_key(|row| row.upload_id);
    Ok(rows)
}

/// Plays the browser: loads the page and goes where it leads.
struct RedirectFollower {
    runtime: tokio::runtime::Handle,
}

impl BrowserOpener for RedirectFollower {
    fn open(&self, address: &Url) -> Result<(), String> {
        let address = address.clone();
        self.runtime.spawn(async move {
            // The listener says what went wrong, if anything did.
            if let Err(error) = reqwest::get(address).await {
                tracing::warn!("the practice sign-in did not come back: {}", error.without_url());
            }
        });
        Ok(())
    }
}
