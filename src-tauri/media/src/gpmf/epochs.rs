//! Gives each point of a recording its moment, where the receiver named only some.
//!
//! GPS5 payloads carry the time of their first point. mapillary_tools 0.14.7 gives it to all
//! points of the payload, so that time stands still and then leaps. Here the points between two
//! named moments are spread between them in proportion to the video's time; where the next moment
//! is missing or does not follow, time goes on at the pace known from before.

/// The receiver corrects its clock when it finds satellites. An interval between two known
/// moments whose pace is this many times faster or slower than the recording's is such a leap and
/// not interpolated over. The largest regular deviation seen in recordings is a tenth.
const MAX_PACE_FACTOR: f64 = 1.8;

/// The fastest time-lapse: a frame a minute, shown at 30 a second. Anything faster is a leap.
const MAX_PACE: f64 = 1_800.0;

/// One point: when it is shown, and when it was measured, if that is known.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Moment {
    pub(super) video_ms: f64,
    pub(super) epoch_ms: Option<f64>,
}

/// Fills the gaps in `moments`, which are in the video's order. Nothing is filled where no moment
/// is known at all.
pub(super) fn fill(moments: &mut [Moment]) {
    let known: Vec<(usize, f64, f64)> = moments
        .iter()
        .enumerate()
        .filter_map(|(index, moment)| Some((index, moment.video_ms, moment.epoch_ms?)))
        .collect();
    let Some(&(first_index, first_video_ms, first_epoch_ms)) = known.first() else {
        return;
    };
    let paces: Vec<Option<f64>> = known.windows(2).map(pace).collect();
    let usual_pace = median(paces.iter().copied().flatten().collect()).unwrap_or(1.0);
    for moment in moments.iter_mut().take(first_index) {
        moment.epoch_ms = Some(first_epoch_ms + (moment.video_ms - first_video_ms) * usual_pace);
    }
    for (position, &(index, video_ms, epoch_ms)) in known.iter().enumerate() {
        let next = known.get(position.saturating_add(1));
        let pace = paces
            .get(position)
            .copied()
            .flatten()
            .filter(|pace| (1.0 / MAX_PACE_FACTOR..=MAX_PACE_FACTOR).contains(&(pace / usual_pace)))
            .unwrap_or(usual_pace);
        let until = next.map_or(moments.len(), |next| next.0);
        let between = moments.get_mut(index.saturating_add(1)..until);
        for moment in between.unwrap_or_default() {
            moment.epoch_ms = Some(epoch_ms + (moment.video_ms - video_ms) * pace);
        }
    }
}

/// Milliseconds of the world for each of the video between two known moments; `None` if the
/// second does not follow the first.
fn pace(pair: &[(usize, f64, f64)]) -> Option<f64> {
    let [(_, video_a, epoch_a), (_, video_b, epoch_b)] = *pair else {
        return None;
    };
    let (video_ms, epoch_ms) = (video_b - video_a, epoch_b - epoch_a);
    let pace = epoch_ms / video_ms;
    (video_ms > 0.0 && pace > 0.0 && pace <= MAX_PACE).then_some(pace)
}

/// The middle value, the lower of the two middle ones in an even number.
fn median(mut values: Vec<f64>) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    let middle = values.len().checked_sub(1)?.checked_div(2)?;
    values.get(middle).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled(moments: &[(f64, Option<f64>)]) -> Vec<Option<f64>> {
        let mut moments: Vec<Moment> = moments
            .iter()
            .map(|&(video_ms, epoch_ms)| Moment { video_ms, epoch_ms })
            .collect();
        fill(&mut moments);
        moments.iter().map(|moment| moment.epoch_ms).collect()
    }

    #[test]
    fn moments_between_two_payloads_are_spread_between_them() {
        assert_eq!(
            filled(&[
                (0.0, Some(5000.0)),
                (500.0, None),
                (1000.0, Some(5900.0)),
                (1500.0, None)
            ]),
            [Some(5000.0), Some(5450.0), Some(5900.0), Some(6350.0)]
        );
    }

    #[test]
    fn gaps_at_the_start_are_filled_backwards() {
        assert_eq!(
            filled(&[(0.0, None), (1000.0, Some(5000.0)), (2000.0, None)]),
            [Some(4000.0), Some(5000.0), Some(6000.0)]
        );
    }

    #[test]
    fn a_clock_that_leaps_is_not_interpolated_over() {
        assert_eq!(
            filled(&[(0.0, Some(5000.0)), (500.0, None), (1000.0, Some(9e9)), (1500.0, None)]),
            [Some(5000.0), Some(5500.0), Some(9e9), Some(9e9 + 500.0)]
        );
        assert_eq!(
            filled(&[(0.0, Some(5000.0)), (500.0, None), (1000.0, Some(100.0))])[1],
            Some(5500.0)
        );
    }

    #[test]
    fn a_small_leap_shows_by_the_usual_pace() {
        // As a MAX wrote it: the first payload's clock is 1.5 s late.
        assert_eq!(
            filled(&[
                (0.0, Some(5000.0)),
                (500.0, None),
                (1000.0, Some(7500.0)),
                (1500.0, None),
                (2000.0, Some(8500.0)),
                (3000.0, Some(9500.0))
            ])[..4],
            [Some(5000.0), Some(5500.0), Some(7500.0), Some(8000.0)]
        );
    }

    #[test]
    fn without_any_moment_nothing_is_invented() {
        assert_eq!(filled(&[(0.0, None), (500.0, None)]), [None, None]);
    }

    #[test]
    fn the_last_payload_of_a_time_lapse_goes_on_at_its_pace() {
        assert_eq!(
            filled(&[(0.0, Some(0.0)), (33.0, Some(495.0)), (66.0, None)])[2],
            Some(990.0)
        );
    }
}
