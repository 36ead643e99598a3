"""Ask a colleague or a mentor for their word, and give one's own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from matchmaker.competency import load_taxonomy
from matchmaker.errors import InvalidInput, InvalidTransition, NotFound, RateLimited
from matchmaker.i18n import N_, Message
from matchmaker.models import Evidence, User
from matchmaker.policies.evidence import may_keep_evidence
from matchmaker.queries import evidence as queries
from matchmaker.services import evidence_word as service
from matchmaker.services.level_estimate import estimates_of
from matchmaker.web import evidence_words as words
from matchmaker.web.auth import actor, guard
from matchmaker.web.errors import status_of
from matchmaker.web.forms.evidence import AskForm, WordForm, word_form
from matchmaker.web.i18n import say
from matchmaker.web.security import limiter
from matchmaker.web.transaction import context, db_session

blueprint = Blueprint("evidence_word", __name__)


def _me() -> User:
    return cast(User, actor())  # Every route here is for people who are signed in.


def _names(me: User) -> list[str]:
    """What one can ask about: what one says or shows that one can; everything at the start."""
    rated = queries.own_ratings(db_session(), me.id)
    said = {name for name, row in rated.items() if row.level}
    shown = {row.competency for row in queries.shown_by(db_session(), me.id)}
    known = {name for name in estimates_of(db_session(), me.id) if name not in rated}
    taxonomy = load_taxonomy()
    found = [name for name in taxonomy.competencies if name in said | shown | known]
    return found or list(taxonomy.competencies)


@blueprint.route("/me/evidence/ask", methods=["GET", "POST"])
@guard(may_keep_evidence)
@limiter.limit("60 per hour", methods=["POST"])
def ask() -> ResponseReturnValue:
    """Ask somebody."""
    session, me = db_session(), _me()
    form = AskForm(data={"competencies": request.args.getlist("competency")})
    form.offer(queries.colleagues(session, me), queries.mentors(session, me), _names(me))
    if not form.is_submitted():
        return _ask_page(form)
    if not form.validate():
        return _ask_page(form), 422
    return _asked(form)


def _asked(form: AskForm) -> ResponseReturnValue:
    kind, person_id = form.asked
    try:
        if not person_id:
            raise InvalidInput(fields={"person": [Message(N_("Choose whom you ask."))]})
        service.ask(
            context(),
            kind,
            person_id,
            form.competencies.data or [],
            note=form.note.data or "",
        )
    except InvalidInput as error:
        form.show_refusal(error)
        return _ask_page(form), 422
    except RateLimited as error:
        form.form_errors.append(say(error.message))
        return _ask_page(form), status_of(error)
    flash(_("Asked. You get a letter with the answer."), "success")
    return redirect(url_for("evidence.index"), 303)


def _ask_page(form: AskForm) -> str:
    return render_template("evidence_word/ask.html", form=form, most=service.MAX_ASKED)


@blueprint.get("/me/asked")
@guard(may_keep_evidence)
def index() -> ResponseReturnValue:
    """Who waits for one's word."""
    rows = queries.asked_of(db_session(), _me().id)
    return render_template("evidence_word/index.html", people=_by_person(rows))


def _by_person(rows: Sequence[Evidence]) -> list[tuple[User, list[Evidence]]]:
    people: dict[int, tuple[User, list[Evidence]]] = {}
    for row in rows:
        people.setdefault(row.user_id, (row.user, []))[1].append(row)
    return list(people.values())


@blueprint.route("/me/asked/<int:asker_id>", methods=["GET", "POST"])
@guard(may_keep_evidence)
def answer(asker_id: int) -> ResponseReturnValue:
    """Say what one thinks of somebody's levels."""
    rows = queries.asked_of(db_session(), _me().id, asker_id=asker_id)
    if not rows:
        raise NotFound
    form = word_form(rows)
    if not form.is_submitted():
        return _word_page(rows, form)
    if not form.validate():
        return _word_page(rows, form), 422
    return _answered(asker_id, rows, form)


def _answered(asker_id: int, rows: Sequence[Evidence], form: WordForm) -> ResponseReturnValue:
    try:
        given = service.answer(context(), asker_id, form.words())
    except InvalidInput as error:
        form.show_refusal(error)
        return _word_page(rows, form), 422
    except InvalidTransition as error:
        form.form_errors.append(say(error.message))
        return _word_page(rows, form), 409
    if not given:
        form.form_errors.append(_("Choose a level, or “I cannot say”."))
        return _word_page(rows, form), 422
    flash(_("Thank you. Answers: %(count)s", count=len(given)), "success")
    return redirect(url_for("evidence_word.index"), 303)


def _word_page(rows: Sequence[Evidence], form: WordForm) -> str:
    notes = list(dict.fromkeys(row.role for row in rows if row.role))
    return render_template(
        "evidence_word/answer.html",
        rows=rows,
        person=rows[0].user,
        notes=notes,
        form=form,
        words=words,
    )
