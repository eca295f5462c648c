//! Images by what is known of them: the ids of a sequence, and the fields of given ids.

use reqwest::Method;
use serde_json::Value;

use crate::client::{Client, Token};
use crate::context::Context;
use crate::endpoints::join;
use crate::error::MapillaryError;
use crate::image::Image;
use crate::image_search::field_list;
use crate::json as read;
use crate::operation::Operation;
use crate::redact::Redactor;

/// Ids asked for in one request: what the service's own SDK allows.
pub const IDS_PER_REQUEST: usize = 50;

/// What came of a look-up.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ImageLookup {
    /// The images, in the order in which they were asked for.
    pub images: Vec<Image>,
    /// The ids without an image. They do not exist or may not be seen; the service does not say
    /// which, so this is no proof that an image was deleted.
    pub missing: Vec<String>,
}

impl Client {
    /// The ids of all images of a sequence, in the order they were captured.
    pub async fn image_ids(&self, token: &Token, sequence_key: &str) -> Result<Vec<String>, MapillaryError> {
        let mut url = join(&self.endpoints().graph, &["image_ids"])?;
        url.query_pairs_mut().append_pair("sequence_id", sequence_key);
        let context = Context::new(Operation::ImageIds, &url, Redactor::new(&[token]));
        let request = self.request(Method::GET, url, token)?;
        let reply = self.json(&context, request).await?;
        let rows = reply
            .get("data")
            .and_then(Value::as_array)
            .ok_or_else(|| context.missing("data"))?;
        Ok(rows
            .iter()
            .filter_map(|row| read::text(row.get("id")).or_else(|| read::text(Some(row))))
            .collect())
    }

    /// The images with these ids, filled with `fields`, in the order of `ids`; missing ones are
    /// left out. See [`Self::look_up_images`].
    pub async fn images_by_ids(
        &self,
        token: &Token,
        ids: &[String],
        fields: &[String],
    ) -> Result<Vec<Image>, MapillaryError> {
        Ok(self.look_up_images(token, ids, fields).await?.images)
    }

    /// The images with these ids, filled with `fields`, and the ids for which there was none.
    ///
    /// The ids go out in batches; one dead id makes the service refuse its whole batch, which is
    /// then halved until the id is found. A batch that is too heavy is halved as well.
    pub async fn look_up_images(
        &self,
        token: &Token,
        ids: &[String],
        fields: &[String],
    ) -> Result<ImageLookup, MapillaryError> {
        let mut found = ImageLookup::default();
        // The last batch is taken first, so they are piled up in reverse.
        let mut batches: Vec<&[String]> = ids.chunks(IDS_PER_REQUEST).rev().collect();
        while let Some(batch) = batches.pop() {
            let error = match self.image_batch(token, batch, fields).await {
                Ok(images) => {
                    for id in batch {
                        if !images.iter().any(|image| image.id == *id) {
                            found.missing.push(id.clone());
                        }
                    }
                    found.images.extend(images);
                    continue;
                }
                Err(error) => error,
            };
            let is_missing = matches!(&error, MapillaryError::Status { body, .. } if body.is_missing_object());
            let may_halve = is_missing || matches!(error, MapillaryError::QueryTooHeavy { .. });
            match batch {
                [id] if is_missing => found.missing.push(id.clone()),
                [_, _, ..] if may_halve => {
                    let (first, second) = batch.split_at(batch.len() / 2);
                    batches.extend([second, first]);
                }
                _ => return Err(error),
            }
        }
        Ok(found)
    }

    async fn image_batch(
        &self,
        token: &Token,
        ids: &[String],
        fields: &[String],
    ) -> Result<Vec<Image>, MapillaryError> {
        let mut url = join(&self.endpoints().graph, &[""])?;
        url.query_pairs_mut()
            .append_pair("ids", &ids.join(","))
            .append_pair("fields", &field_list(fields));
        let context = Context::new(Operation::ImagesById, &url, Redactor::new(&[token]));
        let request = self.request(Method::GET, url, token)?;
        let reply = self.json(&context, request).await?;
        Ok(ids.iter().filter_map(|id| Image::from_value(reply.get(id)?)).collect())
    }
}
