//! Images by what is known of them: the ids of a sequence, and the fields of given ids.

use reqwest::Method;
use serde_json::Value;

use crate::client::{Client, Token};
use crate::endpoints::join;
use crate::error::MapillaryError;
use crate::http::Context;
use crate::image::Image;
use crate::image_search::field_list;
use crate::json as read;
use crate::operation::Operation;
use crate::redact::Redactor;

/// Ids asked for in one request: what the service's own SDK allows.
pub const IDS_PER_REQUEST: usize = 50;

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

    /// The images with these ids, filled with `fields`, in the order of `ids`.
    ///
    /// An id that is missing in the result does not exist or may not be seen; the service does not
    /// say which, so it is no proof that an image was deleted. The ids go out in batches; one dead
    /// id makes the service refuse its whole batch, which is then halved until the id is found.
    pub async fn images_by_ids(
        &self,
        token: &Token,
        ids: &[String],
        fields: &[String],
    ) -> Result<Vec<Image>, MapillaryError> {
        let mut images = Vec::new();
        // The last batch is taken first, so they are piled up in reverse.
        let mut batches: Vec<&[String]> = ids.chunks(IDS_PER_REQUEST).rev().collect();
        while let Some(batch) = batches.pop() {
            match self.image_batch(token, batch, fields).await {
                Ok(found) => images.extend(found),
                Err(MapillaryError::Status { body, .. }) if body.is_missing_object() => {
                    if batch.len() > 1 {
                        let (first, second) = batch.split_at(batch.len() / 2);
                        batches.extend([second, first]);
                    }
                }
                Err(error) => return Err(error),
            }
        }
        Ok(images)
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
