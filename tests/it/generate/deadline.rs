//! Random deadlines: clocks of a ticket or of its messages, with everything that a rule may say of them.

use super::condition::{Mode, condition};
use super::{Statement, Writer, any_amount};

impl Writer<'_> {
    pub(super) fn deadline(&mut self, name: &str, table: Option<usize>) {
        let limits: Vec<usize> = (0..self.random.between(1, 4)).map(|_| self.random.between(1, 45)).collect();
        // A warning lies after the start, whichever rows there are.
        let least = limits.iter().copied().min().unwrap_or(1);
        let outcomes: Vec<String> = limits.iter().map(|limit| any_amount(self.random, &self.scope, *limit)).collect();
        let only_days = self.scope.only_days;
        let is_for_messages = !only_days && self.random.chance(25);
        let mut text = format!("deadline {name} \"时限\"\n");
        if is_for_messages {
            let (from, until) = if self.random.chance(70) { ("customer", "agent") } else { ("agent", "customer") };
            text.push_str(&format!("  from each {from} message until {until} message\n"));
        } else {
            let from =
                if only_days || self.random.chance(60) { "opened" } else { self.random.pick(&self.scope.events) }
                    .to_owned();
            let until = self.random.pick(&self.scope.events[1..]).clone();
            text.push_str(&format!("  from {from} until {until}\n"));
        }
        let is_trial = self.common(&mut text);
        self.rows(&mut text, "within", &outcomes, table);
        while self.random.chance(35) {
            let pause = condition(self.random, &self.scope, 2, Mode::Pause);
            let end = self.random.pick(&["", "", " until customer message", " regardless of customer messages"]);
            text.push_str(&format!("  pause while {pause}{end}\n"));
        }
        if only_days {
            let status = self.random.pick(&self.scope.statuses).clone();
            text.push_str(&format!("  pause while status is {status}\n"));
        }
        let mut warnings: Vec<String> = Vec::new();
        while self.random.chance(45) && warnings.len() < 3 {
            let before = self.random.between(1, least);
            warnings.push(match self.random.below(10) {
                0..4 if before < least => format!("{} before due", self.shorter(&outcomes, before)),
                _ => format!("{}%", self.random.between(1, 99)),
            });
        }
        if !warnings.is_empty() {
            text.push_str(&format!("  warn at {}\n", warnings.join(", ")));
        }
        if self.random.chance(50) {
            text.push_str(&format!("  on change {}\n", self.random.pick(&["carry", "restart", "restart", "pin"])));
        }
        if !is_for_messages && self.random.chance(60) {
            let what = self.random.pick(&["continue", "continue", "new cycle", "new cycle", "stay closed"]);
            text.push_str(&format!("  on reopen {what}\n"));
        }
        self.statements.push(Statement { text, is_exception: false, is_trial: false });
        self.exceptions(name, "within", &outcomes);
        self.scope.clocks.push((name.to_owned(), !warnings.is_empty()));
        self.mark_trial(name, is_trial);
    }

    /// An amount that is shorter than each of these, or cannot be compared with one.
    fn shorter(&mut self, limits: &[String], seconds: usize) -> String {
        let is_in_days = |limit: &String| limit.contains("day") || limit.contains("month");
        let any = any_amount(self.random, &self.scope, seconds);
        if is_in_days(&any) && limits.iter().any(is_in_days) { format!("{seconds}s") } else { any }
    }
}
