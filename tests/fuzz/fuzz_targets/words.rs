//! Any text as one of the small things that people write: a rate, a format, a date's shape, a lag, an encoding, a scenario.
#![no_main]

use intercom_bulk::intercom::{Engine, Region};
use intercom_bulk::mapping::{DateFormat, Empty, Key, Kind, nearest};
use intercom_bulk::pace::Rate;
use intercom_bulk::rows::{Format, encoding};
use intercom_bulk::sandbox::{Lag, Scenario, UnknownSetting};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let _ = text.parse::<Rate>().map_err(|error| error.to_string());
    let _ = text.parse::<Format>().map_err(|error| error.to_string());
    let _ = text.parse::<Empty>().map_err(|error| (error.to_string(), error.hint()));
    let _ = text.parse::<Key>().map_err(|error| (error.to_string(), error.hint()));
    let _ = text.parse::<Engine>();
    let _ = text.parse::<Region>();
    let _ = text.parse::<Lag>().map_err(|error| error.to_string());
    let _ = text.parse::<UnknownSetting>().map_err(|error| error.to_string());
    let _ = Scenario::parse(text).map_err(|error| error.to_string());
    let _ = encoding(text).map_err(|error| (error.to_string(), error.hint()));
    let _ = nearest(text, ["external_id", "email", "Signed up", "é"]);
    if let Ok(format) = text.parse::<DateFormat>() {
        assert_eq!(text, format.to_string());
    }
    if let Ok(kind) = text.parse::<Kind>() {
        assert_eq!(Ok(kind.clone()), kind.to_string().parse::<Kind>().map_err(|error| error.to_string()));
    }
});
