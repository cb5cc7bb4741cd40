"""``relais letters``: which translations of the letters are used, and approving one."""

from __future__ import annotations

import click

from channels.mail import reviews
from support.kernel.time import now


@click.group(invoke_without_command=True)
@click.pass_context
def letters(context: click.Context) -> None:
    """The letters that leave by themselves, and who has read each translation."""
    if context.invoked_subcommand is None:
        for one in reviews.translations():
            who = f"  {one.by}, {one.on}" if one.by else ""
            click.echo(f"{one.letter:<28} {one.language}  {one.review}{who}")


@letters.command()
@click.argument("letter")
@click.argument("language")
@click.option("--by", required=True, help="Who has read it and answers for it.")
def approve(letter: str, language: str, by: str) -> None:
    """Say that a translation has been read, against the French of today."""
    try:
        reviews.approve(letter, language, by=by, on=now().date())
    except LookupError as unknown:
        raise click.ClickException(f"no translation {unknown}") from unknown
    click.echo(f"{letter} {language}: reviewed")
