"""The index of this node: follows the database, is rebuilt beside itself and swapped.

The database is the truth. An index that is lost, broken, of another format or of another
database is rebuilt; nothing in it is precious.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from sqlalchemy import Connection
from sqlalchemy.orm import Session

from knowledge.articles import counting, feeding
from knowledge.articles.models import Audience
from knowledge.search import entries, vocabulary, words
from knowledge.search.document import Document, document_of
from knowledge.search.engine import Engine, EngineKind
from knowledge.search.generations import Generations, IndexBusy, State
from knowledge.search.lexicon import Lexicon
from knowledge.search.whoosh_engine import WhooshKind
from support.kernel import db

log = logging.getLogger(__name__)

ANALYSIS = 5  # raise when analysis or document change what is indexed
BATCH = 200
WAIT = 15.0  # seconds for the other writer of this node
AT_ONCE = 3.0  # seconds that a search waits for an index being built anew
LOOK_EVERY = 1.0  # seconds between two looks at the counter by a process that searches
REPAIR_EVERY = 60.0
_OPENINGS = 3  # a writer may take a file away while we open: look again


@dataclass
class _Opened:
    """An engine in this process, with the mark of the state it was opened at."""

    engine: Engine
    generation: str
    mark: tuple[int, int, int] | None
    pid: int


@dataclass(frozen=True)
class Status:
    """``ready``: an index is open. ``behind``: changes that it has yet to follow."""

    ready: bool
    documents: int
    behind: int


def _tantivy() -> EngineKind:
    # A compiled library of many megabytes, which only those who chose it load.
    from knowledge.search.tantivy_engine import TantivyKind

    return TantivyKind()


ENGINES: Mapping[str, Callable[[], EngineKind]] = {"whoosh": WhooshKind, "tantivy": _tantivy}


class NodeIndex:
    """The index below one folder, for the threads of one process."""

    def __init__(self, folder: Path, kind: EngineKind) -> None:
        self._generations = Generations(folder)
        self._kind = kind
        self._lock = threading.RLock()
        self._opened: _Opened | None = None
        self._lexicons: dict[Audience, tuple[tuple[str, int, int], Lexicon]] = {}
        self._words_mark: tuple[int, int, int] | None = None
        self._looked_at = float("-inf")
        self._repaired_at = float("-inf")
        self._builder: threading.Thread | None = None

    @property
    def rebuilding(self) -> bool:
        """Whether this process is building an index in place of one that was lost."""
        return self._builder is not None and self._builder.is_alive()

    @property
    def _format(self) -> str:
        return f"{self._kind.name}.{ANALYSIS}.{vocabulary.fingerprint()}"

    def follow(self, wait: float = WAIT) -> int:
        """Apply what has been committed since the last time; returns how many changes.

        Raises IndexBusy when another writer does not finish within ``wait`` seconds.
        """
        with self._generations.writing(wait), _committed() as session:
            state = self._usable()
            there = counting.position(session)
            self._generations.keep_words(entries.collected(session))
            if state is None or state.lineage != there.lineage or state.change_number > there.value:
                return self._rebuild(session)
            return self._apply_changes(session, state, there.value)

    def reindex(self, wait: float = WAIT) -> int:
        """Build a whole index beside the current one, then swap. Returns how many articles."""
        with self._generations.writing(wait), _committed() as session:
            self._generations.keep_words(entries.collected(session))
            return self._rebuild(session)

    def keep_up(self) -> None:
        """Follow if the database has moved, looking at most once in ``LOOK_EVERY`` seconds.

        Whoever searches calls this: a node needs no other news of a change. Never raises.
        """
        if time.monotonic() - self._looked_at < LOOK_EVERY:
            return
        self._looked_at = time.monotonic()
        try:
            with _committed() as session:
                there = counting.position(session)
            state = self._usable()
            if state is None or state.lineage != there.lineage or state.change_number > there.value:
                self._build(self.follow)
            elif state.change_number != there.value:
                self.follow(wait=0)
            self._take_words()
        except IndexBusy:
            log.info("knowledge index: another process is writing it")
        except Exception:
            log.exception("knowledge index: could not follow the database")

    def warm(self) -> None:
        """Open the index and file its words, so that the first who searches need not wait."""
        self.keep_up()
        try:
            with self.reading():
                for audience in (Audience.PUBLIC, Audience.STAFF):
                    self.lexicon(audience)
        except FileNotFoundError:
            log.info("knowledge index: not there yet")  # whoever searches first builds it
        except Exception:
            log.exception("knowledge index: could not be opened ahead")

    def _build(self, work: Callable[[], int]) -> None:
        """Build a whole index beside the pages: they wait a moment, then say that it is coming.

        Raises what ``work`` raises when the only connection there is must do it.
        """
        if isinstance(db.bind(), Connection):
            work()
            return
        with self._lock:
            if not self.rebuilding:
                self._builder = threading.Thread(
                    target=_quietly, args=(work,), name="knowledge index", daemon=True
                )
                self._builder.start()
            builder = self._builder
        if builder is not None:
            builder.join(AT_ONCE)

    def _take_words(self) -> None:
        """Search with the words that editors added, as a process of this node last kept them."""
        mark = self._generations.words_mark()
        if mark != self._words_mark:
            entries.use(self._generations.words())
            self._words_mark = mark

    def repair(self) -> None:
        """Build another index in place of one that fails, at most once a minute. Never raises.

        A search that fails on a sound index must not make every search build one.
        """
        if time.monotonic() - self._repaired_at < REPAIR_EVERY:
            return
        self._repaired_at = time.monotonic()
        self.close()
        try:
            self._build(lambda: self.reindex(wait=0))
        except IndexBusy:
            log.info("knowledge index: another process is writing it")
        except Exception:
            log.exception("knowledge index: could not be rebuilt")

    @contextmanager
    def reading(self) -> Iterator[Engine]:
        """The engine, reopened if a process of this node has changed the index.

        Raises FileNotFoundError when there is none.
        """
        with self._lock:
            yield self._open()

    def lexicon(self, audience: Audience) -> Lexicon:
        """The words that ``audience`` may meet; call while reading."""
        assert self._opened is not None
        path = self._generations.path(self._opened.generation)
        mark = (self._opened.generation, *words.mark(path))
        known_mark, lexicon = self._lexicons.get(audience, (None, Lexicon()))
        if known_mark != mark:
            lexicon.refresh(words.load(path).readable_by(audience))
            lexicon.file_ahead()
            self._lexicons[audience] = (mark, lexicon)
        return lexicon

    def status(self) -> Status:
        """How the index stands. Raises what the database raises."""
        with _committed() as session:
            there = counting.position(session)
        try:
            with self.reading() as engine:
                documents = engine.count()
        except Exception:
            return Status(False, 0, there.value)
        state = self._generations.state()
        same = state is not None and state.lineage == there.lineage
        return Status(True, documents, there.value - state.change_number if same and state else 0)

    def close(self) -> None:
        with self._lock:
            if self._opened is not None and self._opened.pid == os.getpid():
                self._opened.engine.close()
            self._opened = None
            self._lexicons.clear()

    def _open(self) -> Engine:
        mark = self._generations.mark()
        if self._opened is not None:
            if self._opened.mark == mark and self._opened.pid == os.getpid():
                return self._opened.engine
            # After a fork the files are the parent's: leave them alone.
            if self._opened.pid == os.getpid():
                self._opened.engine.close()
            self._opened = None
        for attempt in range(_OPENINGS):
            mark, state = self._generations.mark(), self._usable()
            if state is None:
                raise FileNotFoundError("the knowledge index is not built")
            try:
                engine = self._kind.open(self._generations.path(state.generation))
            except Exception:
                if attempt == _OPENINGS - 1:
                    raise
                continue
            self._opened = _Opened(engine, state.generation, mark, os.getpid())
            return engine
        raise AssertionError("unreachable")

    def _usable(self) -> State | None:
        state = self._generations.state()
        if state is None or state.format != self._format:
            return None
        return state if self._generations.path(state.generation).is_dir() else None

    def _rebuild(self, session: Session) -> int:
        before = self._generations.state()
        there = counting.position(session)
        generation = self._generations.new()
        path = self._generations.path(generation)
        counted = _Counted(_every_document(session))
        self._kind.create(path)
        self._kind.add(path, counted)
        words.save(path, counted.words)
        self._generations.make_current(State(generation, self._format, there.lineage, there.value))
        # A reader may just have read the name of the one before: it goes the next time.
        self._generations.clear_but(generation, before.generation if before else "")
        return counted.count

    def _apply_changes(self, session: Session, state: State, reached: int) -> int:
        """``reached``: the counter before; a change of it may concern no article."""
        applied = 0
        while changes := feeding.changes_since(state.change_number, limit=BATCH, session=session):
            try:
                self._replace(self._generations.path(state.generation), changes)
            except Exception:
                log.exception("knowledge index: broken, building another")
                return self._rebuild(session)
            state = replace(state, change_number=changes[-1].change_number)
            self._generations.make_current(state)
            applied += len(changes)
        if state.change_number < reached:
            self._generations.make_current(replace(state, change_number=reached))
        return applied

    def _replace(self, path: Path, changes: Sequence[feeding.Change]) -> None:
        known = words.load(path)
        documents = [document_of(variant) for c in changes for variant in c.variants]
        if known.meet(documents):
            words.save(path, known)
        gone = [c.article_id for c in changes if not c.variants]
        self._kind.replace(path, documents, gone)


class _Counted:
    def __init__(self, documents: Iterator[Document]) -> None:
        self._documents = documents
        self.count = 0
        self.words = words.WordCounts()

    def __iter__(self) -> Iterator[Document]:
        last = None
        for document in self._documents:
            self.count += document.article_id != last
            last = document.article_id
            self.words.count(document)
            yield document


def _every_document(session: Session) -> Iterator[Document]:
    after = 0
    while batch := feeding.every_published(after, limit=BATCH, session=session):
        for variants in batch:
            yield from (document_of(one) for one in variants)
        after = batch[-1][0].id
        session.expunge_all()


def _quietly(work: Callable[[], int]) -> None:
    try:
        work()
    except IndexBusy:
        log.info("knowledge index: another process is building it")
    except Exception:
        log.exception("knowledge index: could not be built")


@contextmanager
def _committed() -> Iterator[Session]:
    """A session of its own: an index must never learn what may yet be rolled back."""
    where = db.bind()
    joined = isinstance(where, Connection)
    session = Session(
        where, join_transaction_mode="create_savepoint" if joined else "conditional_savepoint"
    )
    try:
        yield session
    finally:
        session.rollback()
        session.close()


_node: NodeIndex | None = None


def configure(folder: Path, kind: EngineKind | None = None) -> None:
    """Keep this node's index below ``folder``, with the embedded engine by default."""
    global _node
    if _node is not None:
        _node.close()
    _node = NodeIndex(folder, kind or WhooshKind())


def node() -> NodeIndex:
    if _node is None:
        raise RuntimeError("index not configured: call knowledge.search.index.configure first")
    return _node


def warm_ahead() -> None:
    """See :meth:`NodeIndex.warm`; beside the process that starts."""
    threading.Thread(target=node().warm, name="knowledge index, first", daemon=True).start()


def follow() -> int:
    """See :meth:`NodeIndex.follow`. Call outside the transaction that made the change."""
    return node().follow()


def reindex() -> int:
    """See :meth:`NodeIndex.reindex`."""
    return node().reindex()


def rebuilding() -> bool:
    """See :attr:`NodeIndex.rebuilding`."""
    return node().rebuilding


def status() -> Status:
    """See :meth:`NodeIndex.status`."""
    return node().status()
