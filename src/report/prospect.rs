//! What a plan says of an import: its requests by each strategy, and how long they take. Pure.

use std::time::Duration;

use serde_json::{Value, json};

use super::human::{count, duration, plural};
use crate::transfer::{LookupPolicy, Prospect, Strategy, Tally, Traffic};

/// Says what an import would do, in some lines.
pub(super) fn text(prospect: &Prospect, traffic: &Traffic) -> String {
    let mut text = fields(prospect);
    if prospect.unseen > 0 {
        let rows = plural(prospect.unseen, "row");
        text += &format!("not compared: {rows} of known users whom the index does not show\n");
    }
    if prospect.unasked > 0 {
        let rows = plural(prospect.unasked, "row");
        text += &format!("not looked up: {rows}; nobody can tell without writing\n");
    }
    let strategy = prospect.strategy();
    let cost = prospect.workload.cost(strategy).unwrap_or_default();
    if whole(cost.requests()) == 0 {
        return text + "requests: none\n";
    }
    let looks = match strategy {
        Strategy::Create => String::new(),
        Strategy::Find => {
            let searches = whole(cost.looks);
            let noun = if searches == 1 { "search" } else { "searches" };
            format!("{} {noun} of {} users, ", count(searches), prospect.workload.batch)
        }
        Strategy::List => format!("{}, ", plural(whole(cost.looks), "page")),
    };
    text += &format!(
        "requests: about {} by {strategy}, {}: {looks}{} to create, {} to update{}\n",
        count(whole(cost.requests())),
        why(prospect),
        count(whole(cost.sends)),
        count(whole(cost.updates)),
        time(whole(cost.requests()), traffic).map(|time| format!("; {time}")).unwrap_or_default(),
    );
    let others = Strategy::ALL.map(|strategy| match prospect.requests(strategy) {
        Some(requests) => format!("{strategy} {}", count(requests)),
        None => format!("{strategy} unknown"),
    });
    text += &format!("  by each way: {}\n", others.join(", "));
    text
}

fn fields(prospect: &Prospect) -> String {
    let mut fields: Vec<_> = prospect.fields.iter().collect();
    fields.sort_by_key(|(field, n)| (std::cmp::Reverse(**n), (*field).clone()));
    let words: Vec<String> = fields.iter().map(|(field, n)| format!("{field} {}", count(**n))).collect();
    if words.is_empty() { String::new() } else { format!("fields that change: {}\n", words.join(", ")) }
}

fn why(prospect: &Prospect) -> String {
    let Prospect { workload, lookup, .. } = prospect;
    if let LookupPolicy::Always(strategy) = lookup {
        return format!("as --lookup {strategy} says");
    }
    if workload.unknown == 0 {
        return "for the ledger knows every user".into();
    }
    let there = (workload.unknown as f64 * workload.existing).round() as u64;
    let mut why = format!("for {} of {} exist", count(there), plural(workload.unknown, "unknown user"));
    if let Some(contacts) = workload.contacts {
        why += &format!(" in a workspace of {}", count(contacts));
    }
    why
}

/// Says how long requests take at the quota that the server grants; `None` if it has not told.
fn time(requests: u64, traffic: &Traffic) -> Option<String> {
    let per_minute = per_minute(traffic)?;
    let time = Duration::from_secs_f64(requests as f64 * 60.0 / per_minute as f64);
    Some(format!("{} at {} requests a minute", duration(time), count(per_minute)))
}

/// The quota is told by windows of ten seconds.
fn per_minute(traffic: &Traffic) -> Option<u64> {
    traffic.quota.limit.map(|limit| u64::from(limit) * 6).filter(|per_minute| *per_minute > 0)
}

fn whole(requests: f64) -> u64 {
    requests.round() as u64
}

/// Returns the same for scripts. `tally` are the rows by what would become of them.
pub(super) fn json(prospect: &Prospect, tally: &Tally, traffic: &Traffic) -> Value {
    let strategy = prospect.strategy();
    let cost = prospect.workload.cost(strategy).unwrap_or_default();
    let (requests, per_minute) = (whole(cost.requests()), per_minute(traffic));
    let fields: serde_json::Map<String, Value> =
        prospect.fields.iter().map(|(field, n)| (field.to_string(), (*n).into())).collect();
    let strategies: serde_json::Map<String, Value> =
        Strategy::ALL.iter().map(|it| (it.name().into(), prospect.requests(*it).into())).collect();
    json!({
        "lookup": prospect.lookup.name(),
        "strategy": strategy.name(),
        "cheapest": prospect.advice().unwrap_or(strategy).name(),
        "why": why(prospect),
        "requests": requests,
        "requests_by_kind": {
            "look_up": whole(cost.looks), "create": whole(cost.sends), "update": whole(cost.updates),
        },
        "requests_by_strategy": strategies,
        "requests_per_minute": per_minute,
        "seconds": per_minute.map(|per_minute| requests as f64 * 60.0 / per_minute as f64),
        "rows": { "create": tally.created, "update": tally.updated, "unchanged": tally.unchanged },
        "fields": fields,
        "contacts": prospect.workload.contacts,
        "not_compared": prospect.unseen,
        "not_looked_up": prospect.unasked,
    })
}
