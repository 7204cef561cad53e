//! Questions that stand ready before they are asked for, and no more of them than are of use.

use std::collections::VecDeque;

/// So many questions wait for their answers at once: one is worked on, the others stand ready.
const AHEAD: usize = 3;

/// The answers to all questions, in their order. `ask` hands a question over and tells what `answer` needs to know.
pub fn answers<Q, K, A, E>(
    questions: impl IntoIterator<Item = Q>,
    mut ask: impl FnMut(Q) -> K,
    mut answer: impl FnMut(K) -> Result<A, E>,
) -> Result<Vec<A>, E> {
    let mut waiting = VecDeque::with_capacity(AHEAD);
    let mut answers = Vec::new();
    for question in questions {
        if waiting.len() == AHEAD
            && let Some(first) = waiting.pop_front()
        {
            answers.push(answer(first)?);
        }
        waiting.push_back(ask(question));
    }
    for rest in waiting {
        answers.push(answer(rest)?);
    }
    Ok(answers)
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    #[test]
    fn questions_stand_ready_and_are_few() {
        for count in [0, 1, 3, 10] {
            let (asked, answered, most) = (Cell::new(0), Cell::new(0), Cell::new(0));
            let ask = |question: usize| {
                asked.set(asked.get() + 1);
                most.set(most.get().max(asked.get() - answered.get()));
                question
            };
            let answer = |question: usize| {
                answered.set(answered.get() + 1);
                Ok::<_, String>(10 * question)
            };
            let expected: Vec<usize> = (0..count).map(|question| 10 * question).collect();
            assert_eq!(answers(0..count, ask, answer), Ok(expected));
            assert_eq!(most.get(), count.min(AHEAD));
        }
    }

    #[test]
    fn nothing_is_asked_after_what_went_wrong() {
        let asked = Cell::new(0);
        let ask = |_| asked.set(asked.get() + 1);
        let wrong = answers(0..100, ask, |()| Err::<(), _>("It ended."));
        assert_eq!((wrong, asked.get()), (Err("It ended."), AHEAD));
    }
}
