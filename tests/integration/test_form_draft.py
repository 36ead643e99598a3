"""Unsaved typing: kept per person and form, within limits, never shown to anybody else."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from matchmaker.errors import InvalidInput, NotFound, NotSignedIn
from matchmaker.models import FormDraft
from matchmaker.services import form_draft


def test_a_draft_is_replaced_not_added(ctx, make, session):
    context = ctx(make.user())
    form_draft.save(context, "problem:new", {"title_en": ["First"], "region": ["east"]})
    form_draft.save(context, "problem:new", {"title_en": ["Second"]})
    session.commit()
    assert form_draft.load(context, "problem:new").values == {"title_en": ["Second"]}
    assert session.scalar(sa.select(sa.func.count()).select_from(FormDraft)) == 1


def test_drafts_belong_to_one_person_and_one_form(ctx, make):
    mine, other = ctx(make.user()), ctx(make.user())
    form_draft.save(mine, "team:3", {"name_en": ["Mine"]})
    assert form_draft.load(other, "team:3") is None
    assert form_draft.load(mine, "team:4") is None
    form_draft.discard(other, "team:3")
    assert form_draft.load(mine, "team:3").values == {"name_en": ["Mine"]}


def test_a_discarded_draft_is_gone(ctx, make, session):
    context = ctx(make.user())
    form_draft.save(context, "organization:7", {"name_en": ["x"]})
    session.flush()
    form_draft.discard(context, "organization:7")
    form_draft.discard(context, "organization:7")
    assert form_draft.load(context, "organization:7") is None


@pytest.mark.parametrize(
    "key", ["", "problem", "problem:", "problem:0", "problem:-1", "user:1", "problem:new2", "a/b:1"]
)
def test_only_known_forms_have_drafts(ctx, make, key):
    with pytest.raises(NotFound):
        form_draft.save(ctx(make.user()), key, {})


def test_too_much_text_is_refused_with_the_limit(ctx, make):
    with pytest.raises(InvalidInput) as caught:
        form_draft.save(ctx(make.user()), "problem:new", {"text_en": ["x" * 400_001]})
    assert "at most 400000 characters" in str(caught.value)


def test_too_many_fields_are_refused(ctx, make):
    with pytest.raises(InvalidInput):
        form_draft.save(ctx(make.user()), "problem:new", {f"f{n}": [""] for n in range(1001)})


def test_nobody_in_particular_has_no_drafts(ctx):
    with pytest.raises(NotSignedIn):
        form_draft.load(ctx(None), "problem:new")
