//! What a reload did, for every surface that tells of it.

use std::sync::Arc;

use serde::Serialize;
use serde_json::Value;

use super::state::Refused;

/// What one reload did.
#[derive(Serialize)]
pub struct Report {
    /// The generation that serves after it.
    pub generation: u64,
    /// When it was done, RFC 3339.
    pub at: String,
    /// What asked for it.
    pub trigger: Trigger,
    /// What came of it.
    pub outcome: Outcome,
    /// What is wrong with the directory itself; then nothing was changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// Every file concerned, by path.
    pub handbooks: Vec<HandbookReport>,
    #[serde(skip)]
    pub(super) refused: Vec<Arc<Refused>>,
    /// Why calendars could not be read, whether or not a handbook asks for them.
    #[serde(skip)]
    pub(super) unread_calendars: Vec<String>,
}

/// What a reload did with one file, and so with one edition of a handbook.
#[derive(Serialize)]
pub struct HandbookReport {
    /// The handbook's id, as far as the text says.
    pub id: Option<String>,
    /// The file.
    pub path: String,
    /// What became of it.
    pub outcome: Fate,
    /// The edition that serves from it now, or in its place.
    pub edition: Option<String>,
    /// And its digest.
    pub digest: Option<String>,
    /// What was found in the file: why it was refused, or its warnings.
    pub diagnostics: Vec<Value>,
}

/// What asks for a reload.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Trigger {
    /// The server starts.
    Start,
    /// The system said that a file changed.
    Watch,
    /// Looking from time to time found a change.
    Poll,
    /// SIGHUP.
    Signal,
    /// `POST /v1/reload`.
    Request,
}

impl Trigger {
    /// Its word in JSON and in the log.
    pub fn word(self) -> &'static str {
        match self {
            Trigger::Start => "start",
            Trigger::Watch => "watch",
            Trigger::Poll => "poll",
            Trigger::Signal => "signal",
            Trigger::Request => "request",
        }
    }
}

/// What came of a reload as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// A new set serves, and it is all that the directory holds.
    Swapped,
    /// The directory says what serves already.
    Unchanged,
    /// A new set serves, and something was refused.
    Partial,
    /// Something was refused, and nothing else had changed.
    Refused,
}

impl Outcome {
    /// Its word in JSON and in metrics.
    pub fn word(self) -> &'static str {
        match self {
            Outcome::Swapped => "swapped",
            Outcome::Unchanged => "unchanged",
            Outcome::Partial => "partial",
            Outcome::Refused => "refused",
        }
    }
}

/// What became of one file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Fate {
    /// It was not there before.
    New,
    /// Its text changed.
    Replaced,
    /// Its text is what serves.
    Unchanged,
    /// It was refused, and its text is again what serves.
    Restored,
    /// It does not compile; its last good edition, if any, goes on.
    Refused,
    /// Its file is gone, and it serves no longer, if it ever did.
    Removed,
}

impl Fate {
    /// Whether the set that serves is another one for it.
    pub(super) fn is_change(self) -> bool {
        matches!(self, Fate::New | Fate::Replaced | Fate::Restored | Fate::Removed)
    }
}
