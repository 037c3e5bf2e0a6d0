//! Does an import choose the way of learning who exists that costs the fewest requests?
//!
//! `cargo bench --bench plan [-- LARGEST]`. Files of 1,000, 100,000 and 1,000,000 users, of whom none, half and all exist
//! in workspaces of none, 100,000 and 1,000,000, imported without a ledger and with `--lookup auto`. The sandbox counts
//! the requests; the least that any strategy could do with is the model's. What is larger than LARGEST (100,000 unless
//! said) is done on a tenth of it, and again, where the file is, too. At most 5 % more are promised.
#![allow(clippy::print_stdout)]

mod support;

use std::fmt::Write as _;

use intercom_bulk::transfer::{Prices, Strategy, Workload};
use support::{Bench, SandboxProcess};

const LARGEST: u64 = 100_000;

/// A file and a workspace.
#[derive(Clone, Copy)]
struct Cell {
    rows: u64,
    contacts: u64,
    existing: u64,
}

fn main() {
    let largest = support::argument(LARGEST);
    println!("     rows  contacts  existing  chosen    create      find      list  over the cheapest");
    let mut worst = 0.0_f64;
    for rows in [1_000, 100_000, 1_000_000] {
        for contacts in [0, 100_000, 1_000_000] {
            for share in [0.0, 0.5, 1.0] {
                let Some(cell) = Cell::new(rows, contacts, share, largest) else { continue };
                worst = worst.max(cell.compare());
            }
        }
    }
    assert!(worst <= 0.05, "at most 5 % are promised, and it was {:.1} %", worst * 100.0);
}

impl Cell {
    /// Returns a cell that is small enough; `None` if fewer are there than would have to exist.
    fn new(mut rows: u64, mut contacts: u64, share: f64, largest: u64) -> Option<Self> {
        let is_possible = rows as f64 * share <= contacts as f64;
        while largest < rows.max(contacts) {
            contacts /= 10;
            // A file that is small stays so: less of it would be none.
            rows = if rows <= 1_000 { rows } else { rows / 10 };
        }
        is_possible.then_some(Self { rows, contacts, existing: (rows as f64 * share) as u64 })
    }

    /// Imports the file, and returns by how many more requests than the cheapest strategy needs.
    fn compare(self) -> f64 {
        let (bench, sandbox) =
            (Bench::new(), SandboxProcess::start(&["--quota", "0", "--users", &self.contacts.to_string()]));
        bench.write("users.csv", &self.file());
        bench.run(&["import", "users.csv", "--base-url", sandbox.url(), "--rate", "100000000/min"]);
        let chosen = requests(&sandbox.stats());
        let each =
            Strategy::ALL.map(|it| self.workload().cost(it).expect("the workspace is counted").requests());
        let cheapest = each.into_iter().fold(f64::INFINITY, f64::min);
        let over = chosen as f64 / cheapest - 1.0;
        let Self { rows, contacts, existing } = self;
        let [create, find, list] = each.map(|requests| requests as u64);
        println!(
            "{rows:>9} {contacts:>9} {existing:>9} {chosen:>7} {create:>9} {find:>9} {list:>9}  {:.2} %",
            over * 100.0
        );
        over
    }

    /// The seeded users with the greatest numbers, and as many new ones as it takes, the two evenly mixed; every second
    /// of those that exist has another name.
    fn file(self) -> String {
        let mut file = String::from("external_id,email,name\n");
        let (mut old, mut new) = (self.contacts - self.existing, self.contacts);
        for n in 0..self.rows {
            let is_old = (n + 1) * self.existing / self.rows > n * self.existing / self.rows;
            let number = if is_old { &mut old } else { &mut new };
            *number += 1;
            let name = if is_old && number.is_multiple_of(2) { "Somebody" } else { "" };
            writeln!(file, "user-{number},user{number}@example.com,{name}")
                .expect("a string takes every letter");
        }
        file
    }

    fn workload(self) -> Workload {
        let Self { rows, contacts, existing } = self;
        let changed =
            ((contacts - existing + 1)..=contacts).filter(|number| number.is_multiple_of(2)).count();
        Workload {
            known: 0,
            unknown: rows,
            existing: existing as f64 / rows as f64,
            changed: changed as f64 / (existing.max(1)) as f64,
            batch: 15,
            contacts: Some(contacts),
            prices: Prices { missing: 1, found: 2 },
        }
    }
}

/// Counts the requests about contacts: each run begins with two others.
fn requests(stats: &serde_json::Value) -> u64 {
    let routes = stats["by_route"].as_object().expect("the sandbox counts by route");
    routes.iter().filter(|(route, _)| route.contains("/contacts")).filter_map(|(_, n)| n.as_u64()).sum()
}
