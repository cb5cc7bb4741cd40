"""Background work: Celery is the doorbell, the database the memory.

Every task finds its work in the database; a task that is lost, doubled or late changes
nothing. The scheduler rings every task now and then, so that a broker that was down, or a
process that was killed, only delays.
"""

from __future__ import annotations

import logging
import warnings
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from celery import Celery
from celery.beat import EmbeddedService
from celery.exceptions import SecurityWarning
from celery.schedules import crontab
from celery.signals import worker_ready, worker_shutting_down
from sqlalchemy.orm import Session

from channels.mail import inbox, reconciling
from channels.mail.fetching import MailboxFailure
from channels.phone.understanding import forget_calls, give_up_on_lost
from escalation.glpi import events, linking, pulling
from escalation.glpi import settings as glpi_settings
from escalation.shared_mailbox import reminding as level_reminders
from knowledge.articles import checking, learned, publishing, voting
from knowledge.gaps import typed_again
from knowledge.search import asked
from support.clocks import ticking, warning
from support.help_sessions import soonest, telling, watching
from support.intake.repeating import forget_answers
from support.kernel import db
from support.outbox.draining import drain as drain_outbox
from support.outbox.draining import forget_done
from support.people.signing_in import forget_old_attempts
from support.tickets import measuring, prioritising
from web import wiring
from web.config import Settings
from web.library import needs, reminding
from web.scheduling import KeptScheduler

log = logging.getLogger(__name__)

app = Celery("relais")
BATCH = 1000  # rows that a purge deletes at once
# Seconds. A page rings and goes on: a bell not rung is found by the scheduler.
_PATIENT = {"socket_connect_timeout": 2, "socket_timeout": 5}
_HURRIED = {"socket_connect_timeout": 0.4, "socket_timeout": 0.4, "max_retries": 0}
_settings: Settings | None = None


def configure(settings: Settings, *, patient: bool = True) -> Celery:
    """Point Celery at its broker: Redis, or files in the data directory when embedded.

    ``patient``: no page is waiting, so that a slow Redis may take some seconds.
    """
    global _settings
    _settings = settings
    app.conf.update(
        accept_content=["json"],
        task_ignore_result=True,
        task_publish_retry=False,
        task_default_expires=300,
        worker_hijack_root_logger=False,
        worker_send_task_events=False,
        broker_connection_retry_on_startup=True,
        beat_schedule_filename=str(settings.data_dir / "schedule"),
        beat_schedule=_schedule(settings),
        **_broker(settings, patient=patient),
    )
    return app


def _schedule(settings: Settings) -> dict[str, Any]:
    """When each task is rung without anybody asking."""
    return {
        "drain": _every(5, "relais.drain"),
        "sweep": _every(30, "relais.sweep"),
        "fetch": _every(settings.fetch_every, "relais.fetch_mail"),
        "glpi": _every(settings.glpi_every, "relais.read_glpi"),
        "purge": _daily(2, 40, "relais.purge"),
        "reconcile": _daily(3, 10, "relais.reconcile_mail"),
        "measure": _daily(4, 20, "relais.measure_delays"),
        "priorities": _daily(4, 40, "relais.raise_priorities"),
        "learn": _daily(5, 0, "relais.learn_from_answers"),
        "watch_places": _daily(7, 20, "relais.watch_places"),
        "first_places": _every(60, "relais.find_first_places"),
        "appointments": _daily(10, 15, "relais.remind_of_appointments"),
        "articles": _daily(7, 50, "relais.check_articles"),
        "remind": _daily(8, 30, "relais.remind_levels"),
    }


def _every(seconds: int, task: str) -> dict[str, Any]:
    return {"task": task, "schedule": float(seconds), "options": {"expires": seconds}}


def _daily(hour: int, minute: int, task: str) -> dict[str, Any]:
    return {
        "task": task,
        "schedule": crontab(hour=hour, minute=minute),
        "options": {"expires": 3600},
    }


def _broker(settings: Settings, *, patient: bool = True) -> dict[str, Any]:
    if settings.broker_url:
        return {
            "broker_url": settings.broker_url,
            "broker_transport_options": _PATIENT if patient else _HURRIED,
        }
    folder = settings.data_dir / "broker"
    for name in ("queue", "control"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    options = {
        "data_folder_in": str(folder / "queue"),
        "data_folder_out": str(folder / "queue"),
        "control_folder": str(folder / "control"),
    }
    return {
        "broker_url": "filesystem://",
        "broker_transport": "web.broker:Transport",
        "broker_transport_options": options,
    }


def ring_after_commit() -> None:
    """Ring the doorbell after each commit that wrote to the outbox."""
    db.on_commit(_ring)


def _ring(session: Session) -> None:
    if not session.info.get("outbox_written"):
        return
    try:
        drain.apply_async(expires=30, retry=False)
    except Exception as error:  # the broker is down: the scheduler will find the work
        log.warning("doorbell not rung: %s", error)


@app.task(name="relais.drain")
def drain() -> int:
    lease = timedelta(seconds=_known().outbox_lease)
    return drain_outbox(wiring.handlers(), limit=500, lease=lease)


@app.task(name="relais.sweep")
def sweep() -> int:
    with db.transaction():
        swept = ticking.sweep()
    with db.transaction():
        swept += warning.sweep()
    if glpi_settings.current() is not None:
        with db.transaction():
            swept += linking.notice()
    with db.transaction():
        swept += publishing.publish_due() + publishing.follow_days()
    with db.transaction():
        return swept + give_up_on_lost()


@app.task(name="relais.fetch_mail")
def fetch_mail() -> int:
    return sum(_taken(url) for url in _known().mailboxes)


@app.task(name="relais.reconcile_mail")
def reconcile_mail() -> int:
    """Compare each mailbox with what we have; how many differences there were."""
    return sum(len(reconciling.reconcile(url).gaps) for url in _known().mailboxes)


@app.task(name="relais.measure_delays")
def measure_delays() -> int:
    """What each reason has really taken lately: the dates of tomorrow are drawn from it."""
    with db.transaction():
        return measuring.measure()


@app.task(name="relais.raise_priorities")
def raise_priorities() -> int:
    """What a date that has come near makes more urgent; how many tickets were raised."""
    total, after = 0, 0
    while True:
        with db.transaction():
            raised, after = prioritising.raise_near(BATCH, after)
        total += raised
        if not after:
            return total


@app.task(name="relais.remind_levels")
def remind_levels() -> int:
    """Write again to the levels that work by mail and owe an answer; how many mails."""
    with db.transaction():
        return level_reminders.remind()


@app.task(name="relais.remind_of_appointments")
def remind_of_appointments() -> int:
    """Write to those who come in two days; how many."""
    with db.transaction():
        return telling.remind()


@app.task(name="relais.find_first_places")
def find_first_places() -> int:
    """Say anew from when on places are free where that is not known; for how many places."""
    with db.transaction(write=False):
        points = soonest.to_refresh()
    for number in points:
        with db.transaction():
            soonest.refresh_one(number)
    return len(points)


@app.task(name="relais.watch_places")
def watch_places() -> int:
    """Have the heads of services told of the week of their places; how many mails."""
    with db.transaction(write=False):
        points = watching.watched()
    told = 0
    for number in points:
        with db.transaction():
            told += watching.watch(number)
    return told


@app.task(name="relais.learn_from_answers")
def learn_from_answers() -> int:
    """What solves requests of which reason, what is typed again and again, what writing changed;
    how many articles are worth more or less by that.
    """
    after, read = None, BATCH
    while read:
        with db.transaction():
            read, after = typed_again.collect(BATCH, after)
    needs.measure()
    with db.transaction():
        return learned.recount()


@app.task(name="relais.check_articles")
def check_articles() -> int:
    """Withdraw what is critical and late, remind the owners of the rest; how many of both."""
    grace = _known().article_grace_days
    with db.transaction():
        withdrawn = checking.withdraw_late(grace)
    with db.transaction():
        return withdrawn + checking.remind(reminding.worded, grace)


@app.task(name="relais.read_glpi")
def read_glpi() -> int:
    """Read what has changed in GLPI, for what it did not tell by itself."""
    return pulling.poll()


@app.task(name="relais.purge")
def purge() -> int:
    verbs = (
        forget_old_attempts,
        forget_done,
        forget_answers,
        forget_calls,
        reconciling.forget_old,
        events.forget_old,
        linking.let_rest,
        voting.forget_old,
        asked.forget_old,
        typed_again.forget_old,
    )
    return sum(_forget(verb) for verb in verbs)


def _forget(verb: Callable[[int], int]) -> int:
    # A batch a transaction: the pages that write meanwhile hardly notice.
    total = 0
    while True:
        with db.transaction():
            gone = verb(BATCH)
        total += gone
        if gone < BATCH:
            return total


def _taken(mailbox: str) -> int:
    # A mailbox that cannot be read must not keep the next one waiting.
    try:
        return inbox.fetch(mailbox).taken
    except MailboxFailure as failure:
        log.warning("mailbox not read: %s", failure)
        return 0


def _known() -> Settings:
    assert _settings is not None, "web.worker.configure was not called"
    return _settings


class _Clock:
    """The scheduler, in a thread of the worker: it dies with it, and one is enough."""

    service: Any = None


@worker_ready.connect
def _start_clock(**_kwargs: Any) -> None:
    _Clock.service = EmbeddedService(app, thread=True, scheduler_cls=KeptScheduler)
    _Clock.service.start()


@worker_shutting_down.connect
def _stop_clock(**_kwargs: Any) -> None:
    if _Clock.service is not None:
        _Clock.service.stop()


def run(settings: Settings) -> None:
    """Work until stopped. Threads, not processes: the work is waiting for others."""
    wiring.configure(settings)
    configure(settings)
    ring_after_commit()
    _be_quiet()
    app.worker_main(
        [
            "--quiet",
            "worker",
            "--pool=threads",
            "--concurrency=4",
            f"--loglevel={settings.log_level}",
            "--without-gossip",
            "--without-mingle",
            "--without-heartbeat",
        ]
    )


def _be_quiet() -> None:
    """One line per thing that went wrong, none per bell that rang."""
    for name in ("celery", "kombu"):
        logging.getLogger(name).setLevel(logging.ERROR)
    # Only JSON is accepted from the broker, so that running as root opens no door.
    warnings.filterwarnings("ignore", category=SecurityWarning)
