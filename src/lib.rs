//! `intercom-bulk` moves users between files and an Intercom workspace, safely enough to be left alone at night.
//!
//! `import` reads rows, maps columns to fields and creates or updates users; `export` walks the listing and writes
//! every user; `plan` says what an import would do, and `check` is an import that stops after the mapping; `attributes`
//! holds a file against the workspace's data attributes, and creates those that are missing. [`sandbox`] is an
//! Intercom-shaped server in the same binary, to try all of it on.
//!
//! # Ideas
//!
//! - **Requests are the currency.** A workspace grants 10,000 requests a minute in windows of ten seconds, shared with
//!   everything that the company runs. Any core can send that many, so speed is fewer requests for each changed row.
//! - **Every row is accounted for.** It ends as created, updated, unchanged, invalid, rejected, unknown or pending, and
//!   the counts add up to the rows read.
//! - **Running it again is safe and cheap.** What was delivered is remembered in the [`ledger`], only after the server's
//!   answer: the next run sends what has changed. After any death the same command finishes the work; recovery is not a
//!   mode.
//! - **A server that is away is waited for.** What failed in an outage is sent again after it; a failed row is one that
//!   the server answered others beside.
//! - **One thing decides when a request may start**: [`pace::Limiter`], behind the one function that sends.
//!
//! # Parts, and who may name whom
//!
//! ```text
//!  main
//!   |
//!  cli ---------------------> sandbox   (nobody else; sandbox names nothing of the crate)
//!   +------+---------+
//!  report  |         |   verbs, too, names mapping, intercom, pace and rows
//!   +--> transfer ---+--> mapping --> rows
//!            |               +------> intercom   (fields, values, and which engine writes them)
//!            +--> intercom --> pace
//!            +--> ledger
//!            +--> rows
//! ```
//!
//! | folder | is |
//! |---|---|
//! | [`cli`] | the only reader of arguments, environment and terminal; picks exit codes |
//! | [`rows`] | CSV and NDJSON in and out, positions, encodings, atomic files; knows nothing of Intercom |
//! | [`mapping`] | columns to fields: rules, typed values, suggestions; pure |
//! | [`intercom`] | the API as a typed client; `client.rs` is the only sender of HTTP |
//! | [`ledger`] | what is about to be done and must not be done twice, and the run lock; knows no HTTP and no CSV |
//! | [`pace`] | when a request may start: server window, ceiling, concurrency, outages, retry and its budget, clock; knows no HTTP |
//! | [`transfer`] | the pipelines and their events; the only user of rayon |
//! | [`verbs`] | one user at a time, as library calls: what the commands of the same names do |
//! | [`report`] | how events look: terminal, lines, JSON, rejects, run report |
//! | [`sandbox`] | the server to try things on; shares no type with [`intercom`] |
//!
//! # The way of one row
//!
//! `cli` opens the input, asks the server who it is and which attributes there are, takes the workspace's lock
//! (`ledger/lock.rs`: one run at a time) and compiles the mapping: what can fail before the first write has failed by
//! then. A first reading (`transfer/survey.rs`) counts the rows and finds the users that have several, of whom one row
//! counts (`transfer/duplicates/`); both readings are of one open file (`rows/source.rs`), and stdin is copied for
//! that. With `--retry-rejected`, the rejects of the job's last run come first in both (`rows/earlier.rs`). The *feed* (`transfer/feed.rs`) reads and maps, one row after the other, because only there the rows of one
//! user still have an order. It asks the ledger about a thousand rows at a time (`transfer/recall.rs`): one whose
//! fingerprint was delivered is unchanged and goes no further, of another the id may be known. For the others,
//! `transfer/lookup/` decides what costs the fewest requests: to send them and learn from the refusal who exists, to
//! search for fifteen at a time, or to list the whole workspace once (`transfer/plan.rs` has the arithmetic); what earlier
//! rows have shown may change that. `transfer/order.rs` holds
//! a row back while another row with one of its identities is in flight. Jobs go through rayon's `par_bridge` to a pool of our own,
//! with a thread for each row that may be in flight, alone or in parcels of those that are searched for together; a worker calls
//! [`intercom::Client::upsert_remembered`], which takes one ticket of the limiter for every attempt, and sends an event into a bounded channel. One thread, the writer, hears all events:
//! progress, rejects, report, and the ledger, which it commits every second. Nothing grows with the input, but what is
//! kept of its companies and tags.
//!
//! # When a request may start
//!
//! Workers queue at the limiter's turnstile (`pace/limiter.rs`); the first of them waits until as many requests are in
//! flight as the rate needs at the present latency or fewer (`pace/concurrency.rs`), until the pacer says that it is time
//! (`pace/pacer.rs`), and for a token of the ceiling (`pace/bucket.rs`); an answer wakes it. The pacer is a state machine
//! with time as an argument. Windows are told apart by their reset, and their ends are learned from where a new reset is
//! seen first (`pace/offset.rs`): until a new window has begun for sure, nobody starts; then one request finds out, while
//! the others wait. What remains of a window, less what is in flight and what others will use by what they used before
//! (`pace/forecast.rs`), is spread over its rest (`pace/allotment.rs`). Processes know nothing of each other: each leaves
//! half of what remains, at most, to everybody else. A 429 ends the window for us. What is sent again takes from a budget
//! (`pace/budget.rs`), so that a server in trouble is not asked everything six times.
//!
//! # What outlives a run
//!
//! A folder a workspace: `ledger.db`, an SQLite file with the id and the fingerprint of each user, companies and runs,
//! safe to delete; `in-flight`, the known users that were about to be written, whose fingerprints a run after a death
//! forgets; `intents.ndjson`, the leads that were about to be created; `lock`; and `runs/`, a folder a run.
//!
//! How a user is written is an [`intercom::Engine`]'s business, and `transfer` learns outcomes only. *Contacts* (2.x):
//! a known id is written to; else create first, and a conflict names the contact, which is read and compared; then the companies that it is not in, each
//! made once a run. Leads are looked for first, and an intent is on the disk ([`ledger`]) before one is created.
//! *Users* (1.x): one request. Tags are the exception: `transfer/tagging.rs` collects the users that lack one, and puts
//! it on a hundred with one request; until then their rows have no outcome. *Bulk* (Preview): rows go to a depot
//! (`transfer/bulk/`), where one thread, the clerk, knows where each is and workers make the requests: sent with others,
//! settled by what is read of its contact when its task is done, or sent by itself. 10,000 rows at most are between the
//! two.
//!
//! An input that was written to meanwhile is told, and is no success:
//! `changing_files::a_file_that_grows_while_it_is_read_is_told_though_all_rows_are_fine`.
//!
//! # The way of one page
//!
//! The first page says how much there is. A large workspace is split by days of creation (`transfer/export/partition.rs`,
//! pure; `calendar.rs` knows what a day is to a search), until each part holds some thousands; a small one, and 1.x, is one
//! part. Fetchers (`crew.rs`) walk parts side by side, each with a cursor of its own (150 a page in 2.x, 100 by scroll in
//! 1.x), find out what companies and tags are called, and make rows. The header is fixed before the first row. One thread,
//! the scribe, keeps the rows in an SQLite file in the run's folder (`ledger/page_store.rs`), each contact once, in the
//! order of creation, and with them how far each part is: whatever ends the run, the next one of the same export goes on
//! from there. Memory holds the pages in flight. A part that shows fewer contacts than it counts is walked again; what was
//! updated since the beginning is searched for at the end (`closing.rs`), and what is missing then is looked for with one
//! cursor over the plain listing. When all are there, the file is filled from the rows, synced, and only then takes its
//! name.
//!
//! # Invariants, and the test that holds each
//!
//! 1. Nothing outside `cli` reads the environment or arguments; nothing outside `cli` and `report` prints:
//!    `layers::what_belongs_to_one_room_is_in_no_other`.
//! 2. Nothing outside `intercom/client.rs` sends a request, and each attempt takes a ticket:
//!    `layers::what_belongs_to_one_room_is_in_no_other`, `faults::a_spent_window_is_waited_for_and_no_row_is_lost`.
//!    The quota is not overdrawn, whoever else uses it: `pacing::simulated::who_is_alone_uses_all_but_a_sliver_and_is_never_refused`,
//!    `pacing::simulated::a_neighbour_gets_what_it_needs_and_nothing_is_left_over`,
//!    `pacing::simulated::eight_processes_share_a_quota_fairly_through_the_headers_alone`.
//! 3. Nothing outside `pace/clock.rs` (and the sandbox's own clock) sleeps or asks the time:
//!    `layers::what_belongs_to_one_room_is_in_no_other`, and clippy's bans.
//! 4. Workers own no output: they send events, and one thread, `transfer/writer.rs`, writes:
//!    `layers::what_belongs_to_one_room_is_in_no_other`.
//! 5. A row's outcome is final only after the server's answer, and the ledger is written after it:
//!    `ledger::death::a_value_that_was_being_written_when_the_run_died_is_not_taken_for_the_old_one`,
//!    `faults::thousands_of_rows_survive_faults_of_every_kind`,
//!    `faults::an_answer_that_was_lost_after_the_commit_is_no_second_user`. What must not be repeated blindly leaves an
//!    intent first: `engines::leads::a_lead_whose_answer_was_lost_is_not_created_blindly_again`. Whatever kills a run,
//!    wherever: `kill::an_import_that_is_killed_anywhere_is_finished_by_the_next_run`,
//!    `kill::leads_are_created_once_wherever_their_import_is_killed`,
//!    `kill::an_import_in_bulk_that_is_killed_anywhere_is_finished_by_the_next_run`.
//! 6. A 429 never counts as a row's failure or attempt: `faults::a_throttled_request_costs_no_row`.
//! 7. The contact behind a conflict is read and compared before it is written to:
//!    `modes::an_email_that_belongs_to_another_user_names_both_and_writes_nothing`,
//!    `engines::archived::an_archived_contact_that_is_somebody_else_is_archived_again`. So is one that a search or a
//!    listing shows: `plan::lookup::a_hit_that_is_somebody_else_is_not_written_to`.
//! 8. An output file appears under its name whole or not at all:
//!    `export::a_failed_export_leaves_the_old_file_as_it_was`,
//!    `export::resume::a_killed_export_goes_on_from_its_last_page`,
//!    `export::parallel::a_killed_export_goes_on_from_every_part`,
//!    `kill::an_export_that_is_killed_anywhere_leaves_the_old_file_or_the_new_one`.
//! 9. The access token is shown nowhere and goes to no other host: `bad_server::the_token_does_not_follow_a_redirect`,
//!    `faults::connections::a_certificate_that_is_not_trusted_is_told_at_once_and_gets_no_token`,
//!    and a canary token that every test looks for in all that its runs left behind (`tests/it/support`).
//! 10. At most `concurrency` rows are in flight, or 10,000 of a bulk import not settled; memory is constant in the number
//!     of rows, but for 64 MiB at most that the first reading has 2 bytes a row of: `benches/memory.rs`.
//! 11. [`sandbox`] and [`intercom`] share no type: `layers::each_folder_names_only_what_the_design_lets_it_name`.
//! 12. read = created + updated + unchanged + invalid + rejected + unknown + pending: checked at the end of every run
//!     ([`transfer::Tally::is_balanced`], exit 70 if not), and
//!     `signals::ctrl_c_lets_the_rows_in_flight_finish_and_tells_how_to_go_on`. Row for row, against what the sandbox
//!     holds: `faults::outage::under_every_fault_that_stays_the_outcomes_are_the_input`.
//! 13. While the server is away nothing starts but one probe, and no row ends:
//!     `faults::outage::a_row_that_spent_its_retries_in_an_outage_gets_new_ones_after_it`.

pub mod cli;
pub mod intercom;
pub mod ledger;
pub mod mapping;
pub mod pace;
pub mod report;
pub mod rows;
pub mod sandbox;
pub mod transfer;
pub mod verbs;

pub use mapping::Identity;
pub use verbs::{Answer, Client, Fields, Terms, VerbError};
