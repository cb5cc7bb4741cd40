"""The services outside to which a request may be passed on."""

from __future__ import annotations

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from support.kernel.db import Base, PrimaryKey


class OutsideService(Base):
    """``label``: as the person reads it, with its article (« la préfecture de votre
    département »). ``contact``: how the public reaches it. ``email``: where requests are passed
    on to; empty: by another way.
    """

    __tablename__ = "outside_service"

    id: Mapped[PrimaryKey]
    code: Mapped[str] = mapped_column(String(60), unique=True)
    label: Mapped[str] = mapped_column(String(160))
    contact: Mapped[str] = mapped_column(String(300), default="")
    email: Mapped[str] = mapped_column(String(254), default="")
    active: Mapped[bool] = mapped_column(default=True)
    position: Mapped[int] = mapped_column(default=0)
