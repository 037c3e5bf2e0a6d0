//! The last lines of a run: counts that add up, files, and what to do next. Pure.

use std::path::Path;

use super::ErrorGroup;
use super::human::{count, duration, moment, percent, plural, shell_word};
use super::prospect;
use super::status::outcomes;
use crate::transfer::{BulkUse, ExportNotice, Exported, Snapshot, Strategy, Total, Traffic};

/// How many kinds of reasons the ending names; the files have them all.
const KINDS_SHOWN: usize = 10;

/// What the ending of an import or a check is made of.
pub struct Ending<'a> {
    /// The file, as the user named it.
    pub file: &'a str,
    /// The counts.
    pub end: &'a Snapshot,
    /// Why rows did not end well.
    pub errors: &'a [ErrorGroup],
    /// Where the rejects are.
    pub rejects: Option<&'a Path>,
    /// Where the report is.
    pub report: &'a Path,
    /// What to do next.
    pub next: &'a str,
}

impl Ending<'_> {
    /// Returns the ending of an import.
    #[must_use]
    pub fn of_import(&self) -> String {
        let tally = &self.end.tally;
        let counts: Vec<String> = outcomes(tally).map(|(name, n)| format!("{} {name}", count(n))).collect();
        let mut text = format!(
            "{}: {}{} in {}: {}\n{}\n",
            self.file,
            plural(tally.read, "row"),
            self.unread(),
            duration(self.end.elapsed),
            counts.join(", "),
            traffic(&self.end.traffic, self.end.elapsed),
        );
        text += &self.lookup();
        text += &bulk(&self.end.traffic.bulk);
        text += &self.superseded();
        text += &self.remarks();
        text += &self.files();
        text
    }

    /// Says how it was learnt which users exist, unless each row was just sent.
    fn lookup(&self) -> String {
        let Some(lookup) = &self.end.lookup else { return String::new() };
        let word = |strategy: &Strategy| match strategy {
            Strategy::Find if lookup.batch > 0 => format!("find ({} a request)", lookup.batch),
            Strategy::List => format!("list ({})", plural(lookup.pages, "page")),
            strategy => strategy.to_string(),
        };
        let mut text = match lookup.used.as_slice() {
            [] | [Strategy::Create] => String::new(),
            used => format!("lookup: {}\n", used.iter().map(word).collect::<Vec<_>>().join(", then ")),
        };
        if let Some(trouble) = &lookup.trouble {
            text += &format!("lookup: {trouble}\n");
        }
        text
    }

    /// Says what people want to know of rows that ended well.
    fn remarks(&self) -> String {
        let remarks = &self.end.tally.remarks;
        [
            ("left archived, as --archived skip says", remarks.archived_skipped),
            ("brought back from the archive", remarks.unarchived),
            ("merged before, written where they live on", remarks.merged),
            ("promoted from lead to user", remarks.promoted),
            ("session count or campaign fields that Intercom took and does not show", remarks.not_kept),
            ("read back, and as delivered", remarks.verified),
            ("read back, had changed in Intercom, and were written anew", remarks.drifted),
            ("leads that keep the external_id that Intercom gave them", remarks.external_id_kept),
        ]
        .into_iter()
        .filter(|(_, n)| *n > 0)
        .map(|(what, n)| format!("{what}: {}\n", plural(n, "contact")))
        .collect()
    }

    fn superseded(&self) -> String {
        match self.end.tally.remarks.superseded {
            0 => String::new(),
            n => format!("superseded by another row of the same user: {}\n", plural(n, "row")),
        }
    }

    /// Returns the ending of a check.
    #[must_use]
    pub fn of_check(&self) -> String {
        let tally = &self.end.tally;
        let mut text = format!(
            "{}: {} in {}: {} valid, {} invalid; nothing was sent\n",
            self.file,
            plural(tally.read, "row"),
            duration(self.end.elapsed),
            count(tally.pending),
            count(tally.invalid),
        );
        text += &self.superseded();
        text += &self.files();
        text
    }

    /// Returns the ending of a plan.
    #[must_use]
    pub fn of_plan(&self) -> String {
        let (tally, end) = (&self.end.tally, self.end);
        let counts = [
            (tally.created, "to create"),
            (tally.updated, "to update"),
            (tally.unchanged, "unchanged"),
            (tally.pending, "not looked up"),
            (tally.rejected, "to be rejected"),
            (tally.invalid, "invalid"),
        ];
        let always = 3;
        let words = counts.iter().enumerate().filter(|(at, (n, _))| *at < always || *n > 0);
        let words: Vec<String> = words.map(|(_, (n, word))| format!("{} {word}", count(*n))).collect();
        let rows = plural(tally.read, "row");
        let mut text =
            format!("{}: {rows}{}: {}; nothing was written\n", self.file, self.unread(), words.join(", "));
        if let Some(prospect) = &end.prospect {
            text += &prospect::text(prospect, &end.traffic);
        }
        text += &format!("this plan: {}\n", traffic(&end.traffic, end.elapsed));
        text += &self.superseded();
        text += &self.files();
        text
    }

    /// Says how many rows there are in all, where not all were read.
    fn unread(&self) -> String {
        match self.end.total {
            Some(Total::About(total)) if total > self.end.tally.read => format!(" of about {}", count(total)),
            Some(Total::Exact(total)) if total > self.end.tally.read => format!(" of {}", count(total)),
            _ => String::new(),
        }
    }

    fn files(&self) -> String {
        let mut text = String::new();
        if let Some(rejects) = self.rejects {
            text += &format!("rejects: {}\n", rejects.display());
            for group in self.errors.iter().take(KINDS_SHOWN) {
                text += &reason(group);
            }
            if let Some(more) = self.errors.len().checked_sub(KINDS_SHOWN).filter(|more| *more > 0) {
                text += &format!("  and {}\n", plural(more as u64, "more kind"));
            }
        }
        text += &format!("report: {}\nnext: {}\n", self.report.display(), self.next);
        text
    }
}

/// What the ending of an export is made of.
pub struct ExportEnding<'a> {
    /// The file, or `stdout`.
    pub file: &'a str,
    /// The counts.
    pub end: &'a Exported,
    /// Where the report is.
    pub report: &'a Path,
    /// What to do next.
    pub next: &'a str,
}

impl ExportEnding<'_> {
    /// Returns the ending of an export that is whole.
    #[must_use]
    pub fn text(&self) -> String {
        let end = self.end;
        let mut text = format!(
            "{}: {} in {}; {} seen, {} counted by the server\n{}\n",
            self.file,
            plural(end.written, "user"),
            duration(end.elapsed),
            plural(end.seen, "contact"),
            count(end.server_total),
            traffic(&end.traffic, end.elapsed),
        );
        if end.other_role > 0 {
            text += &format!("left out by role: {}\n", plural(end.other_role, "contact"));
        }
        if end.older > 0 {
            text += &format!("left out by --since: {}\n", plural(end.older, "contact"));
        }
        if end.changed_meanwhile > 0 {
            text += &format!(
                "created or updated during the export, and as they are now: {}\n",
                plural(end.changed_meanwhile, "contact")
            );
        }
        if end.duplicates_dropped > 0 {
            text += &format!("listed twice, written once: {}\n", plural(end.duplicates_dropped, "contact"));
        }
        for (name, n) in &end.unlisted_attributes {
            text += &format!(
                "left out: attribute `{name}` of {}, which the workspace does not list (archived?)\n",
                plural(*n, "user")
            );
        }
        if end.cut_lists > 0 {
            text += &format!(
                "cut: {} with more than ten companies, tags or notes; for the whole lists: --expand companies,tags\n",
                plural(end.cut_lists, "user")
            );
        }
        text += &end.notices.iter().map(notice).collect::<String>();
        if let Some(until) = end.complete_until {
            text += &format!("complete as of {}; Intercom's lists trail later changes\n", moment(until));
        }
        text += &format!("report: {}\nnext: {}\n", self.report.display(), self.next);
        text
    }
}

fn notice(notice: &ExportNotice) -> String {
    match notice {
        ExportNotice::NotCreated => {
            "walked with one cursor: a search by the day of creation shows fewer contacts than the listing\n"
                .into()
        }
        ExportNotice::Short => {
            "walked once more with one cursor: the parts showed fewer contacts than there are\n".into()
        }
        ExportNotice::UnknownZone(zone) => format!(
            "time zone `{}` is not known: the parts overlapped by days\n",
            zone.as_deref().unwrap_or_default()
        ),
    }
}

fn reason(group: &ErrorGroup) -> String {
    let field = group.field.as_ref().map(|field| format!(" {field}")).unwrap_or_default();
    let request = group.request_id.as_ref().map(|id| format!(" (request {id})")).unwrap_or_default();
    let file = group.first_input.as_ref().map(|file| format!(" of {file}")).unwrap_or_default();
    let mut text = format!(
        "  {}{field}: {}, first at line {}{file}: {}{request}\n",
        group.code,
        plural(group.count, "row"),
        group.first_line,
        group.message,
    );
    if let Some(suggestion) = &group.suggestion {
        text += &format!("    hint: {suggestion}\n");
    }
    text
}

/// Says what bulk requests spent of the quota, which nobody knows beforehand.
fn bulk(bulk: &BulkUse) -> String {
    if bulk.requests == 0 {
        return String::new();
    }
    let cost = match bulk.contact_cost {
        None => "what one spent of the quota is not to be told".into(),
        Some(_) if bulk.costs_a_request() => "one spent about 1 of the quota".into(),
        Some(_) => {
            let contacts = bulk.contacts.div_ceil(bulk.requests);
            format!("one spent about {} of the quota (one a contact)", count(contacts))
        }
    };
    let requests = plural(bulk.requests, "request");
    format!("bulk: {} in {requests}; {cost}\n", plural(bulk.contacts, "contact"))
}

fn traffic(traffic: &Traffic, elapsed: std::time::Duration) -> String {
    let mut text = format!(
        "{}, {} throttled, {} retried",
        plural(traffic.requests, "request"),
        count(traffic.throttled),
        count(traffic.retries)
    );
    if let Some(limit) = traffic.quota.limit {
        // Less than a window grants a whole one all the same.
        let milliseconds = u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX).max(10_000);
        let granted = (u64::from(limit) * milliseconds / 10_000).max(traffic.requests);
        text += &format!("; {} of the quota", percent(traffic.requests, granted));
    }
    text
}

/// Returns a command line that a shell reads back.
#[must_use]
pub fn command_line<'a>(words: impl IntoIterator<Item = &'a str>) -> String {
    words.into_iter().map(shell_word).collect::<Vec<_>>().join(" ")
}
