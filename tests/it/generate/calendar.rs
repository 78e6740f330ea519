//! Random calendars, as text: open for a few minutes a day, around the times at which tickets are opened.

use super::Random;
use super::ticket::OPENINGS;
use rulebook::calendar::{Instant, Zone};

const WEEKDAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/// A calendar, in the handbook's zone or in another.
pub fn text(random: &mut Random, zone: &str) -> String {
    let zone: &str = if random.chance(15) { "Asia/Kathmandu" } else { zone };
    let opened: Instant = Zone::UTC.read(random.pick::<&str>(OPENINGS)).unwrap();
    let minute = Zone::parse(zone).unwrap().second_of_day(opened) / 60;
    let mut text = format!("calendar: office\ntime_zone: {zone}\nhours:\n");
    for (number, weekday) in WEEKDAYS.iter().enumerate() {
        let is_open = number == 0 || random.chance(if number < 5 { 85 } else { 20 });
        let hours = if is_open { hours(random, minute) } else { Vec::new() };
        text.push_str(&format!("  {weekday}: [{}]\n", hours.join(", ")));
    }
    let date = |random: &mut Random| format!("2025-03-{:02}", random.between(3, 14));
    if random.chance(60) {
        text.push_str("holidays:\n");
        for name in 1..=random.between(1, 4) {
            text.push_str(&format!("  - {{date: {}, name: 节{name}}}\n", date(random)));
        }
    }
    if random.chance(40) {
        let own =
            if random.chance(50) { format!(", hours: [{}]", hours(random, minute).join(", ")) } else { String::new() };
        text.push_str(&format!("workdays:\n  - {{date: {}, name: 调休{own}}}\n", date(random)));
    }
    if random.chance(40) {
        let special = if random.chance(70) { hours(random, minute) } else { Vec::new() };
        text.push_str(&format!("special_hours:\n  {}: [{}]\n", date(random), special.join(", ")));
    }
    if random.chance(40) {
        let cut = (minute + random.below(4) as u32) % 1439;
        text.push_str(&format!("breaks:\n  {}: [{}]\n", date(random), interval(cut, cut + 1)));
    }
    if random.chance(40) {
        text.push_str(&format!("known_until: {}\n", date(random)));
    }
    text
}

/// One to four stretches of a minute or two; the last may run over midnight.
fn hours(random: &mut Random, minute: u32) -> Vec<String> {
    let mut hours: Vec<String> = Vec::new();
    let mut from: u32 = minute.saturating_sub(random.below(3) as u32);
    for _ in 0..random.between(1, 4) {
        let until = from + random.between(1, 2) as u32;
        if from >= 1440 || hours.is_empty() && from == 0 {
            break;
        }
        hours.push(interval(from, until));
        if until >= 1440 {
            break;
        }
        from = until + random.between(1, 2) as u32;
    }
    if hours.is_empty() { vec![interval(600, 602)] } else { hours }
}

fn interval(from: u32, until: u32) -> String {
    let until = if until > 1440 { until - 1440 } else { until };
    format!("\"{:02}:{:02}-{:02}:{:02}\"", from / 60, from % 60, until / 60, until % 60)
}
