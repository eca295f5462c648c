//! What came of sending, between the one who sends and the one who reports.

use waypost_wire::UploadRow;

/// What came of a run.
#[derive(Debug, Default)]
pub struct Sent {
    /// The uploads at the end of the run.
    pub rows: Vec<UploadRow>,
    /// Photos that were sent before and left out.
    pub left_out: u64,
    /// Bytes that went out.
    pub bytes: u64,
    /// How long sending took, milliseconds.
    pub took_ms: u64,
    /// Whether the person stopped it.
    pub was_stopped: bool,
}
