//! How values of a graph depend on each other: which tensors all paths from one to another pass.
//!
//! Shapes are not values: an operation that looks at a tensor's shape alone does not depend on its numbers.

use std::collections::HashMap;

use super::parsed::Parsed;

/// The tensors of a graph and what makes them.
#[derive(Debug)]
pub(super) struct Paths {
    names: Vec<String>,
    by_name: HashMap<String, usize>,
    /// What each operation takes and gives, in an order in which they can be run.
    operations: Vec<Operation>,
    /// The operation that makes a tensor.
    maker: Vec<Option<usize>>,
    /// Whether a number of it is stored in the file.
    stored: Vec<bool>,
}

#[derive(Debug)]
struct Operation {
    /// Its place in the file.
    node: usize,
    /// Whether it looks at shapes alone.
    of_shapes: bool,
    takes: Vec<usize>,
    gives: Vec<usize>,
}

/// What is needed to make some tensor.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Needs {
    /// Tensors that nothing makes, of which the numbers are needed.
    pub numbers: Vec<String>,
    /// Of which only the shape is needed.
    pub shapes: Vec<String>,
}

impl Paths {
    /// # Errors
    /// If operations wait for each other, or two make the same.
    pub(super) fn of(parsed: &Parsed<'_>) -> Result<Self, String> {
        let mut paths = Self {
            names: Vec::new(),
            by_name: HashMap::new(),
            operations: Vec::new(),
            maker: Vec::new(),
            stored: Vec::new(),
        };
        for input in &parsed.inputs {
            paths.id(input.name);
        }
        for name in parsed.stored.keys() {
            let id = paths.id(name);
            paths.stored[id] = true;
        }
        let mut operations = Vec::new();
        for (node_at, node) in parsed.nodes.iter().enumerate() {
            if node.operation == "Constant" {
                continue;
            }
            let takes: Vec<usize> = node.taken().map(|name| paths.id(name)).collect();
            let gives = node.outputs.iter().filter(|name| !name.is_empty());
            let gives: Vec<usize> = gives.map(|name| paths.id(name)).collect();
            for &given in &gives {
                if paths.maker[given].replace(operations.len()).is_some() {
                    return Err(format!(
                        "Two operations of the ONNX graph make \"{}\": the file is damaged, so save it again.",
                        super::parsed::shown(&paths.names[given])
                    ));
                }
            }
            operations.push(Operation {
                node: node_at,
                of_shapes: matches!(node.operation, "Shape" | "Size"),
                takes,
                gives,
            });
        }
        paths.sort(operations)?;
        Ok(paths)
    }

    fn id(&mut self, name: &str) -> usize {
        if let Some(&id) = self.by_name.get(name) {
            return id;
        }
        let id = self.names.len();
        self.names.push(name.into());
        self.by_name.insert(name.into(), id);
        self.maker.push(None);
        self.stored.push(false);
        id
    }

    /// Puts operations after those whose outputs they take.
    fn sort(&mut self, operations: Vec<Operation>) -> Result<(), String> {
        let mut waits: Vec<usize> = Vec::new();
        let mut takers: HashMap<usize, Vec<usize>> = HashMap::new();
        for (at, operation) in operations.iter().enumerate() {
            let made = operation
                .takes
                .iter()
                .filter(|&&id| self.maker[id].is_some());
            let made: Vec<usize> = made.copied().collect();
            waits.push(made.len());
            for id in made {
                takers.entry(id).or_default().push(at);
            }
        }
        let mut ready: Vec<usize> = (0..operations.len()).filter(|&at| waits[at] == 0).collect();
        ready.reverse();
        let mut place = vec![0; operations.len()];
        let mut order = Vec::new();
        while let Some(at) = ready.pop() {
            place[at] = order.len();
            order.push(at);
            for given in &operations[at].gives {
                for &taker in takers.get(given).into_iter().flatten() {
                    waits[taker] -= 1;
                    if waits[taker] == 0 {
                        ready.push(taker);
                    }
                }
            }
        }
        if order.len() < operations.len() {
            return Err(
                "Operations of the ONNX graph wait for each other: the file is damaged, so save it again."
                    .into(),
            );
        }
        for maker in self.maker.iter_mut().flatten() {
            *maker = place[*maker];
        }
        let mut operations: Vec<Option<Operation>> = operations.into_iter().map(Some).collect();
        let sorted = order.into_iter().filter_map(|at| operations[at].take());
        self.operations = sorted.collect();
        Ok(())
    }

    /// Whether there is a tensor of this name.
    pub(super) fn has(&self, name: &str) -> bool {
        self.by_name.contains_key(name)
    }

    /// The tensors that all paths from one to another pass, from the first on, without the two; `None` if there is
    /// no path.
    pub(super) fn between(&self, from: &str, to: &str) -> Option<Vec<&str>> {
        // Of every tensor that depends on the first: the last one before it that all paths to it pass, and
        // how many there are. Of operations the same, after all tensors.
        let (from, to) = (*self.by_name.get(from)?, *self.by_name.get(to)?);
        let tensors = self.names.len();
        let mut before: Vec<Option<(usize, usize)>> = vec![None; tensors + self.operations.len()];
        before[from] = Some((from, 0));
        for (at, operation) in self.operations.iter().enumerate() {
            if operation.of_shapes {
                continue;
            }
            let taken = operation.takes.iter().copied();
            let common = taken
                .filter(|&id| before[id].is_some())
                .reduce(|one, other| common(&before, one, other));
            let Some(common) = common else { continue };
            let depth = before[common].map_or(0, |(_, depth)| depth);
            before[tensors + at] = Some((common, depth + 1));
            for &given in operation.gives.iter().filter(|&&given| given != from) {
                before[given] = Some((tensors + at, depth + 2));
            }
        }
        let mut passed = Vec::new();
        let mut at = before[to]?.0;
        if to == from {
            return Some(passed);
        }
        while at != from {
            if at < tensors {
                passed.push(self.names[at].as_str());
            }
            at = before[at]?.0;
        }
        passed.reverse();
        Some(passed)
    }

    /// The tensors that depend on one, in an order in which they are made.
    pub(super) fn depending(&self, from: &str) -> Vec<&str> {
        let Some(&from) = self.by_name.get(from) else {
            return Vec::new();
        };
        let mut depends = vec![false; self.names.len()];
        depends[from] = true;
        let mut names = Vec::new();
        for operation in self
            .operations
            .iter()
            .filter(|operation| !operation.of_shapes)
        {
            if operation.takes.iter().any(|&id| depends[id]) {
                for &given in &operation.gives {
                    depends[given] = true;
                    names.push(self.names[given].as_str());
                }
            }
        }
        names
    }

    /// The operations, by their places in the file, that make `wanted` where these tensors are given; without those
    /// that depend on nothing but what is stored.
    pub(super) fn making(&self, wanted: &str, given: &[&str]) -> Vec<usize> {
        let operations = self.makers(wanted, given).into_iter();
        operations.map(|operation| operation.node).collect()
    }

    /// Whether a tensor is taken by one of these operations.
    pub(super) fn taken<'p>(
        &'p self,
        wanted: &str,
        given: &[&str],
    ) -> impl Fn(&str) -> bool + use<'p> {
        let mut taken = vec![false; self.names.len()];
        for operation in self.makers(wanted, given) {
            operation.takes.iter().for_each(|&id| taken[id] = true);
        }
        move |name| self.by_name.get(name).is_some_and(|&id| taken[id])
    }

    fn makers(&self, wanted: &str, given: &[&str]) -> Vec<&Operation> {
        let id = |name: &str| self.by_name.get(name).copied();
        let given: Vec<usize> = given.iter().filter_map(|name| id(name)).collect();
        let mut found = vec![false; self.operations.len()];
        let mut left: Vec<usize> = id(wanted).into_iter().collect();
        while let Some(tensor) = left.pop() {
            if let Some(maker) = self.maker[tensor].filter(|_| !given.contains(&tensor))
                && !std::mem::replace(&mut found[maker], true)
            {
                left.extend(&self.operations[maker].takes);
            }
        }
        let mut varies: Vec<bool> = vec![false; self.names.len()];
        for (id, varies) in varies.iter_mut().enumerate() {
            *varies = given.contains(&id) || (self.maker[id].is_none() && !self.stored[id]);
        }
        let mut makers = Vec::new();
        for (operation, found) in self.operations.iter().zip(found) {
            if found && operation.takes.iter().any(|&id| varies[id]) {
                makers.push(operation);
                operation.gives.iter().for_each(|&id| varies[id] = true);
            }
        }
        makers
    }

    /// What else is needed to make `wanted` where these tensors are given.
    pub(super) fn needs(&self, wanted: &str, given: &[&str]) -> Needs {
        let given: Vec<usize> = given
            .iter()
            .filter_map(|name| self.by_name.get(*name).copied())
            .collect();
        let mut needs = Needs::default();
        let Some(&wanted) = self.by_name.get(wanted) else {
            return needs;
        };
        let mut seen = vec![[false; 2]; self.names.len()];
        let mut left = vec![(wanted, false)];
        while let Some((id, of_shape)) = left.pop() {
            let known = self.stored[id] || given.contains(&id);
            if known || std::mem::replace(&mut seen[id][usize::from(of_shape)], true) {
                continue;
            }
            if let Some(maker) = self.maker[id] {
                let operation = &self.operations[maker];
                let of_shape = of_shape || operation.of_shapes;
                left.extend(operation.takes.iter().map(|&id| (id, of_shape)));
            } else {
                let kind = if of_shape {
                    &mut needs.shapes
                } else {
                    &mut needs.numbers
                };
                kind.push(self.names[id].clone());
            }
        }
        needs
    }
}

/// The last that all paths to both pass.
fn common(before: &[Option<(usize, usize)>], mut one: usize, mut other: usize) -> usize {
    let up = |at: usize| before[at].expect("reached");
    while one != other {
        if up(one).1 >= up(other).1 {
            one = up(one).0;
        } else {
            other = up(other).0;
        }
    }
    one
}
