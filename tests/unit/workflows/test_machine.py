"""Every workflow, every (state, action) pair: possible exactly where the table says so."""

from __future__ import annotations

import itertools

import pytest

from matchmaker.errors import InvalidTransition
from matchmaker.i18n import catalogue
from matchmaker.workflows import ALL_WORKFLOWS, Workflow
from matchmaker.workflows.problem import PROBLEM_WORKFLOW, ProblemAction, ProblemState

PAIRS = [
    pytest.param(workflow, state, action, id=f"{workflow.name}-{state}-{action}")
    for workflow in ALL_WORKFLOWS
    for state, action in itertools.product(workflow.labels, workflow.actions)
]


@pytest.mark.parametrize(("workflow", "state", "action"), PAIRS)
def test_action_leads_where_the_table_says_or_is_refused_in_words(workflow, state, action):
    if (state, action) in workflow.table:
        assert workflow.target(state, action) is workflow.table[state, action]
        assert workflow.can(state, action)
        return

    assert not workflow.can(state, action)
    with pytest.raises(InvalidTransition) as caught:
        workflow.target(state, action)

    assert caught.value.message.params == {
        "action": workflow.actions[action],
        "state": workflow.labels[state].staff,
    }


@pytest.mark.parametrize("workflow", ALL_WORKFLOWS, ids=lambda workflow: workflow.name)
def test_every_state_and_action_has_a_name_and_every_state_can_be_reached(workflow: Workflow):
    states, actions = type(workflow.initial), {type(action) for _, action in workflow.table}

    assert set(workflow.labels) == set(states)
    assert actions == {type(next(iter(workflow.actions)))}
    assert set(workflow.actions) == set(next(iter(actions)))
    for state in states:
        reached = workflow.initial
        for action in workflow.path(state):
            reached = workflow.target(reached, action)
        assert reached is state


@pytest.mark.parametrize("workflow", ALL_WORKFLOWS, ids=lambda workflow: workflow.name)
def test_labels_are_translated(workflow: Workflow):
    chinese = catalogue("zh_Hant_TW")
    names = [text for label in workflow.labels.values() for text in (label.staff, label.public)]

    assert [
        text for text in [*names, *workflow.actions.values()] if chinese.gettext(text) == text
    ] == []


def test_path_is_shortest():
    assert PROBLEM_WORKFLOW.path(ProblemState.DRAFT) == []
    assert PROBLEM_WORKFLOW.path(ProblemState.PUBLISHED) == [
        ProblemAction.SUBMIT,
        ProblemAction.SCREEN,
        ProblemAction.GRADE,
        ProblemAction.PUBLISH,
    ]


def test_mermaid_has_one_line_for_each_pair():
    lines = PROBLEM_WORKFLOW.mermaid().splitlines()

    assert lines[:2] == ["stateDiagram-v2", "    [*] --> draft"]
    assert len(lines) == 2 + len(PROBLEM_WORKFLOW.table)
    assert "    graded --> published: publish" in lines
