//! How large the window draws everything: the steps of the web browsers, so that fingers know them.

use waypost_wire::ZoomChange;

/// Percent, from small to large.
const STEPS: [u16; 11] = [50, 67, 80, 90, 100, 110, 125, 150, 175, 200, 250];
/// As designed, percent.
pub const NORMAL_PERCENT: u16 = 100;

/// The percentage after a change. One that is no step goes to the next step in that direction.
pub fn zoomed(percent: u16, change: ZoomChange) -> u16 {
    let next = match change {
        ZoomChange::In => STEPS.into_iter().find(|step| *step > percent),
        ZoomChange::Out => STEPS.into_iter().rev().find(|step| *step < percent),
        ZoomChange::Reset => Some(NORMAL_PERCENT),
    };
    next.unwrap_or_else(|| in_range(percent))
}

/// The nearest percentage that can be shown, for a settings file that says anything.
pub fn in_range(percent: u16) -> u16 {
    percent.clamp(50, 250)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zoom_goes_step_by_step_to_its_ends_and_back() {
        let mut percent = NORMAL_PERCENT;
        for wanted in [110, 125, 150, 175, 200, 250, 250] {
            percent = zoomed(percent, ZoomChange::In);
            assert_eq!(percent, wanted);
        }
        for wanted in [200, 175, 150, 125, 110, 100, 90, 80, 67, 50, 50] {
            percent = zoomed(percent, ZoomChange::Out);
            assert_eq!(percent, wanted);
        }
        assert_eq!(zoomed(percent, ZoomChange::Reset), 100);
        assert_eq!(zoomed(103, ZoomChange::In), 110);
        assert_eq!(zoomed(9_999, ZoomChange::In), 250);
        assert_eq!(in_range(0), 50);
    }
}
