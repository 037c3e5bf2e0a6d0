use super::*;

const PRICES: Prices = Prices { missing: 1, found: 2 };

/// What a simulated run has spent, and on what.
#[derive(Debug, Default)]
struct Spent {
    requests: u64,
    ways: Vec<Step>,
}

/// Runs a choice over rows of whom every one exists by chance, without delay but that of the searches that are out.
fn run(rows: u64, contacts: u64, existing: f64) -> Spent {
    let mut random = fastrand::Rng::with_seed(7);
    let mut choice = Choice::new(LookupPolicy::Auto, PRICES, rows, 15);
    let (mut spent, mut waiting) = (Spent::default(), 0);
    for _ in 0..rows {
        let exists = random.f64() < existing;
        loop {
            let step = choice.step();
            if spent.ways.last() != Some(&step) {
                spent.ways.push(step);
            }
            match step {
                Step::Count => spent.read(1, contacts, &mut choice),
                Step::List => {
                    let left = pages(contacts) - choice.pages_read;
                    spent.read(left, contacts, &mut choice);
                    choice.note_listed();
                }
                Step::Wait => panic!("nothing is out"),
                Step::Send | Step::Search => break,
            }
        }
        choice.note_row();
        let is_listed = choice.listing == Listing::Whole;
        spent.requests += u64::from(!exists);
        if choice.step() == Step::Search {
            waiting += 1;
            if waiting == 15 {
                choice.note_search(15);
                choice.note_search_end();
                waiting = 0;
            }
            spent.requests += u64::from(waiting == 1);
            choice.note_user(exists);
        } else if !is_listed {
            spent.requests += if exists { 2 } else { 0 };
            choice.note_user(exists);
        }
    }
    spent
}

impl Spent {
    fn read(&mut self, n_pages: u64, contacts: u64, choice: &mut Choice) {
        self.requests += n_pages;
        (0..n_pages).for_each(|_| choice.note_page(contacts));
    }
}

/// Returns by how much more a run costs than the cheapest strategy, and what it was.
fn compare(rows: u64, contacts: u64, existing: f64) -> (f64, Strategy, Spent) {
    // No more exist than there are.
    let existing = existing.min(contacts as f64 / rows as f64);
    let workload = Workload {
        known: 0,
        unknown: rows,
        existing,
        changed: 0.0,
        batch: 15,
        contacts: Some(contacts),
        prices: PRICES,
    };
    let cheapest = workload.cheapest();
    let least = workload.cost(cheapest).unwrap().requests();
    let spent = run(rows, contacts, existing);
    (spent.requests as f64 / least - 1.0, cheapest, spent)
}

#[test]
fn the_choice_is_within_five_percent_of_the_cheapest_for_every_size() {
    for rows in [1_000, 10_000, 100_000] {
        for contacts in [0, 1_000, 10_000, 100_000, 1_000_000] {
            for existing in [0.0, 0.5, 1.0] {
                let (excess, cheapest, spent) = compare(rows, contacts, existing);
                assert!(
                    excess <= 0.05,
                    "{rows} rows, {contacts}, {existing}: {excess:.3} over {cheapest}: {spent:?}"
                );
            }
        }
    }
}

#[test]
fn a_small_file_is_sent_without_a_question() {
    assert_eq!(vec![Step::Send], run(59, 1_000_000, 0.0).ways);
    assert_eq!(Some(&Step::Count), run(60, 1_000_000, 0.0).ways.first());
}

#[test]
fn the_way_changes_with_what_the_rows_show() {
    let mut choice = Choice::new(LookupPolicy::Auto, PRICES, 100_000, 15);
    choice.note_page(1_000_000);
    (0..4).for_each(|_| choice.note_search(15));
    assert_eq!(Step::Wait, choice.step());
    (0..4).for_each(|_| choice.note_search_end());
    (0..60).for_each(|_| choice.note_user(false));
    assert_eq!(Step::Send, choice.step());
    (0..20).for_each(|_| choice.note_user(true));
    assert_eq!(Step::Search, choice.step());
    (0..150).for_each(|_| choice.note_user(false));
    assert_eq!(Step::Send, choice.step());
}

#[test]
fn a_search_that_is_refused_or_not_answered_is_given_up_in_the_end() {
    let mut choice = Choice::new(LookupPolicy::Always(Strategy::Find), PRICES, 1_000, 15);
    for expected in [7, 3, 1, 0] {
        choice.note_refusal(choice.batch());
        assert_eq!(expected, choice.batch());
    }
    assert_eq!(Step::Send, choice.step());
    let mut choice = Choice::new(LookupPolicy::Always(Strategy::Find), PRICES, 1_000, 15);
    choice.note_failure();
    choice.note_answer();
    (0..MOST_FAILURES - 1).for_each(|_| choice.note_failure());
    assert_eq!(Step::Search, choice.step());
    choice.note_failure();
    assert_eq!(Step::Send, choice.step());
}
