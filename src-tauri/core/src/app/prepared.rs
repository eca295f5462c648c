//! A plan in the person's hands: what was read, what was changed about it, and the plan that follows from both.

use std::path::Path;

use waypost_wire::{Edit, EditPreview, PhotoFacts, PlanChange, PlanView};

use super::plan_uploads::plan_uploads;
use crate::edit::{Edits, History, apply};
use crate::error::CoreError;
use crate::plan::Plan;
use crate::plan_view::{Editing, edited_view, photo_facts, plan_change};
use crate::planning::{PlanSettings, plan};
use crate::readings::Readings;
use crate::settings::PackageKind;
use crate::track_file::Track;
use crate::upload::NewUpload;

/// What was read, and the plan as it stands. Captures have the numbers of the reading.
#[derive(Clone, Debug)]
pub struct Prepared {
    readings: Readings,
    settings: PlanSettings,
    history: History,
    plan: Plan,
    /// What the window was told, as whole or by changes.
    told: PlanView,
}

/// Where uploads go and how they are packed.
#[derive(Clone, Debug, Default)]
pub struct Destination {
    /// Mapillary's number of the user; `None` for whoever is signed in when it starts.
    pub user_id: Option<String>,
    /// The organisation.
    pub organization_id: Option<String>,
    /// How photos are packed.
    pub package: PackageKind,
}

impl Prepared {
    /// A fresh plan of what was read, nothing changed.
    ///
    /// # Errors
    /// As [`plan`].
    pub fn new(readings: Readings, settings: PlanSettings) -> Result<Self, CoreError> {
        let history = History::default();
        let plan = plan(&readings, &settings, history.edits())?;
        let mut prepared = Self {
            readings,
            settings,
            history,
            plan,
            told: PlanView::default(),
        };
        prepared.told = prepared.view();
        Ok(prepared)
    }

    /// The plan as it stands.
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// Everything that was changed.
    pub fn edits(&self) -> &Edits {
        self.history.edits()
    }

    /// Changes the plan.
    ///
    /// # Errors
    /// As [`apply`]; then nothing is changed.
    pub fn apply(&mut self, edit: &Edit) -> Result<(), CoreError> {
        let (edits, plan) = self.with(edit)?;
        self.history.push(edits);
        self.plan = plan;
        Ok(())
    }

    /// What a change would do.
    ///
    /// # Errors
    /// As [`Prepared::apply`].
    pub fn preview(&self, edit: &Edit) -> Result<EditPreview, CoreError> {
        let (_, after) = self.with(edit)?;
        let before = self.plan.summary();
        let after = after.summary();
        Ok(EditPreview {
            ready_before: before.ready_count,
            ready_after: after.ready_count,
            sequences_before: before.sequence_count + before.video_count,
            sequences_after: after.sequence_count + after.video_count,
            refused_before: before.refused_count,
            refused_after: after.refused_count,
        })
    }

    /// Takes the last change back, if there is one.
    ///
    /// # Errors
    /// As [`plan`].
    pub fn undo(&mut self) -> Result<(), CoreError> {
        self.history.undo();
        self.plan_anew()
    }

    /// Does the change again that was taken back last, if there is one.
    ///
    /// # Errors
    /// As [`plan`].
    pub fn redo(&mut self) -> Result<(), CoreError> {
        self.history.redo();
        self.plan_anew()
    }

    /// Adds track files. They change nothing before a capture uses them.
    pub fn add_tracks(&mut self, tracks: Vec<Track>) {
        for track in tracks {
            self.readings.add_track(track);
        }
    }

    fn with(&self, edit: &Edit) -> Result<(Edits, Plan), CoreError> {
        let edits = apply(self.history.edits(), edit, &self.readings, &self.plan)?;
        let plan = plan(&self.readings, &self.settings, &edits)?;
        Ok((edits, plan))
    }

    fn plan_anew(&mut self) -> Result<(), CoreError> {
        self.plan = plan(&self.readings, &self.settings, self.history.edits())?;
        Ok(())
    }

    /// The file of a capture.
    pub fn photo_path(&self, photo_id: u64) -> Option<&Path> {
        self.readings.capture(photo_id).map(crate::readings::Capture::path)
    }

    fn editing(&self) -> Editing<'_> {
        Editing {
            readings: &self.readings,
            settings: &self.settings,
            edits: self.history.edits(),
        }
    }

    /// What the window shows.
    pub fn view(&self) -> PlanView {
        let count = |steps: usize| u32::try_from(steps).unwrap_or(u32::MAX);
        PlanView {
            undo_count: count(self.history.undo_count()),
            redo_count: count(self.history.redo_count()),
            ..edited_view(&self.plan, &self.editing())
        }
    }

    /// What changed about [`Prepared::view`] since it was told, or since this was last asked.
    pub fn change(&mut self) -> PlanChange {
        let after = self.view();
        let change = plan_change(&self.told, after.clone());
        self.told = after;
        change
    }

    /// What is known of a photo, and from where; `None` for what is no photo of the plan.
    pub fn photo_facts(&self, photo_id: u64) -> Option<PhotoFacts> {
        photo_facts(&self.plan, &self.editing(), photo_id)
    }

    /// The uploads that the plan asks for.
    ///
    /// # Errors
    /// As [`plan_uploads`].
    pub fn uploads(&self, destination: &Destination) -> Result<Vec<NewUpload>, CoreError> {
        plan_uploads(&self.plan, destination, self.history.edits())
    }
}
