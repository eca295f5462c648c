//! The calls of the Prepare view: read files, change the plan, put it away.

use std::path::PathBuf;
use std::sync::Arc;

use waypost_wire::{Edit, EditPreview, EventBody, PhotoFacts};

use super::prepared::{Destination, Prepared};
use super::preparing::Prepare;
use super::reading::{Reading, load_tracks};
use super::waypost::Waypost;
use crate::error::CoreError;
use crate::scan::is_track_file;
use crate::upload::NewUpload;

impl Waypost {
    fn tell_prepare(&self) {
        let state = self.lock().prepare.state();
        self.bus.send(EventBody::Prepare(state));
    }

    /// Reads files and folders; track files alone are added to the plan that stands.
    pub(super) async fn prepare(self: &Arc<Self>, paths: Vec<PathBuf>) -> Result<(), CoreError> {
        let plan_stands = matches!(self.lock().prepare, Prepare::Ready(_));
        if plan_stands && !paths.is_empty() && paths.iter().all(|path| is_track_file(path)) {
            let tracks = tokio::task::spawn_blocking(move || load_tracks(&paths))
                .await
                .unwrap_or(Err(CoreError::Stopped))?;
            return self.change_plan(|prepared| {
                prepared.add_tracks(tracks);
                Ok(())
            });
        }
        let reading = Reading::default();
        let (read, sequence) = {
            let mut inner = self.lock();
            let settings = (inner.settings.read_settings()?, inner.settings.sequence_settings());
            if let Prepare::Reading(earlier) = &inner.prepare {
                earlier.stop();
            }
            inner.prepare = Prepare::Reading(reading.clone());
            settings
        };
        self.tell_prepare();
        let waypost = Arc::clone(self);
        tokio::spawn(async move {
            let result = reading
                .run(paths, read, sequence, waypost.bus.clone(), Arc::clone(&waypost.clock))
                .await;
            if reading.is_stopped() {
                return;
            }
            waypost.lock().prepare = match result {
                Ok(prepared) => Prepare::Ready(Box::new(prepared)),
                Err(error) => Prepare::Failed(error.problem()),
            };
            waypost.tell_prepare();
        });
        Ok(())
    }

    pub(super) fn clear_plan(&self) {
        {
            let mut inner = self.lock();
            if let Prepare::Reading(reading) = &inner.prepare {
                reading.stop();
            }
            inner.prepare = Prepare::Empty;
        }
        self.tell_prepare();
    }

    /// Changes the plan and tells the window the difference, under one lock: the order of the changes is the order in
    /// which they are told.
    pub(super) fn change_plan(
        &self,
        change: impl FnOnce(&mut Prepared) -> Result<(), CoreError>,
    ) -> Result<(), CoreError> {
        if let Prepare::Ready(prepared) = &mut self.lock().prepare {
            change(prepared)?;
            self.bus.send(EventBody::PlanChange(Box::new(prepared.change())));
        }
        Ok(())
    }

    /// What is known of a photo of the plan; `None` where there is no such photo.
    pub(super) fn photo_facts(&self, photo_id: u64) -> Option<Box<PhotoFacts>> {
        match &self.lock().prepare {
            Prepare::Ready(prepared) => prepared.photo_facts(photo_id).map(Box::new),
            _ => None,
        }
    }

    pub(super) fn preview(&self, edit: &Edit) -> Result<EditPreview, CoreError> {
        match &self.lock().prepare {
            Prepare::Ready(prepared) => prepared.preview(edit),
            _ => Ok(EditPreview::default()),
        }
    }

    /// What the plan asks for.
    pub(super) fn plan_uploads(&self, destination: &Destination) -> Result<Vec<NewUpload>, CoreError> {
        match &self.lock().prepare {
            Prepare::Ready(prepared) => prepared.uploads(destination),
            _ => Ok(Vec::new()),
        }
    }
}
