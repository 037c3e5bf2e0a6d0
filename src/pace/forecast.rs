//! What others will use of a window, from what they used of those before: a moving average. Pure.

use std::time::Duration;

use super::rate::WINDOW;

/// How much the newest window weighs: a change is believed by two thirds after three windows.
const WEIGHT: f64 = 0.3;

/// The use of others, in requests a window.
#[derive(Debug, Default)]
pub(super) struct Forecast {
    average: Option<f64>,
}

impl Forecast {
    /// Hears what others used of a window that is over.
    pub(super) fn hear(&mut self, others: f64) {
        self.average = Some(self.with(others));
    }

    /// Returns what others will use in so long a part of a window, if they used `newest` of the one before.
    pub(super) fn of(&self, left: Duration, newest: Option<f64>) -> f64 {
        let average = newest.map_or(self.average, |newest| Some(self.with(newest)));
        average.unwrap_or(0.0) * left.as_secs_f64() / WINDOW.as_secs_f64()
    }

    fn with(&self, others: f64) -> f64 {
        self.average.map_or(others, |average| average + WEIGHT * (others - average))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(windows: &[u32], left_seconds: u64, expected: f64) {
        let mut forecast = Forecast::default();
        windows.iter().for_each(|others| forecast.hear(f64::from(*others)));
        let actual = forecast.of(Duration::from_secs(left_seconds), None);
        assert!((expected - actual).abs() < 0.01, "{actual}");
    }

    #[test]
    fn others_will_do_what_they_did() {
        check(&[], 10, 0.0);
        check(&[50], 10, 50.0);
        check(&[50, 50, 50], 5, 25.0);
        check(&[0, 100], 10, 30.0);
        check(&[0, 100, 100, 100], 10, 65.7);
    }
}
