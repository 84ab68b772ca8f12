//! Which calls add which jobs of flows, in which order. Pure.

use crate::error::{Error, Result};
use crate::scripts::FlowRole;

/// One call: positions of jobs and what it does with each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Call {
    /// The flow it is a part of, where that takes several calls.
    pub(super) flow_id: Option<String>,
    pub(super) jobs: Vec<(usize, FlowRole)>,
}

/// Plans calls of at most `max` jobs. `parents`: position of each job's parent, which is lower than its own. `tags`: what tells the
/// hash slot of each job; one call works on one slot.
///
/// Flows that fit share calls. A larger one has calls of its own: first the parents' hashes are written, then its leaves are
/// added, then its parents from the bottom up, so that no parent is there to run before all its children are.
///
/// # Errors
/// `InvalidOption` for a flow over several hash slots.
pub(super) fn plan(parents: &[Option<usize>], tags: &[String], max: usize) -> Result<Vec<Call>> {
    let mut is_parent = vec![false; parents.len()];
    for parent in parents.iter().flatten() {
        is_parent[*parent] = true;
    }
    let role = |index: usize| if is_parent[index] { FlowRole::Parent } else { FlowRole::Leaf };
    let mut calls: Vec<Call> = Vec::new();
    // The call that takes further small flows, and its hash tag.
    let mut open: Option<(usize, &str)> = None;
    for flow in flows(parents) {
        let tag = tag_of(&flow, tags)?;
        if flow.len() > max {
            calls.extend(calls_of_large(&flow, &is_parent, max));
            open = None;
            continue;
        }
        let entries = flow.iter().map(|index| (*index, role(*index)));
        match open {
            Some((call, of)) if of == tag && calls[call].jobs.len() + flow.len() <= max => {
                calls[call].jobs.extend(entries);
            }
            _ => {
                open = Some((calls.len(), tag));
                calls.push(Call { flow_id: None, jobs: entries.collect() });
            }
        }
    }
    for call in calls.iter_mut().filter(|call| call.flow_id.is_none()) {
        // As BullMQ orders flows that are added together: level by level over all of them.
        call.jobs.sort_unstable_by_key(|(index, _)| *index);
    }
    Ok(calls)
}

/// Positions of the jobs of each flow, roots first, in ascending order.
fn flows(parents: &[Option<usize>]) -> Vec<Vec<usize>> {
    let mut flows: Vec<Vec<usize>> = Vec::new();
    let mut flow_of: Vec<usize> = Vec::with_capacity(parents.len());
    for (index, parent) in parents.iter().enumerate() {
        let flow = parent.map_or(flows.len(), |parent| flow_of[parent]);
        if flow == flows.len() {
            flows.push(Vec::new());
        }
        flows[flow].push(index);
        flow_of.push(flow);
    }
    flows
}

fn tag_of<'a>(flow: &[usize], tags: &'a [String]) -> Result<&'a str> {
    let first = flow.first().map_or("", |root| tags[*root].as_str());
    match flow.iter().map(|index| &tags[*index]).find(|tag| *tag != first) {
        None => Ok(first),
        Some(other) => Err(Error::InvalidOption {
            message: format!("the queues of a flow must share a hash tag in a cluster, got {first} and {other}"),
        }),
    }
}

fn calls_of_large(flow: &[usize], is_parent: &[bool], max: usize) -> Vec<Call> {
    let (inner, leaves): (Vec<usize>, Vec<usize>) = flow.iter().partition(|index| is_parent[**index]);
    let held: Vec<_> = inner.iter().map(|index| (*index, FlowRole::Held)).collect();
    let leaves = leaves.into_iter().map(|index| (index, FlowRole::Leaf));
    let added: Vec<_> = leaves.chain(inner.into_iter().rev().map(|index| (index, FlowRole::Parent))).collect();
    let flow_id = uuid::Uuid::new_v4().simple().to_string();
    let call = |jobs: &[_]| Call { flow_id: Some(flow_id.clone()), jobs: jobs.to_vec() };
    held.chunks(max).chain(added.chunks(max)).map(call).collect()
}

#[cfg(test)]
mod tests {
    use FlowRole::{Held, Leaf, Parent};

    use super::*;

    fn calls(parents: &[Option<usize>], max: usize) -> Vec<Vec<(usize, FlowRole)>> {
        let tags = vec![String::new(); parents.len()];
        plan(parents, &tags, max).unwrap().into_iter().map(|call| call.jobs).collect()
    }

    #[test]
    fn flows_that_fit_share_a_call_level_by_level() {
        let parents = [None, None, Some(0), Some(1)];
        assert_eq!(calls(&parents, 4), [[(0, Parent), (1, Parent), (2, Leaf), (3, Leaf)]]);
    }

    #[test]
    fn a_flow_that_fits_is_never_split() {
        let parents = [None, None, Some(0), Some(1)];
        assert_eq!(calls(&parents, 3), [[(0, Parent), (2, Leaf)], [(1, Parent), (3, Leaf)]]);
    }

    #[test]
    fn a_large_flow_is_added_from_the_bottom_up_behind_its_held_parents() {
        let parents = [None, Some(0), Some(0), Some(2), Some(2)];
        let expected =
            [vec![(0, Held), (2, Held)], vec![(1, Leaf), (3, Leaf)], vec![(4, Leaf), (2, Parent)], vec![(0, Parent)]];
        assert_eq!(calls(&parents, 2), expected);
    }

    #[test]
    fn one_call_works_on_one_hash_slot() {
        let tags = ["a", "b", "a"].map(str::to_owned);
        let calls = plan(&[None, None, None], &tags, 9).unwrap();
        assert_eq!(calls.len(), 3);
        let error = plan(&[None, Some(0), None], &tags, 9).unwrap_err();
        assert_eq!(error.to_string(), "the queues of a flow must share a hash tag in a cluster, got a and b");
    }
}
