//! Scripted trouble does what it says, where it says, as often as it says.

use reqwest::Method;
use serde_json::{Value, json};
use waypost_sandbox::{CannedAnswer, Endpoint, Fault, FaultAction, Garbage, Outcome, Snapshot};

use crate::support::{Practice, json_of, key_of, photos, zip_bytes};

async fn me(practice: &Practice) -> Result<(u16, Value), reqwest::Error> {
    let url = practice.graph("/me?fields=username");
    let response = practice.request(Method::GET, &url).send().await?;
    let (status, body) = json_of(response).await;
    Ok((status.as_u16(), body))
}

#[tokio::test]
async fn a_cut_line_keeps_exactly_the_bytes_before_the_cut() {
    let practice = Practice::start().await;
    let bytes = vec![7_u8; 300_000];
    let length = bytes.len() as u64;
    for cut in [0, 1, 65_535, 299_999, 300_000, 999_999] {
        let key = format!("uuid_{cut}.zip");
        let fault = Fault::drop_after(Endpoint::UploadSend, cut).on_path(&key);
        practice.sandbox.faults().push(fault);
        let sent = practice.send_request(&key, 0).body(bytes.clone()).send().await;
        assert!(sent.is_err(), "an answer came although the line was cut");
        let kept = cut.min(length);
        assert_eq!(practice.offset(&key).await, kept);
        let rest = usize::try_from(kept).unwrap();
        let (status, body) = practice.send(&key, kept, &bytes[rest..]).await;
        assert_eq!(status, 200, "{body}");
        assert_eq!(practice.offset(&key).await, length);
    }
    practice.assert_no_violations();
}

#[tokio::test]
async fn any_series_of_cuts_and_forgotten_sessions_ends_with_the_promised_bytes() {
    let practice = Practice::start().await;
    // A fixed series that looks like chance: multiplicative congruential, modulus 2^31-1.
    let mut state = 20_261_120_u64;
    let mut chance = move |limit: u64| {
        state = state * 48_271 % 2_147_483_647;
        state % limit
    };
    for scenario in 0..25_u64 {
        let length = 1 + chance(200_000);
        let bytes: Vec<u8> = (0..length)
            .map(|index| ((index * 31 + scenario) % 251).to_le_bytes()[0])
            .collect();
        let key = key_of(&bytes, "zip");
        for _ in 0..chance(6) {
            let fault = match chance(3) {
                0 => Fault::forget_session(Endpoint::UploadOffset),
                1 => Fault::lose_answer(Endpoint::UploadSend),
                _ => Fault::drop_after(Endpoint::UploadSend, chance(length + 10)),
            };
            practice.sandbox.faults().push(fault);
        }
        let handle = loop {
            let offset = practice.offset(&key).await;
            let rest = bytes[usize::try_from(offset).unwrap()..].to_vec();
            if let Ok(response) = practice.send_request(&key, offset).body(rest).send().await {
                let (status, body) = json_of(response).await;
                assert_eq!(status, 200, "scenario {scenario}: {body}");
                break body["h"].clone();
            }
        };
        assert!(handle.is_string());
        practice.sandbox.faults().clear();
        assert_eq!(practice.offset(&key).await, length);
    }
    practice.assert_no_violations();
}

#[tokio::test]
async fn a_fault_strikes_the_nth_request_as_often_as_asked() {
    let practice = Practice::start().await;
    let fault = Fault::answer(Endpoint::Me, 503, "busy").nth(2).times(2);
    practice.sandbox.faults().push(fault);
    let mut seen = Vec::new();
    for _ in 0..5 {
        seen.push(me(&practice).await.unwrap().0);
    }
    assert_eq!(seen, [200, 503, 503, 200, 200]);
    assert!(practice.sandbox.faults().waiting().is_empty());

    practice
        .sandbox
        .faults()
        .push(Fault::answer(Endpoint::Any, 500, "").always());
    assert_eq!(me(&practice).await.unwrap().0, 500);
    assert_eq!(me(&practice).await.unwrap().0, 500);
    practice.sandbox.faults().clear();
    assert_eq!(me(&practice).await.unwrap().0, 200);
}

#[tokio::test]
async fn a_canned_answer_comes_with_its_headers_and_nothing_is_done() {
    let practice = Practice::start().await;
    practice.sandbox.faults().push(Fault::new(
        Endpoint::UploadSend,
        FaultAction::Answer(CannedAnswer {
            status: 503,
            headers: vec![("Retry-After".to_owned(), "2".to_owned())],
            body: "later".to_owned(),
        }),
    ));
    let response = practice
        .send_request("uuid_1.zip", 0)
        .body(vec![1_u8; 5_000_000])
        .send()
        .await
        .unwrap();
    assert_eq!(response.status(), 503);
    assert_eq!(response.headers()["retry-after"], "2");
    assert_eq!(response.text().await.unwrap(), "later");
    assert_eq!(practice.offset("uuid_1.zip").await, 0);
}

#[tokio::test]
async fn a_lost_answer_leaves_the_work_done() {
    let practice = Practice::start().await;
    let bytes = zip_bytes(&photos(1));
    let handle = practice.handle(&key_of(&bytes, "zip"), &bytes).await;
    practice
        .sandbox
        .faults()
        .push(Fault::lose_answer(Endpoint::FinishUpload));
    let finish = practice
        .request(Method::POST, &practice.graph("/finish_upload"))
        .json(&json!({ "file_handle": handle, "file_type": "zip" }))
        .send()
        .await;
    assert!(finish.is_err());
    let snapshot = practice.snapshot();
    assert_eq!(snapshot.clusters.len(), 1);
    let finish = snapshot.requests_to("POST", "/graph/finish_upload").next().unwrap();
    assert_eq!(finish.status, None);
    assert_eq!(finish.fault.as_deref(), Some("lose_answer"));
}

#[tokio::test]
async fn an_error_after_the_commit_leaves_the_work_done() {
    let practice = Practice::start().await;
    let bytes = zip_bytes(&photos(1));
    let handle = practice.handle(&key_of(&bytes, "zip"), &bytes).await;
    let fault = Fault::answer_after_commit(Endpoint::FinishUpload, 500, "oops");
    practice.sandbox.faults().push(fault);
    let (status, body) = practice.finish(&handle, "zip").await;
    assert_eq!((status.as_u16(), body), (500, json!("oops")));
    assert_eq!(practice.snapshot().clusters.len(), 1);
}

#[tokio::test]
async fn a_forgotten_session_stands_at_zero_again() {
    let practice = Practice::start().await;
    let bytes = vec![3_u8; 1_000];
    let key = key_of(&bytes, "zip");
    let first = practice.handle(&key, &bytes).await;
    practice
        .sandbox
        .faults()
        .push(Fault::forget_session(Endpoint::UploadOffset));
    assert_eq!(practice.offset(&key).await, 0);
    let (status, body) = practice.finish(&first, "zip").await;
    assert_eq!(status, 400);
    let message = body["error"]["message"].as_str().unwrap();
    assert!(message.contains("expired"), "{message}");
    assert_eq!(practice.handle(&key, &bytes).await, first);
    practice.assert_no_violations();
}

#[tokio::test]
async fn forgetting_a_session_in_the_middle_of_sending_is_a_wrong_offset() {
    let practice = Practice::start().await;
    let fault = Fault::drop_after(Endpoint::UploadSend, 500);
    practice.sandbox.faults().push(fault);
    let request = practice.send_request("uuid_1.zip", 0).body(vec![1_u8; 1_000]);
    assert!(request.send().await.is_err());
    practice
        .sandbox
        .faults()
        .push(Fault::forget_session(Endpoint::UploadSend));
    let (status, _) = practice.send("uuid_1.zip", 500, &[1; 500]).await;
    assert_eq!(status, 412);
    assert_eq!(practice.offset("uuid_1.zip").await, 0);
}

#[tokio::test]
async fn garbage_of_every_kind_is_sent_with_status_200() {
    let practice = Practice::start().await;
    let mut bodies = Vec::new();
    for garbage in Garbage::ALL {
        practice.sandbox.faults().push(Fault::garbage(Endpoint::Me, garbage));
        let url = practice.graph("/me");
        let response = practice.request(Method::GET, &url).send().await.unwrap();
        assert_eq!(response.status(), 200);
        bodies.push(response.bytes().await.unwrap());
    }
    let different: std::collections::HashSet<_> = bodies.iter().collect();
    assert_eq!(different.len(), 12);
}

#[tokio::test]
async fn a_redirect_points_elsewhere_and_does_nothing() {
    let practice = Practice::start().await;
    let target = "http://localhost:9/elsewhere";
    let fault = Fault::redirect(Endpoint::UploadSend, target);
    practice.sandbox.faults().push(fault);
    let response = practice.send_request("uuid_1.zip", 0).body("x").send().await.unwrap();
    assert_eq!(response.status(), 307);
    assert_eq!(response.headers()["location"], target);
    assert_eq!(practice.offset("uuid_1.zip").await, 0);
}

#[tokio::test]
async fn throttling_speaks_the_words_of_its_endpoint() {
    let practice = Practice::start().await;
    let faults = practice.sandbox.faults();
    faults.push(Fault::throttle(Endpoint::UploadSend, Some(3_000), Some("7".into())));
    let response = practice.send_request("uuid_1.zip", 0).body("x").send().await.unwrap();
    assert_eq!(response.headers()["retry-after"], "7");
    let (status, body) = json_of(response).await;
    assert_eq!(status, 429);
    assert_eq!(body["backoff"], 3_000);
    assert_eq!(body["debug_info"]["type"], "RequestRateLimitedError");
    assert_eq!(body["debug_info"]["retriable"], false);

    faults.push(Fault::throttle(Endpoint::Me, None, None));
    let (status, body) = me(&practice).await.unwrap();
    assert_eq!((status, &body["error"]["code"]), (400, &json!(4)));
}

#[tokio::test]
async fn a_delay_lasts_until_the_clock_has_moved() {
    let practice = Practice::start().await;
    practice.sandbox.faults().push(Fault::delay(Endpoint::Me, 60_000));
    let url = practice.graph("/me");
    let request = tokio::spawn(practice.request(Method::GET, &url).send());
    while practice.snapshot().requests_to("GET", "/graph/me").count() == 0 {
        tokio::task::yield_now().await;
    }
    practice.clock.advance_ms(59_999);
    // Other requests go their way meanwhile.
    assert_eq!(me(&practice).await.unwrap().0, 200);
    assert!(!request.is_finished());
    practice.clock.advance_ms(1);
    assert_eq!(request.await.unwrap().unwrap().status(), 200);
}

#[tokio::test]
async fn a_sandbox_with_a_request_that_waits_can_stop() {
    let practice = Practice::start().await;
    practice.sandbox.faults().push(Fault::delay(Endpoint::Me, 60_000));
    let url = practice.graph("/me");
    let request = tokio::spawn(practice.request(Method::GET, &url).send());
    while practice.snapshot().requests_to("GET", "/graph/me").count() == 0 {
        tokio::task::yield_now().await;
    }
    practice.sandbox.stop().await;
    assert!(request.await.unwrap().is_err());
}

#[tokio::test]
async fn another_process_can_script_and_watch() {
    let practice = Practice::start().await;
    let control = |path: &str| practice.sandbox.info().graph.replace("/graph", "/control/") + path;
    let post = async |path: &str, body: Value| {
        let response = practice.http.post(control(path)).json(&body).send().await.unwrap();
        json_of(response).await
    };
    let fault = Fault::drop_after(Endpoint::UploadSend, 10).nth(2);
    let (status, _) = post("faults", serde_json::to_value(&fault).unwrap()).await;
    assert_eq!(status, 200);
    let (status, body) = post(
        "faults",
        json!([
            { "endpoint": "me", "action": { "kind": "answer", "status": 503 } },
            { "endpoint": "finish_upload", "action": {
                "kind": "processing", "feed_fields": { "error_code": "X" } } },
        ]),
    )
    .await;
    assert_eq!((status.as_u16(), &body["added"]), (200, &json!(2)));
    let outcome = Outcome {
        feed_fields: [("error_code".to_owned(), "X".to_owned())].into(),
        ..Outcome::default()
    };
    let waiting = practice.sandbox.faults().waiting();
    assert_eq!(waiting[0], fault);
    assert_eq!(waiting[2], Fault::processing(outcome));
    assert_eq!(me(&practice).await.unwrap().0, 503);

    let (status, body) = post("faults", json!({ "endpoint": "me" })).await;
    assert_eq!(status, 400, "{body}");

    let state = practice.http.get(control("state")).send().await.unwrap();
    let state: Snapshot = state.json().await.unwrap();
    assert_eq!(state, practice.snapshot());

    practice.http.delete(control("faults")).send().await.unwrap();
    assert!(practice.sandbox.faults().waiting().is_empty());

    let (_, body) = post("clock", json!({ "advance_ms": 5_000 })).await;
    assert_eq!(body["now_ms"], crate::support::NOW_MS + 5_000);

    let (_, body) = post("expire_tokens", json!({})).await;
    assert_eq!(body["expired"], 1);
    assert_eq!(me(&practice).await.unwrap().0, 400);
    let (_, body) = post("revoke", json!({})).await;
    assert_eq!(body["revoked"], 1);
    assert_eq!(me(&practice).await.unwrap().0, 401);
}

#[tokio::test]
async fn a_page_of_another_origin_cannot_control() {
    let practice = Practice::start().await;
    let url = practice.sandbox.info().graph.replace("/graph", "/control/revoke");
    let response = practice
        .http
        .post(url)
        .header("Origin", "https://attacker.example")
        .send()
        .await
        .unwrap();
    assert_eq!(response.status(), 403);
    assert_eq!(me(&practice).await.unwrap().0, 200);
}
