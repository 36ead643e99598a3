"""What a use case works with: the transaction, who acts, and how to leave word of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from matchmaker.clock import utcnow
from matchmaker.errors import NotSignedIn
from matchmaker.models import (
    AuditEvent,
    Base,
    Job,
    OutboxMessage,
    PrivateAuditEvent,
    PrivateCall,
    User,
)
from matchmaker.policies.base import Permission
from matchmaker.policies.scope import private_call_of
from matchmaker.services import audit, delivery_start, mail, preview
from matchmaker.settings import Settings
from matchmaker.workflows.delivery import DeliveryState


@dataclass
class Context:
    """One person's (or the system's) transaction. Services take it first and never commit it."""

    session: Session
    settings: Settings
    actor: User | None = None
    #: The operator at the command line or a job acts: permissions were decided elsewhere.
    trusted: bool = False
    request_id: str = ""

    @property
    def locale(self) -> str:
        return self.actor.locale if self.actor else self.settings.default_locale

    @property
    def signed_in(self) -> User:
        """Who acts, where only a person can."""
        if self.actor is None:
            raise NotSignedIn
        return self.actor

    def require(self, permission: Permission, *subject: Any) -> None:
        """Raise `PermissionDenied` unless the actor has *permission* on *subject*."""
        if not self.trusted:
            permission.require(self.actor, *subject)

    def lock_actor(self) -> None:
        """Let two clicks of one person come one after the other."""
        if self.actor is not None:
            self.session.get(User, self.actor.id, with_for_update=True)

    def record(self, action: str, subject: Base | None = None, **data: Any) -> None:
        """Write an audit event; *data* must not name people other than by id."""
        self.session.flush()  # A new subject gets its id here.
        event = audit.append(
            self.session,
            actor_id=self.actor.id if self.actor else None,
            action=action,
            subject_type=type(subject).__name__ if subject is not None else "",
            subject_id=subject.id if subject is not None else None,
            data=data,
            request_id=self.request_id,
        )
        self._keep_apart(event, subject)
        preview.follow(self.session, subject)

    def _keep_apart(self, event: AuditEvent, subject: Base | None) -> None:
        """Keep what happens inside an in-house call out of the office's trail.

        What is decided of the call as a whole is between its organization and the office.
        """
        if subject is None or isinstance(subject, PrivateCall):
            return
        private = private_call_of(self.session, subject)
        if private is not None:
            mark = PrivateAuditEvent(event_id=event.id, private_call_id=private.id)
            self.session.add(mark)

    def enqueue(self, kind: str, **payload: Any) -> Job:
        """Ask for *kind* of work; it starts after the commit."""
        job = Job(
            kind=kind,
            payload=payload,
            user_id=self.actor.id if self.actor else None,
            request_id=self.request_id,
            created_at=utcnow(),
        )
        self.session.add(job)
        self.session.flush()  # Callers link to the job.
        return job

    def send_mail(
        self,
        kind: str,
        recipient: User | str,
        *,
        locale: str | None = None,
        about: Base | None = None,
        **params: Any,
    ) -> None:
        """Write a mail of *kind* in the recipient's language; it leaves after the commit.

        *about* is what the letter is about; the office reads it if that belongs to the programme.
        """
        user = recipient if isinstance(recipient, User) else None
        address = user.email if user else recipient
        if not address:
            return  # The account was erased: nobody is left to write to.
        subject, body = mail.compose(
            kind, locale or (user.locale if user else self.locale), **params
        )
        message = OutboxMessage(
            user_id=user.id if user else None,
            recipient=address,
            kind=kind,
            subject=subject,
            body=body,
        )
        self.session.add(message)
        self.session.flush()  # The job refers to the message by id.
        url = str(params.get("url", ""))
        delivery = delivery_start.begin(self.session, message, user, about, url)
        if delivery.state is DeliveryState.WAITING:
            self.enqueue("mail.deliver", message_id=message.id)
