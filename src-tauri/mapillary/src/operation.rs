//! Names the calls this crate makes, so that an error can say during which one it happened.

use std::fmt;

/// One kind of call to the service.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Operation {
    /// `GET /me`: whose token is this.
    Me,
    /// `GET /{organization id}`.
    Organization,
    /// `POST /login` with e-mail address and password.
    Login,
    /// `GET` of an upload session: how many bytes the server holds.
    UploadOffset,
    /// `POST` to an upload session: the bytes themselves.
    UploadSend,
    /// `POST /finish_upload`.
    FinishUpload,
    /// `GET /graphql`: one page of the activity feed.
    Feed,
    /// `GET /images`.
    ImageSearch,
    /// `GET /image_ids`.
    ImageIds,
    /// `GET /?ids=`.
    ImagesById,
    /// `GET` of a picture behind a signed link.
    Picture,
    /// `POST` of a record to an address of the person's.
    HandOver,
    /// `GET /{user id}`.
    User,
    /// `GET /{id}/detections`.
    Detections,
    /// `GET /detections`.
    DetectionSearch,
    /// `GET /{map feature id}`.
    MapFeature,
    /// `GET /map_features`.
    MapFeatureSearch,
    /// `GET` of a vector tile.
    Tile,
    /// `GET /graphql`: what the web app shows about an account.
    UserStats,
    /// `GET /graphql`: sequences that are not on the map yet.
    NewSequences,
    /// A question about the service itself.
    Probe,
    /// `POST /token` with a code: the end of the sign-in.
    TokenExchange,
    /// `POST /token` with the current token: its renewal.
    TokenRefresh,
}

impl Operation {
    /// Whether the call only reads what is published: it can wait when requests get scarce.
    pub(crate) fn can_wait(self) -> bool {
        !matches!(
            self,
            Self::Me
                | Self::Login
                | Self::UploadOffset
                | Self::UploadSend
                | Self::FinishUpload
                | Self::Picture
                | Self::HandOver
                | Self::TokenExchange
                | Self::TokenRefresh
        )
    }

    /// What was being done, as the second half of "the connection failed while …".
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Me => "asking whose token this is",
            Self::Organization => "asking for the organization",
            Self::Login => "signing in with e-mail address and password",
            Self::UploadOffset => "asking how much of the upload has arrived",
            Self::UploadSend => "sending the upload",
            Self::FinishUpload => "finishing the upload",
            Self::Feed => "reading the activity feed",
            Self::ImageSearch => "searching images",
            Self::ImageIds => "listing the images of a sequence",
            Self::ImagesById => "reading images by their ids",
            Self::Picture => "downloading a picture",
            Self::HandOver => "handing the record over",
            Self::User => "asking for the account",
            Self::Detections => "reading what was recognised",
            Self::DetectionSearch => "searching what was recognised",
            Self::MapFeature => "reading a thing on the map",
            Self::MapFeatureSearch => "searching things on the map",
            Self::Tile => "reading a map tile",
            Self::UserStats => "asking what an account holds",
            Self::NewSequences => "asking for sequences that are not on the map yet",
            Self::Probe => "asking how the service behaves",
            Self::TokenExchange => "completing the sign-in",
            Self::TokenRefresh => "renewing the sign-in",
        }
    }
}

impl fmt::Display for Operation {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}
