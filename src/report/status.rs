//! The words of a progress line, the same for every face. Pure.

use std::time::Duration;

use super::human::{count, duration, percent};
use crate::transfer::{Exported, Snapshot, Tally, Total, Traffic};

/// What a progress line says of an import, in order of importance.
pub(super) struct Status {
    /// `41,230/100,000 rows  41%  created 118  …  6,640 rows/min`
    pub(super) rows: Vec<String>,
    /// `quota 97% (others 12%)  in flight 38  p50 212 ms  limited by: quota  ETA 8m51s`
    pub(super) traffic: Vec<String>,
    /// Done and all, where all is known.
    pub(super) progress: Option<(u64, u64)>,
}

/// What an import looks like now.
pub(super) fn of_import(snapshot: &Snapshot) -> Status {
    let tally = &snapshot.tally;
    let done = tally.ended();
    let total = snapshot.total.map(|total| match total {
        Total::Exact(rows) => (rows, ""),
        Total::About(rows) => (rows.max(done), "~"),
    });
    if let Some(counted) = snapshot.counting {
        return of_first_reading(counted, total.map_or(counted, |(total, _)| total));
    }
    let mut rows = Vec::new();
    if snapshot.is_stopping {
        rows.push("stopping".to_owned());
    }
    rows.extend(paused(&snapshot.traffic));
    match total {
        Some((total, mark)) => {
            rows.push(format!("{}/{mark}{} rows", count(done), count(total)));
            rows.push(percent(done, total));
        }
        None => rows.push(format!("{} rows", count(done))),
    }
    rows.extend(outcomes(tally).map(|(name, n)| format!("{name} {}", count(n))));
    rows.push(format!("{} rows/min", count(per_minute(done, snapshot.elapsed))));
    let mut traffic = traffic_words(&snapshot.traffic, snapshot.elapsed);
    if let Some(left) = total.and_then(|(total, _)| time_left(done, total, snapshot.elapsed)) {
        traffic.push(format!("ETA {}", duration(left)));
    }
    Status { rows, traffic, progress: total.map(|(total, _)| (done, total)) }
}

/// What an import looks like before the first row is on its way.
fn of_first_reading(counted: u64, about: u64) -> Status {
    let rows = vec![format!("reading {}/~{} rows", count(counted), count(about)), percent(counted, about)];
    Status { rows, traffic: Vec::new(), progress: Some((counted, about)) }
}

/// What an export looks like now.
pub(super) fn of_export(exported: &Exported) -> Status {
    let (seen, total) = (exported.seen, exported.server_total.max(exported.seen));
    // What was here before took no time of this run.
    let (new, all_new) = (seen - exported.resumed, total - exported.resumed);
    let mut rows: Vec<String> = paused(&exported.traffic).into_iter().collect();
    rows.extend(exported.waiting.map(|left| format!("waits {} for another scroll to end", duration(left))));
    rows.extend([
        format!("{}/{} contacts", count(seen), count(total)),
        percent(seen, total),
        format!("written {}", count(exported.written)),
        format!("{} contacts/min", count(per_minute(new, exported.elapsed))),
    ]);
    let mut traffic = traffic_words(&exported.traffic, exported.elapsed);
    if let Some(left) = time_left(new, all_new, exported.elapsed) {
        traffic.push(format!("ETA {}", duration(left)));
    }
    Status { rows, traffic, progress: Some((seen, total)) }
}

/// Returns the outcomes to show: the good ones always, the others when there are any.
pub(super) fn outcomes(tally: &Tally) -> impl Iterator<Item = (&'static str, u64)> {
    let always = [("created", tally.created), ("updated", tally.updated), ("unchanged", tally.unchanged)];
    let if_any = [
        ("invalid", tally.invalid),
        ("rejected", tally.rejected),
        ("unknown", tally.unknown),
        ("pending", tally.pending),
    ];
    always.into_iter().chain(if_any.into_iter().filter(|(_, n)| *n > 0))
}

/// Says that everybody waits for the server to come back: `paused: no answer for 35s`.
fn paused(traffic: &Traffic) -> Option<String> {
    traffic.paused.map(|lasting| format!("paused: no answer for {}", duration(lasting)))
}

fn traffic_words(traffic: &Traffic, elapsed: Duration) -> Vec<String> {
    let mut words = Vec::new();
    if let Some(limit) = traffic.quota.limit {
        let of_limit = |n: u32| percent(n.into(), limit.into());
        let others = match traffic.quota.others {
            0 => String::new(),
            others => format!(" (others {})", of_limit(others)),
        };
        words.push(format!("quota {}{others}", of_limit(traffic.quota.used)));
    }
    words.push(format!("in flight {}", count(traffic.in_flight.into())));
    words.push(format!("p50 {} ms", traffic.latency.p50.as_millis()));
    if traffic.throttled > 0 {
        words.push(format!("throttled {}", count(traffic.throttled)));
    }
    words.push(format!("limited by: {}", limited_by(traffic, elapsed)));
    words
}

/// Names what the speed hangs on: the quota, if it was waited for most of the time; else the requests that may be in
/// flight, if they are; else how fast the server answers.
fn limited_by(traffic: &Traffic, elapsed: Duration) -> &'static str {
    if traffic.waited > elapsed / 2 {
        "quota"
    } else if 0 < traffic.concurrency && traffic.concurrency <= traffic.in_flight {
        "concurrency"
    } else {
        "server"
    }
}

pub(super) fn per_minute(n: u64, elapsed: Duration) -> u64 {
    let milliseconds = elapsed.as_millis().max(1);
    u64::try_from(u128::from(n) * 60_000 / milliseconds).unwrap_or(u64::MAX)
}

fn time_left(done: u64, total: u64, elapsed: Duration) -> Option<Duration> {
    let left = total.checked_sub(done).filter(|left| *left > 0 && done > 0)?;
    Some(elapsed.mul_f64(left as f64 / done as f64))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_export_that_goes_on_is_as_fast_as_its_own_pages() {
        let exported = Exported {
            elapsed: Duration::from_secs(60),
            seen: 3_000,
            resumed: 2_000,
            written: 2_900,
            server_total: 4_000,
            waiting: Some(Duration::from_secs(59)),
            ..Exported::default()
        };
        let status = of_export(&exported);
        assert_eq!(
            "waits 59s for another scroll to end  3,000/4,000 contacts  75%  written 2,900  1,000 contacts/min",
            status.rows.join("  ")
        );
        assert_eq!(Some("ETA 1m00s"), status.traffic.last().map(String::as_str));
    }

    #[test]
    fn an_import_shows_rows_outcomes_rate_and_time_left() {
        let snapshot = Snapshot {
            elapsed: Duration::from_secs(60),
            tally: Tally {
                read: 1_010,
                created: 600,
                updated: 300,
                unchanged: 95,
                rejected: 5,
                ..Tally::default()
            },
            total: Some(Total::About(4_000)),
            counting: None,
            is_stopping: false,
            lookup: None,
            prospect: None,
            traffic: Traffic {
                in_flight: 10,
                waited: Duration::from_secs(50),
                quota: crate::transfer::QuotaUse {
                    limit: Some(1_666),
                    used: 1_620,
                    others: 200,
                    ..Default::default()
                },
                ..Traffic::default()
            },
        };
        let paused = Traffic { paused: Some(Duration::from_secs(35)), ..Traffic::default() };
        let status = of_import(&Snapshot { traffic: paused, ..snapshot.clone() });
        assert_eq!("paused: no answer for 35s", status.rows[0]);
        let status = of_import(&snapshot);
        assert_eq!(
            "1,000/~4,000 rows  25%  created 600  updated 300  unchanged 95  rejected 5  1,000 rows/min",
            status.rows.join("  ")
        );
        assert_eq!(
            "quota 97% (others 12%)  in flight 10  p50 0 ms  limited by: quota  ETA 3m00s",
            status.traffic.join("  ")
        );
    }

    #[test]
    fn what_the_speed_hangs_on_is_named() {
        let check = |waited, in_flight, expected| {
            let waited = Duration::from_secs(waited);
            let traffic = Traffic { waited, in_flight, concurrency: 128, ..Traffic::default() };
            assert_eq!(expected, limited_by(&traffic, Duration::from_secs(60)));
        };
        check(31, 128, "quota");
        check(29, 128, "concurrency");
        check(29, 127, "server");
    }

    #[test]
    fn the_first_reading_shows_how_far_it_is() {
        let snapshot =
            Snapshot { counting: Some(1_024), total: Some(Total::About(4_000)), ..Snapshot::default() };
        assert_eq!("reading 1,024/~4,000 rows  25%", of_import(&snapshot).rows.join("  "));
    }
}
