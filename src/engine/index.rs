//! Which rows can be taken, by the values of a few facts and tiers, without looking at the others.
//!
//! Every row of every unit is an entry. An entry that asks one or more facts for certain values is kept under those
//! values; a look-up gives the entries that can hold, in the order of evaluation. A figure counts as the stretch
//! between two limits that it falls into. Entries that ask nothing of the kind are always looked at.
//!
//! This is tuple space search (Srinivasan, Suri and Varghese, 1999): one hash table for each combination of facts.

use super::case::Case;
use super::test::{Set, Test, TestId};
use super::ticket::Value;
use crate::graph::{ConditionId, Unit, UnitNode};
use crate::handbook::condition::NumberTest;
use crate::handbook::{ClassifyId, Decimal, FactId, FactKind, Handbook, StatusId};
use rustc_hash::FxHashMap;
use std::collections::{BTreeMap, BTreeSet};

/// An entry, by position: units in the order of evaluation, rows in their order.
pub type EntryId = u32;

/// One row that can be taken.
#[derive(Clone, Copy, Debug)]
pub struct Entry {
    /// The unit, by position in the graph.
    pub unit: u32,
    /// The row; 0 for a ladder or a record, which are looked at as a whole.
    pub row: u32,
}

/// All entries of a handbook.
#[derive(Debug)]
pub struct Index {
    /// The entries, in the order of evaluation.
    pub entries: Vec<Entry>,
    levels: Vec<Level>,
    cuts: BTreeMap<FactId, Vec<Decimal>>,
}

/// Units that rest on nothing but lower levels.
#[derive(Debug, Default)]
struct Level {
    always: Vec<EntryId>,
    groups: Vec<Group>,
}

/// Entries that ask the same facts and tiers.
#[derive(Debug)]
struct Group {
    variables: Vec<Variable>,
    cells: FxHashMap<u64, Vec<EntryId>>,
    /// By one variable's value alone, for tickets that lack another.
    by_one: Vec<FxHashMap<u64, Vec<EntryId>>>,
    all: Vec<EntryId>,
    /// Every fact that some entry's condition rests on.
    facts: Vec<FactId>,
}

/// An entry with the values that each variable of its group may have.
struct Draft {
    entry: EntryId,
    values: Vec<Vec<u32>>,
}

/// What has one of finitely many values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Variable {
    Fact(FactId),
    Tier(ClassifyId),
    Status,
}

/// A variable's value in a case.
enum Known {
    Value(u64),
    /// The ticket lacks the fact.
    Missing,
    /// There is no tier: no entry that asks for one can hold.
    None,
}

/// No entry is kept under more values than this for one variable, or more cells in all.
const MOST_VALUES: usize = 128;
const MOST_CELLS: usize = 128;
/// How deep choices within choices are looked into.
const DEEPEST_CHOICE: usize = 4;
/// How many variables a group has at most.
const MOST_VARIABLES: usize = 3;
/// Below this number of entries a level looks at all of them: cheaper than looking anything up.
const FEW_ENTRIES: usize = 24;

impl Index {
    /// The index over every unit.
    pub fn new(handbook: &Handbook, units: &[UnitNode], tests: &[Test], facts_of: &[Vec<FactId>]) -> Index {
        let cuts = cuts(tests);
        let mut index = Index { entries: Vec::new(), levels: Vec::new(), cuts };
        let mut drafts: Vec<BTreeMap<Vec<Variable>, Vec<Draft>>> = Vec::new();
        for (position, unit) in units.iter().enumerate() {
            while index.levels.len() <= unit.level {
                index.levels.push(Level::default());
                drafts.push(BTreeMap::new());
            }
            let is_whole = matches!(unit.unit, Unit::Ladder(_) | Unit::Record(_));
            let rows = if is_whole { 1 } else { unit.rows.len() };
            for row in 0..rows {
                let entry = index.entries.len() as EntryId;
                index.entries.push(Entry { unit: position as u32, row: row as u32 });
                let mut asked =
                    Asked { handbook, tests, cuts: &index.cuts, sets: BTreeMap::new(), seen: BTreeSet::new() };
                asked.condition(unit.when);
                if !is_whole {
                    asked.condition(unit.rows[row].guard);
                }
                let (variables, values) = asked.best();
                drafts[unit.level].entry(variables).or_default().push(Draft { entry, values });
            }
        }
        for (level, groups) in drafts.into_iter().enumerate() {
            let few = groups.values().map(Vec::len).sum::<usize>() <= FEW_ENTRIES;
            for (variables, entries) in groups {
                if variables.is_empty() || few {
                    index.levels[level].always.extend(entries.iter().map(|draft| draft.entry));
                } else {
                    let group = Group::new(variables, entries, &index.entries, units, facts_of);
                    index.levels[level].groups.push(group);
                }
            }
            index.levels[level].always.sort_unstable();
        }
        index
    }

    /// How many levels there are.
    pub fn levels(&self) -> usize {
        self.levels.len()
    }

    /// The entries of a level that can hold in a case, in order, without those that the ticket's missing facts
    /// rule out.
    pub fn candidates(&self, level: usize, case: &Case, found: &mut Vec<EntryId>) {
        found.clear();
        let level = &self.levels[level];
        found.extend_from_slice(&level.always);
        if level.groups.is_empty() {
            return;
        }
        for group in &level.groups {
            let mut key: u64 = 0;
            let mut is_known: bool = true;
            for (place, variable) in group.variables.iter().enumerate() {
                match self.value(*variable, case) {
                    Known::Value(value) => key |= value << (place * 21),
                    Known::Missing | Known::None => {
                        is_known = false;
                        break;
                    }
                }
            }
            if is_known && let Some(cell) = group.cells.get(&key) {
                found.extend_from_slice(cell);
            }
        }
        found.sort_unstable();
    }

    /// Hands on, for each group that asks for a fact the ticket lacks, the entries that may be open for want of
    /// it. `visit` says whether to go on with that group.
    pub fn open_entries(&self, level: usize, case: &mut Case, mut visit: impl FnMut(&mut Case, EntryId) -> bool) {
        for group in &self.levels[level].groups {
            let mut present: Option<(usize, u64)> = None;
            let (mut lacks, mut fails) = (false, false);
            for (place, variable) in group.variables.iter().enumerate() {
                match self.value(*variable, case) {
                    Known::Value(value) => present = present.or(Some((place, value))),
                    Known::Missing => lacks = true,
                    Known::None => fails = true,
                }
            }
            if !lacks || fails {
                continue;
            }
            let entries: &[EntryId] = match present {
                Some((place, value)) => group.by_one[place].get(&value).map_or(&[], Vec::as_slice),
                None => &group.all,
            };
            for entry in entries {
                if group.facts.iter().all(|fact| *case.ticket.value(*fact) != Value::Missing || case.is_noted(*fact)) {
                    break;
                }
                if !visit(case, *entry) {
                    break;
                }
            }
        }
    }

    fn value(&self, variable: Variable, case: &Case) -> Known {
        match variable {
            Variable::Fact(fact) => match case.ticket.value(fact) {
                Value::Position(position) => Known::Value(u64::from(*position)),
                Value::Number(figure) => Known::Value(
                    self.cuts.get(&fact).map_or(0, |cuts| cuts.partition_point(|cut| cut <= figure) as u64),
                ),
                _ => Known::Missing,
            },
            Variable::Tier(classify) => case.tier(classify).map_or(Known::None, |tier| Known::Value(u64::from(tier))),
            Variable::Status => Known::Value(case.status().0 as u64),
        }
    }
}

impl Group {
    fn new(
        variables: Vec<Variable>,
        entries: Vec<Draft>,
        all_entries: &[Entry],
        units: &[UnitNode],
        facts_of: &[Vec<FactId>],
    ) -> Group {
        let mut cells: FxHashMap<u64, Vec<EntryId>> = FxHashMap::default();
        let mut by_one: Vec<FxHashMap<u64, Vec<EntryId>>> = vec![FxHashMap::default(); variables.len()];
        let mut facts: BTreeSet<FactId> = BTreeSet::new();
        let mut all: Vec<EntryId> = Vec::with_capacity(entries.len());
        for Draft { entry, values } in entries {
            let mut keys: Vec<u64> = vec![0];
            for (place, choices) in values.iter().enumerate() {
                keys = keys
                    .iter()
                    .flat_map(|key| choices.iter().map(move |choice| key | u64::from(*choice) << (place * 21)))
                    .collect();
                for choice in choices {
                    by_one[place].entry(u64::from(*choice)).or_default().push(entry);
                }
            }
            for key in keys {
                cells.entry(key).or_default().push(entry);
            }
            let Entry { unit, row } = all_entries[entry as usize];
            let unit = &units[unit as usize];
            facts.extend(&facts_of[unit.when.0 as usize]);
            if let Some(row) = unit.rows.get(row as usize) {
                facts.extend(&facts_of[row.guard.0 as usize]);
            }
            all.push(entry);
        }
        Group { variables, cells, by_one, all, facts: facts.into_iter().collect() }
    }
}

/// Every limit of each number fact: the figures at which some test on it changes.
fn cuts(tests: &[Test]) -> BTreeMap<FactId, Vec<Decimal>> {
    let mut cuts: BTreeMap<FactId, Vec<Decimal>> = BTreeMap::new();
    for test in tests {
        if let Test::Number(fact, NumberTest::Within(low, high)) = test {
            let found = cuts.entry(*fact).or_default();
            found.extend(*low);
            found.extend(high.map(Decimal::next));
        }
    }
    for found in cuts.values_mut() {
        found.sort_unstable();
        found.dedup();
    }
    cuts
}

/// What a condition asks of variables: it can hold only where each has one of these values.
struct Asked<'a> {
    handbook: &'a Handbook,
    tests: &'a [Test],
    cuts: &'a BTreeMap<FactId, Vec<Decimal>>,
    sets: BTreeMap<Variable, BTreeSet<u32>>,
    seen: BTreeSet<TestId>,
}

impl Asked<'_> {
    fn condition(&mut self, id: ConditionId) {
        self.test(id.0);
    }

    fn test(&mut self, id: TestId) {
        // Conditions share their parts: each is looked at once.
        if !self.seen.insert(id) {
            return;
        }
        match &self.tests[id as usize] {
            Test::And(parts) => parts.iter().for_each(|part| self.test(*part)),
            Test::Same(inner) => self.test(*inner),
            _ => {
                if let Some((variable, values)) = self.values(id, DEEPEST_CHOICE) {
                    match self.sets.get_mut(&variable) {
                        Some(known) => known.retain(|value| values.contains(value)),
                        None => drop(self.sets.insert(variable, values)),
                    }
                }
            }
        }
    }

    /// The variable a test is about, and the values it accepts, when it is one that can be looked up.
    fn values(&self, id: TestId, depth: usize) -> Option<(Variable, BTreeSet<u32>)> {
        let depth = depth.checked_sub(1)?;
        match &self.tests[id as usize] {
            Test::Value(fact, set) => Some((Variable::Fact(*fact), listed(set, self.size(Variable::Fact(*fact))))),
            Test::Tier(classify, set) => {
                Some((Variable::Tier(*classify), listed(set, self.size(Variable::Tier(*classify)))))
            }
            Test::Status(statuses, lasting) if lasting.count == 0 => {
                Some((Variable::Status, statuses.iter().map(|StatusId(status)| *status as u32).collect()))
            }
            Test::Number(fact, NumberTest::Within(low, high)) => {
                let cuts = self.cuts.get(fact)?;
                let stretch = |figure: &Decimal| cuts.partition_point(|cut| cut <= figure) as u32;
                let from = low.as_ref().map_or(0, stretch);
                let until = high.as_ref().map_or(cuts.len() as u32, stretch);
                Some((Variable::Fact(*fact), (from..=until).collect())).filter(|_| until - from < MOST_VALUES as u32)
            }
            Test::Or(parts) => {
                let mut parts = parts.iter().map(|part| self.values(*part, depth));
                let (variable, mut values) = parts.next()??;
                for part in parts {
                    let (other, more) = part?;
                    if other != variable {
                        return None;
                    }
                    values.extend(more);
                }
                Some((variable, values))
            }
            Test::Same(inner) => self.values(*inner, depth),
            _ => None,
        }
    }

    /// How many values a variable can have.
    fn size(&self, variable: Variable) -> usize {
        match variable {
            Variable::Fact(fact) => match &self.handbook.facts[fact.0].kind {
                FactKind::OneOf(values) | FactKind::ListOf(values) => values.len(),
                FactKind::Number { .. } => self.cuts.get(&fact).map_or(1, |cuts| cuts.len() + 1),
                _ => 2,
            },
            Variable::Tier(classify) => self.handbook.classifies[classify.0].tiers.len(),
            Variable::Status => self.handbook.statuses.len(),
        }
    }

    /// The variables to keep an entry under: those that leave the fewest cases, and the values of each.
    fn best(self) -> (Vec<Variable>, Vec<Vec<u32>>) {
        let mut sets: Vec<(Variable, Vec<u32>)> = self
            .sets
            .iter()
            .filter(|(_, values)| values.len() <= MOST_VALUES)
            .map(|(variable, values)| (*variable, values.iter().copied().collect()))
            .collect();
        // The most telling first: the smallest share of a variable's values.
        sets.sort_by_key(|(variable, values)| (values.len() * 1_000_000 / self.size(*variable).max(1), *variable));
        let mut cells: usize = 1;
        let mut kept: Vec<(Variable, Vec<u32>)> = Vec::new();
        for (variable, values) in sets {
            if kept.len() == MOST_VARIABLES || values.len() * cells > MOST_CELLS {
                continue;
            }
            cells *= values.len().max(1);
            kept.push((variable, values));
        }
        kept.sort();
        kept.into_iter().unzip()
    }
}

fn listed(set: &Set, size: usize) -> BTreeSet<u32> {
    (0..size as u32).filter(|position| set.contains(*position)).collect()
}
