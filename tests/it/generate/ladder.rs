//! Random ladders: steps by condition and by time, held, told again, and waiting for opening hours.

use super::{Statement, Writer, any_amount};

impl Writer<'_> {
    pub(super) fn ladder(&mut self, name: &str) {
        let mut text = format!("escalation {name} \"升级\"\n");
        let is_trial = self.common(&mut text);
        let has_calendar = self.scope.has_calendar;
        for step in 1..=self.random.between(1, 4) {
            let seconds = self.random.between(1, 40);
            let mut trigger = match self.random.below(100) {
                0..15 => "at once".to_owned(),
                15..50 if step > 1 => format!("after {}", any_amount(self.random, &self.scope, seconds)),
                _ => format!("when {}", self.when(2)),
            };
            if self.random.chance(20) {
                trigger.push_str(", until acknowledged");
            }
            if self.random.chance(20) {
                // Few enough to count them over days.
                let (seconds, times) = match self.random.below(4) {
                    0 => (self.random.between(120, 300), String::new()),
                    _ => (self.random.between(5, 40), format!(", at most {} times", self.random.between(1, 4))),
                };
                let every = any_amount(self.random, &self.scope, seconds);
                trigger.push_str(&format!(", repeat every {every}{times}"));
            }
            if has_calendar && self.random.chance(20) {
                trigger.push_str(", within working hours");
            }
            text.push_str(&format!("  step {step} role{step} \"角色{step}\" {trigger}\n"));
        }
        self.statements.push(Statement { text, is_exception: false, is_trial });
    }
}
