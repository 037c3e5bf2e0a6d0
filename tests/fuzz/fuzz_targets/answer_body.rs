//! Any bytes as the body of an answer, read as everything that answers hold.
#![no_main]

use intercom_bulk::intercom::{Attributes, Company, Contact, DataAttribute, Me, Page, Raw};
use intercom_bulk::verbs::Fields;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|body: &[u8]| {
    let _ = serde_json::from_slice::<Contact>(body);
    let _ = serde_json::from_slice::<Raw<Contact>>(body);
    let _ = serde_json::from_slice::<Page<Contact>>(body);
    let _ = serde_json::from_slice::<Attributes>(body);
    let _ = serde_json::from_slice::<DataAttribute>(body);
    let _ = serde_json::from_slice::<Company>(body);
    let _ = serde_json::from_slice::<Me>(body);
    // What `upsert --json` takes is what an answer may be.
    let _ = std::str::from_utf8(body).map(str::parse::<Fields>);
});
