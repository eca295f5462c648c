//! The pages that links to the web app open in practice mode.

use crate::support::{Practice, photos};

#[tokio::test]
async fn the_viewer_shows_the_picture_and_says_that_it_is_practice() {
    let practice = Practice::with(|config| config.stage_ms = 0).await;
    practice.publish(&photos(2)).await;
    let id = practice.snapshot().clusters[0].images[0].id.clone();
    let root = practice.sandbox.info().graph.replace("/graph", "");
    let response = practice
        .http
        .get(format!("{root}/app/?pKey={id}&focus=photo"))
        .send()
        .await
        .unwrap();
    assert_eq!(response.status(), 200);
    let page = response.text().await.unwrap();
    assert!(page.contains("This is not Mapillary"));
    assert!(page.contains("G0010000.JPG"));
    assert!(page.contains("52.5000000, 13.4000000"));
    assert!(page.contains(">Next</a>"));
    let link = page.split("<img src=\"").nth(1).unwrap();
    let link = link[..link.find('"').unwrap()].replace("&amp;", "&");
    let picture = practice.http.get(link).send().await.unwrap();
    assert_eq!(picture.status(), 200);

    let list = practice.http.get(format!("{root}/app/user/maria"));
    let page = list.send().await.unwrap().text().await.unwrap();
    assert!(page.contains("/app/?pKey="));
}

#[tokio::test]
async fn an_image_that_is_not_there_is_said_without_echoing_markup() {
    let practice = Practice::start().await;
    let root = practice.sandbox.info().graph.replace("/graph", "");
    let response = practice
        .http
        .get(format!("{root}/app/?pKey=%3Cscript%3E"))
        .send()
        .await
        .unwrap();
    assert_eq!(response.status(), 404);
    let page = response.text().await.unwrap();
    assert!(page.contains("No such image") && !page.contains("<script>"));
}
