//! What is typed now and evaluated by a later version: names and conditions are checked all the same.

use super::Lowering;
use super::symbols::Other;
use crate::syntax::tree::{self, ClauseKind, RuleStatement, Speech};

/// What is typed now and evaluated by a later version: names and conditions are checked all the same.
pub fn typed_only(lowering: &mut Lowering, rule: &RuleStatement) {
    for clause in &rule.clauses {
        match &clause.kind {
            ClauseKind::When(condition) => {
                lowering.condition(condition);
            }
            ClauseKind::Etiquette(scored) => {
                for clause in &scored.clauses {
                    scored_clause(lowering, clause);
                }
            }
            ClauseKind::Measure(measure) => {
                if let Some(condition) = &measure.condition {
                    lowering.condition(condition);
                }
                if let Some(name) = &measure.name {
                    lowering.subject(name);
                }
            }
            ClauseKind::By(names) => {
                for name in names {
                    lowering.subject(name);
                }
            }
            ClauseKind::Keep(_, event) => {
                lowering.event(event);
            }
            _ => {}
        }
    }
}

fn scored_clause(lowering: &mut Lowering, clause: &tree::EtiquetteClause) {
    match clause {
        tree::EtiquetteClause::Duty { lexicons, pattern, .. } => {
            for name in lexicons {
                lowering.find_other(name, Other::Lexicon);
            }
            if let Some(pattern) = pattern {
                lowering.pattern(pattern);
            }
        }
        tree::EtiquetteClause::When(speech) | tree::EtiquetteClause::Unless(speech) => match speech {
            Speech::Said(names) => {
                for name in names {
                    lowering.find_other(name, Other::Lexicon);
                }
            }
            Speech::Condition(condition) => {
                lowering.condition(condition);
            }
        },
        tree::EtiquetteClause::Example(_) | tree::EtiquetteClause::Junk => {}
    }
}
