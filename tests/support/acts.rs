//! What a person does in the window beside clicking: keys, choices, and reading what the Upload button says.

use serde_json::json;

use crate::process::wait_for;
use crate::webdriver::Window;

/// Presses a key, with Ctrl and Shift where they are wanted.
pub fn press(window: &Window, key: &str, control: bool, shift: bool) {
    let script = format!(
        "document.body.dispatchEvent(new KeyboardEvent('keydown', {{ key: '{key}', ctrlKey: {control}, \
         shiftKey: {shift}, bubbles: true, cancelable: true }})); return true"
    );
    window.run(&script);
}

/// Gives a field or a choice a value once it is there, as a person does who leaves it afterwards.
pub fn fill(window: &Window, selector: &str, value: &str) {
    let script = format!(
        "const field = document.querySelector('{selector}'); if (!field) return false; field.focus(); \
         field.value = '{value}'; field.dispatchEvent(new Event('input', {{ bubbles: true }})); \
         field.dispatchEvent(new Event('change', {{ bubbles: true }})); return true"
    );
    wait_for(selector, || (window.run(&script) == json!(true)).then_some(()));
}

/// Waits until the Upload button says so many photos.
pub fn wait_for_plan_of(window: &Window, photos: u32) {
    let photos = photos.to_string();
    wait_for(&format!("the upload button to say {photos}"), || {
        let text = window.run("return document.querySelector('[data-testid=upload-button]')?.innerText ?? ''");
        text.as_str()?
            .split(|letter: char| !letter.is_ascii_digit())
            .any(|number| number == photos)
            .then_some(())
    });
}
