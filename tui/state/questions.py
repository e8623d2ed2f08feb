"""The questions that are asked about batches, made from what is known of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.state.plain import plain_line
from tui.state.question import Choice, Fact, Question
from tui.state.wording import count

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from trio_batches import KnownBatch

__all__ = (
    "ask_cancel",
    "ask_delete",
    "ask_quit",
    "ask_resubmit",
    "batches",
    "can_be_cancelled",
)

FIRST = 5
"""Ids that are named."""

TYPED_BEYOND = 10
"""So many can be deleted with a single key; more of them by typing their number."""


def batches(number: int) -> str:
    """Return `1 batch` or `12 batches`."""
    return "1 batch" if number == 1 else f"{count(number)} batches"


def can_be_cancelled(batch: KnownBatch) -> bool:
    """Tell whether a cancel would change anything."""
    return batch.status == "in_progress"


def ask_delete(
    targets: Sequence[KnownBatch], *, without_copy: Collection[str], hidden: int
) -> Question:
    """Return the question before batches are deleted.

    Args:
        targets: What was chosen; the hidden ones last.
        without_copy: The ids of those that have no verified copy here.
        hidden: How many of them the filter hides.
    """
    ended = [batch for batch in targets if batch.ended]
    lost = sum(batch.id in without_copy for batch in ended)
    number = len(ended)
    facts = [
        Fact(f"{_they(number)} results are deleted from the service, for good."),
        _copies(lost, number),
        *_hidden(hidden),
        *_left_out(len(targets) - number),
        *_names(ended),
    ]
    if not lost:
        choices = [Choice("delete", "y", f"Delete {batches(number)}", "bad", counted=True)]
    elif all(batch.archived_at for batch in ended if batch.id in without_copy):
        words = f"Delete {batches(number)}; the service keeps no results any more"
        choices = [Choice("delete", "Y", words, "bad", counted=True)]
    else:
        words = f"Delete; the results of {batches(lost)} are lost"
        choices = [
            Choice("keep", "y", "Download, verify, then delete", "good", counted=True),
            Choice("delete", "Y", words, "bad", counted=True),
        ]
    running = sum(map(can_be_cancelled, targets))
    if running:
        choices.append(Choice("cancel", "c", f"Cancel the {count(running)} that still run", "warn"))
    return Question(
        title=f"Delete {batches(number)}?",
        facts=tuple(facts),
        choices=(*choices, *_only_shown(len(targets), hidden)),
        refusal="Cancel: delete nothing",
        typed=number if number > TYPED_BEYOND else None,
    )


def ask_cancel(targets: Sequence[KnownBatch], *, hidden: int, instead: bool = False) -> Question:
    """Return the question before batches are cancelled.

    Args:
        targets: What was chosen; the hidden ones last.
        hidden: How many of them the filter hides.
        instead: They were to be deleted, and none of them has ended.
    """
    running = [batch for batch in targets if can_be_cancelled(batch)]
    number = len(running)
    facts = [
        *_hidden(hidden),
        Fact("Requests that run already still finish; the others are not run."),
        *_names(running),
    ]
    if instead:
        facts.insert(0, Fact("Only what has ended can be deleted, and none of these has.", "warn"))
    elif number < len(targets):
        facts.append(Fact(f"{count(len(targets) - number)} of the chosen do not run any more."))
    choices = [Choice("cancel", "y", f"Cancel {batches(number)}", "warn")]
    if not instead:
        choices.append(Choice("always", "a", "The same, and do not ask again this session", "warn"))
    return Question(
        title=f"Cancel {batches(number)}{' instead' if instead else ''}?",
        facts=tuple(facts),
        choices=(*choices, *_only_shown(len(targets), hidden)),
        refusal="Back: let them run",
    )


def ask_resubmit(
    targets: Sequence[str], kinds: Mapping[str, int], *, invalid: int, sent_before: int, hidden: int
) -> Question:
    """Return the question before failed requests are sent again.

    Args:
        targets: The ids of the batches that they were in.
        kinds: How many, by how they had failed.
        invalid: Further ones that the service had refused as invalid.
        sent_before: Further ones that were sent again before.
        hidden: How many of the batches the filter hides.
    """
    number = sum(kinds.values())
    facts = [*_hidden(hidden), Fact(f"From {batches(len(targets))}:")]
    facts += [Fact(f"  {plain_line(kind)}: {count(kinds[kind])}") for kind in sorted(kinds)]
    if sent_before:
        facts.append(Fact(f"{count(sent_before)} more were sent again before: left out.", "dim"))
    choices: list[Choice] = []
    if number:
        choices.append(Choice("send", "y", f"Send {count(number)} requests again", "warn"))
    if invalid:
        facts.append(
            Fact(f"{count(invalid)} more were refused as invalid: they fail again.", "warn")
        )
        all_of_them = f"Send {count(number + invalid)}, those refused as invalid too"
        choices.append(Choice("all", "i", all_of_them, "warn"))
    return Question(
        title=f"Send {count(number)} requests again, as new batches?",
        facts=tuple(facts),
        choices=(*choices, *_only_shown(len(targets), hidden)),
        refusal="Cancel: send nothing",
    )


def ask_quit(pending: int) -> Question:
    """Return the question before the app is left with something that is not sent yet."""
    these = "1 delete is" if pending == 1 else f"{count(pending)} deletes are"
    return Question(
        title=f"{these} not sent yet",
        facts=(Fact("The countdown waits. Whoever leaves now sends nothing.", "warn"),),
        choices=(Choice("quit", "y", "Leave, and send nothing"),),
        refusal="Stay: the countdown goes on",
    )


def _they(number: int) -> str:
    return "This batch and its" if number == 1 else f"These {count(number)} batches and their"


def _names(chosen: Sequence[KnownBatch]) -> list[Fact]:
    facts = [
        Fact(f"  {plain_line(batch.id)}  {plain_line(batch.label or '')}".rstrip(), "dim")
        for batch in chosen[:FIRST]
    ]
    if len(chosen) > FIRST:
        facts.append(Fact(f"  and {count(len(chosen) - FIRST)} more", "dim"))
    return facts


def _copies(lost: int, number: int) -> Fact:
    if not lost:
        all_ = "It has" if number == 1 else "All of them have"
        return Fact(f"{all_} a verified copy on this machine.", "good")
    if number == 1:
        return Fact("It has NO verified copy on this machine.", "bad")
    some = "1 of them has NO" if lost == 1 else f"{count(lost)} of them have NO"
    which = "NONE of them has a" if lost == number else some
    return Fact(f"{which} verified copy on this machine.", "bad")


def _left_out(running: int) -> list[Fact]:
    if not running:
        return []
    verb = "has not ended and stays" if running == 1 else "have not ended and stay"
    return [Fact(f"{count(running)} of the chosen {verb} as they are.", "warn")]


def _hidden(hidden: int) -> list[Fact]:
    if not hidden:
        return []
    verb = "is" if hidden == 1 else "are"
    return [Fact(f"{count(hidden)} of the chosen {verb} hidden by the filter.", "warn")]


def _only_shown(chosen: int, hidden: int) -> list[Choice]:
    """Let the hidden ones be left out, where that leaves any."""
    if not hidden or hidden >= chosen:
        return []
    return [Choice("shown", "s", f"Only the {count(chosen - hidden)} that are shown")]
