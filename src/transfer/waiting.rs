//! Who waits for which tag. Pure; bounded whatever the rows name.

use std::collections::HashMap;
use std::sync::Arc;

/// Rows by the tags that their users lack.
pub(super) struct Waiting<R> {
    batches: HashMap<String, Vec<Arc<R>>>,
    /// How often a row waits for a tag, over all tags.
    places: usize,
    batch_size: usize,
    most_places: usize,
}

/// Users that lack one tag, in lower case.
pub(super) struct Batch<R> {
    pub(super) tag: String,
    pub(super) rows: Vec<Arc<R>>,
}

impl<R> Waiting<R> {
    /// Returns a queue that gives a tag out when `batch_size` rows wait for it, and the most wanted tags when more than
    /// `most_places` are taken.
    pub(super) fn new(batch_size: usize, most_places: usize) -> Self {
        Self { batches: HashMap::new(), places: 0, batch_size, most_places }
    }

    /// Lets a row wait for its tags. Returns what is to be applied now.
    pub(super) fn add(&mut self, row: &Arc<R>, tags: &[String]) -> Vec<Batch<R>> {
        let mut ready = Vec::new();
        for tag in tags {
            // Intercom does not tell `VIP` from `vip`.
            let tag = tag.to_lowercase();
            let rows = self.batches.entry(tag.clone()).or_default();
            rows.push(Arc::clone(row));
            self.places += 1;
            if rows.len() >= self.batch_size {
                ready.extend(self.take(&tag));
            }
        }
        // One batch may free fewer places than the row took: with tags of their own, each frees one.
        while self.places > self.most_places {
            let Some(tag) = self.most_wanted() else { break };
            ready.extend(self.take(&tag));
        }
        ready
    }

    /// Returns all that waits.
    pub(super) fn drain(&mut self) -> Vec<Batch<R>> {
        self.places = 0;
        self.batches.drain().map(|(tag, rows)| Batch { tag, rows }).collect()
    }

    fn most_wanted(&self) -> Option<String> {
        self.batches.iter().max_by_key(|(_, rows)| rows.len()).map(|(tag, _)| tag.clone())
    }

    fn take(&mut self, tag: &str) -> Option<Batch<R>> {
        let rows = self.batches.remove(tag)?;
        self.places -= rows.len();
        Some(Batch { tag: tag.into(), rows })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tags(names: &[&str]) -> Vec<String> {
        names.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_tag_is_given_out_when_enough_rows_wait_for_it_whatever_its_case() {
        let mut waiting = Waiting::new(2, 10);
        assert!(waiting.add(&Arc::new("ann"), &tags(&["vip", "beta"])).is_empty());
        let ready = waiting.add(&Arc::new("bo"), &tags(&["VIP"]));
        assert_eq!([("vip", 2)], *ready.iter().map(|it| (&*it.tag, it.rows.len())).collect::<Vec<_>>());
        let rest = waiting.drain();
        assert_eq!([("beta", 1)], *rest.iter().map(|it| (&*it.tag, it.rows.len())).collect::<Vec<_>>());
    }

    #[test]
    fn rows_with_tags_of_their_own_do_not_pile_up() {
        let mut waiting = Waiting::new(100, 10);
        for n in 0..1_000 {
            let own = [format!("a{n}"), format!("b{n}"), format!("c{n}")];
            waiting.add(&Arc::new(n), &own);
            assert!(waiting.places <= 10, "{} after row {n}", waiting.places);
        }
    }
}
