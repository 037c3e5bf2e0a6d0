use super::*;

/// A reset in the windows of the tests; the window is over two seconds before.
const RESET: u64 = 1_000_012;

fn headers(remaining: u32, reset: u64, date: u64) -> QuotaHeaders {
    QuotaHeaders {
        limit: Some(100),
        remaining: Some(remaining),
        reset: Some(reset),
        date: Some(date),
        retry_after: None,
    }
}

fn ms(n: u64) -> Duration {
    Duration::from_millis(n)
}

fn seconds(n: u64) -> Duration {
    Duration::from_secs(n)
}

/// A pacer that has been told that a window is over in five seconds.
fn told(remaining: u32) -> Pacer {
    let mut pacer = Pacer::new(1.0);
    let ticket = pacer.start(seconds(50));
    pacer.answered(ticket, &headers(remaining, RESET, 1_000_007), seconds(50));
    pacer
}

/// Starts what may start until then, unanswered. Returns how many.
fn starts(pacer: &mut Pacer, from: Duration, until: Duration) -> usize {
    let (mut now, mut starts) = (from, 0);
    while now < until {
        match pacer.wait(now) {
            None => {
                pacer.start(now);
                starts += 1;
            }
            Some(wait) => now += wait,
        }
    }
    starts
}

#[test]
fn one_request_finds_out_while_the_others_wait() {
    let mut pacer = Pacer::new(1.0);
    assert_eq!(None, pacer.wait(seconds(50)));
    let ticket = pacer.start(seconds(50));
    assert_eq!(Some(PROBE_PATIENCE), pacer.wait(seconds(50)));
    assert_eq!(None, pacer.wait(seconds(51)), "one answer may be slow");
    pacer.answered(ticket, &headers(100, RESET, 1_000_002), seconds(50));
    assert_ne!(None, pacer.wait(seconds(50)), "what is ours is spread");
    assert_eq!(None, pacer.wait(ms(50_200)));
}

#[test]
fn a_probe_whose_answer_never_came_is_followed_by_another() {
    let mut pacer = Pacer::new(1.0);
    let ticket = pacer.start(seconds(50));
    pacer.lost(ticket);
    assert_eq!(None, pacer.wait(seconds(50)));
}

#[test]
fn what_is_ours_is_spread_over_the_rest_of_the_window() {
    let mut pacer = told(80);
    let first = starts(&mut pacer, seconds(50), ms(51_000));
    let second = starts(&mut pacer, ms(51_000), ms(52_000));
    let rest = starts(&mut pacer, ms(52_000), ms(54_999));
    assert!(20 < first && first < 30, "{first}");
    assert!(10 < second && second < first, "{second}");
    assert!((70..=78).contains(&(first + second + rest)), "{}", first + second + rest);
}

#[test]
fn a_spent_window_is_waited_out_by_the_servers_clock() {
    let mut pacer = told(0);
    assert_eq!(Some(seconds(5)), pacer.wait(seconds(50)));
    assert_eq!(Some(seconds(1)), pacer.wait(seconds(54)));
    assert_eq!(1, starts(&mut pacer, seconds(55), ms(55_300)), "one finds out");
}

#[test]
fn an_overtaken_answer_changes_nothing() {
    let mut pacer = Pacer::new(1.0);
    let (first, second) = (pacer.start(seconds(50)), pacer.start(seconds(50)));
    pacer.answered(second, &headers(0, RESET, 1_000_007), seconds(50));
    pacer.answered(first, &headers(90, RESET, 1_000_007), seconds(50));
    assert_eq!(Some(seconds(5)), pacer.wait(seconds(50)));
}

#[test]
fn an_answer_of_the_window_before_says_nothing_of_this_one() {
    let mut pacer = Pacer::new(1.0);
    let (old, new) = (pacer.start(ms(54_900)), pacer.start(ms(54_950)));
    pacer.answered(new, &headers(99, RESET + 10, 1_000_010), ms(55_100));
    pacer.answered(old, &headers(0, RESET, 1_000_010), ms(55_200));
    assert_eq!(None, pacer.wait(ms(55_300)));
    assert_eq!(99, pacer.current.unwrap().remaining);
}

#[test]
fn a_limit_that_changes_is_followed_at_once() {
    let mut pacer = told(90);
    let ticket = pacer.start(ms(50_100));
    let fewer = QuotaHeaders { limit: Some(10), ..headers(0, RESET, 1_000_007) };
    pacer.answered(ticket, &fewer, ms(50_200));
    assert_eq!(Some(4_800), pacer.wait(ms(50_200)).map(|wait| wait.as_millis()));
    assert_eq!(Some(10), pacer.limit());
    let ticket = pacer.start(ms(50_300));
    let more = QuotaHeaders { limit: Some(1_000), ..headers(900, RESET, 1_000_007) };
    pacer.answered(ticket, &more, ms(50_400));
    assert_eq!((Some(1_000), None), (pacer.limit(), pacer.wait(ms(50_400))));
}

#[test]
fn a_server_that_says_nothing_is_paced_by_the_ceiling_alone() {
    let mut pacer = Pacer::new(1.0);
    let ticket = pacer.start(seconds(50));
    pacer.answered(ticket, &QuotaHeaders::default(), seconds(50));
    assert!(pacer.is_blind() && pacer.wait(seconds(50)).is_none());
    let ticket = pacer.start(seconds(50));
    pacer.answered(ticket, &headers(0, RESET, 1_000_007), seconds(50));
    assert_eq!((false, Some(seconds(5))), (pacer.is_blind(), pacer.wait(seconds(50))));
    let ticket = pacer.start(seconds(50));
    pacer.answered(ticket, &QuotaHeaders::default(), seconds(51));
    assert!(!pacer.is_blind(), "a proxy's page tells nothing new of a window that is known");
}

#[test]
fn a_window_that_goes_by_the_name_of_the_one_before_is_a_new_one() {
    let mut pacer = told(0);
    let ticket = pacer.start(seconds(56));
    pacer.answered(ticket, &headers(50, RESET, 1_000_013), ms(56_100));
    assert_eq!(50, pacer.current.unwrap().remaining);
}

#[test]
fn a_window_that_lasts_longer_than_it_seemed_is_still_the_same() {
    let mut pacer = told(60);
    let ticket = pacer.start(seconds(56));
    pacer.answered(ticket, &headers(59, RESET, 1_000_013), ms(56_100));
    assert_eq!((41, 39), (pacer.quota_use().used, pacer.quota_use().others));
}

#[test]
fn a_429_pauses_until_the_window_is_over_plus_jitter() {
    let mut pacer = Pacer::new(1.0);
    let ticket = pacer.start(seconds(50));
    pacer.throttled(ticket, &headers(60, RESET, 1_000_007), seconds(50), 0.5);
    assert_eq!(Some(ms(5_500)), pacer.wait(seconds(50)));
    assert_eq!(1, starts(&mut pacer, seconds(50), ms(55_700)));
}

#[test]
fn a_429_of_a_window_that_is_over_pauses_nobody() {
    let mut pacer = Pacer::new(1.0);
    let (old, new) = (pacer.start(ms(54_900)), pacer.start(ms(54_950)));
    pacer.answered(new, &headers(99, RESET + 10, 1_000_010), ms(55_100));
    pacer.throttled(old, &headers(0, RESET, 1_000_010), ms(55_200), 0.5);
    assert_eq!(None, pacer.wait(ms(55_300)));
}

#[test]
fn a_429_that_does_not_say_how_long_is_met_with_growing_patience() {
    let mut pacer = Pacer::new(1.0);
    let mut pause_at = |now: u64| {
        let (first, second) = (pacer.start(seconds(now)), pacer.start(seconds(now)));
        pacer.throttled(first, &QuotaHeaders::default(), seconds(now), 1.0);
        pacer.throttled(second, &QuotaHeaders::default(), seconds(now), 1.0);
        pacer.wait(seconds(now)).unwrap()
    };
    assert_eq!([1, 2, 4].map(seconds), [0, 100, 200].map(&mut pause_at));
    assert_eq!([8, 10, 10].map(seconds), [300, 400, 500].map(&mut pause_at));
    let ticket = pacer.start(seconds(600));
    pacer.answered(ticket, &QuotaHeaders::default(), seconds(600));
    let ticket = pacer.start(seconds(600));
    pacer.throttled(ticket, &QuotaHeaders::default(), seconds(600), 0.0);
    assert_eq!(Some(ms(500)), pacer.wait(seconds(600)));
}

#[test]
fn what_others_use_is_what_is_gone_and_not_ours() {
    let mut pacer = told(40);
    let ticket = pacer.start(ms(50_100));
    pacer.answered(ticket, &headers(30, RESET, 1_000_007), ms(50_200));
    let quota_use = pacer.quota_use();
    assert_eq!((70, 68, 68), (quota_use.used, quota_use.others, quota_use.others_seen));
    let ticket = pacer.start(ms(55_100));
    pacer.answered(ticket, &headers(99, RESET + 10, 1_000_010), ms(55_200));
    assert_eq!((70, 68), (pacer.quota_use().used, pacer.quota_use().others));
}

#[test]
fn our_own_answers_that_come_late_are_not_taken_for_others() {
    let mut pacer = Pacer::new(1.0);
    let tickets: Vec<u64> = (0..10).map(|_| pacer.start(seconds(50))).collect();
    for (n, ticket) in tickets.into_iter().enumerate().rev() {
        pacer.answered(ticket, &headers(99 - n as u32, RESET, 1_000_007), ms(50_500));
    }
    assert_eq!((10, 0), (pacer.quota_use().used, pacer.quota_use().others));
}

#[test]
fn a_share_of_the_quota_is_not_exceeded() {
    let mut pacer = Pacer::new(0.5);
    let ticket = pacer.start(seconds(50));
    pacer.answered(ticket, &headers(99, RESET, 1_000_007), seconds(50));
    assert_eq!(49, starts(&mut pacer, seconds(50), ms(54_999)));
}

#[test]
fn what_one_request_spends_beyond_itself_is_not_taken_for_others() {
    let mut pacer = told(100);
    let ticket = pacer.start(seconds(50));
    pacer.answered(ticket, &headers(49, RESET, 1_000_007), seconds(50));
    pacer.spent_more(49);
    assert_eq!((51, 0), (pacer.quota_use().used, pacer.quota_use().others));
}
