//! Conditions as a graph in which the same question is one node.

use crate::handbook::{Atom, Condition, ConditionKind, DefineId};
use crate::source::{FileId, Span};
use std::collections::HashMap;

/// A condition of a graph, by position. What it rests on has smaller ids.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ConditionId(pub u32);

/// One condition.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Node {
    /// Holds for every ticket.
    Always,
    /// Holds for none.
    Never,
    /// All of them; their ids ascend.
    And(Vec<ConditionId>),
    /// Any of them; their ids ascend.
    Or(Vec<ConditionId>),
    /// Not so.
    Not(ConditionId),
    /// What a definition stands for.
    Define(DefineId, ConditionId),
    /// A single test.
    Atom(Atom),
}

/// All conditions of a handbook.
#[derive(Clone, Debug)]
pub struct Conditions {
    nodes: Vec<Node>,
    places: Vec<Vec<Span>>,
    ids: HashMap<Node, ConditionId>,
}

impl Default for Conditions {
    fn default() -> Self {
        let nowhere = Span::new(FileId(0), 0..0);
        let mut conditions = Conditions { nodes: Vec::new(), places: Vec::new(), ids: HashMap::new() };
        conditions.add(Node::Always, nowhere);
        conditions.add(Node::Never, nowhere);
        conditions
    }
}

impl Conditions {
    /// The condition that always holds.
    pub const ALWAYS: ConditionId = ConditionId(0);
    /// The condition that never holds.
    pub const NEVER: ConditionId = ConditionId(1);

    /// A condition's node.
    pub fn node(&self, id: ConditionId) -> &Node {
        &self.nodes[id.0 as usize]
    }

    /// Where it was first written.
    pub fn place(&self, id: ConditionId) -> Span {
        self.places[id.0 as usize][0]
    }

    /// Every place it was written at, in the order they were met; never empty.
    pub fn places(&self, id: ConditionId) -> &[Span] {
        &self.places[id.0 as usize]
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Never true: two constants are always there.
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// Every id, what is rested on first.
    pub fn ids(&self) -> impl Iterator<Item = ConditionId> + use<> {
        (0..self.nodes.len() as u32).map(ConditionId)
    }

    /// The node of a condition as written. Definitions it names are interned already.
    pub fn intern(&mut self, condition: &Condition, defines: &[Option<ConditionId>]) -> ConditionId {
        let span = condition.span;
        match &condition.kind {
            ConditionKind::Always => Conditions::ALWAYS,
            ConditionKind::Unknown => Conditions::NEVER,
            ConditionKind::Atom(atom) => self.add(Node::Atom(atom.clone()), span),
            ConditionKind::Not(inner) => {
                let inner = self.intern(inner, defines);
                match self.node(inner) {
                    Node::Not(twice) => *twice,
                    _ => self.add(Node::Not(inner), span),
                }
            }
            ConditionKind::Define(define) => match defines[define.0] {
                Some(inner) => self.add(Node::Define(*define, inner), span),
                None => Conditions::NEVER,
            },
            ConditionKind::And(parts) => {
                let parts = self.parts(parts, defines, |node| matches!(node, Node::And(_)));
                self.joined(parts, Node::And, span)
            }
            ConditionKind::Or(parts) => {
                let parts = self.parts(parts, defines, |node| matches!(node, Node::Or(_)));
                self.joined(parts, Node::Or, span)
            }
        }
    }

    /// Both of two conditions.
    pub fn both(&mut self, a: ConditionId, b: ConditionId) -> ConditionId {
        let mut parts: Vec<ConditionId> = Vec::new();
        for id in [a, b] {
            match self.node(id) {
                Node::Always => {}
                Node::And(inner) => parts.extend(inner.clone()),
                _ => parts.push(id),
            }
        }
        parts.sort();
        parts.dedup();
        let span = self.place(a);
        match parts.len() {
            0 => Conditions::ALWAYS,
            _ => self.joined(parts, Node::And, span),
        }
    }

    /// The parts of a join, each once; a join within the same join is opened.
    fn parts(
        &mut self,
        parts: &[Condition],
        defines: &[Option<ConditionId>],
        is_same: impl Fn(&Node) -> bool,
    ) -> Vec<ConditionId> {
        let mut ids: Vec<ConditionId> = Vec::new();
        for part in parts {
            let id = self.intern(part, defines);
            match self.node(id) {
                node @ (Node::And(inner) | Node::Or(inner)) if is_same(node) => ids.extend(inner.clone()),
                _ => ids.push(id),
            }
        }
        ids.sort();
        ids.dedup();
        ids
    }

    fn joined(
        &mut self,
        mut parts: Vec<ConditionId>,
        join: impl Fn(Vec<ConditionId>) -> Node,
        span: Span,
    ) -> ConditionId {
        match parts.len() {
            1 => parts.remove(0),
            _ => self.add(join(parts), span),
        }
    }

    fn add(&mut self, node: Node, span: Span) -> ConditionId {
        if let Some(id) = self.ids.get(&node) {
            self.places[id.0 as usize].push(span);
            return *id;
        }
        let id = ConditionId(self.nodes.len() as u32);
        self.nodes.push(node.clone());
        self.places.push(vec![span]);
        self.ids.insert(node, id);
        id
    }
}
