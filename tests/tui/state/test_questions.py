from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from tests.tui.known import known
from tui.state.questions import ask_cancel, ask_delete, ask_quit, ask_resubmit

if TYPE_CHECKING:
    from trio_batches import KnownBatch
    from tui.state.question import Question


def text(question: Question) -> str:
    return "\n".join(fact.text for fact in question.facts)


def keys(question: Question) -> dict[str, str]:
    return {choice.key: choice.id for choice in question.choices}


def running(number: int) -> KnownBatch:
    return known(number, status="in_progress", processing=5, succeeded=0)


def test_a_delete_names_the_number_the_first_ids_and_what_is_lost() -> None:
    targets = [known(number, label="night" if number == 0 else None) for number in range(8)]

    question = ask_delete(targets, without_copy=["msgbatch_0001", "msgbatch_0002"], hidden=0)

    assert question.title == "Delete 8 batches?"
    sentence = "These 8 batches and their results are deleted from the service, for good."
    assert question.facts[0].text == sentence
    assert "msgbatch_0000  night" in text(question)
    assert "msgbatch_0004" in text(question)
    assert "msgbatch_0005" not in text(question)
    assert "and 3 more" in text(question)
    (red,) = [fact.text for fact in question.facts if fact.tone == "bad"]
    assert red == "2 of them have NO verified copy on this machine."
    assert keys(question) == {"y": "keep", "Y": "delete"}


def test_a_single_lost_one_is_said_in_words_that_agree() -> None:
    question = ask_delete([known(1), known(2)], without_copy=["msgbatch_0001"], hidden=0)

    assert "1 of them has NO verified copy on this machine." in text(question)
    assert question.choices[1].words == "Delete; the results of 1 batch are lost"


def test_the_plain_key_never_loses_results() -> None:
    batch = known(1)

    lost = ask_delete([batch], without_copy=[batch.id], hidden=0)
    held = ask_delete([batch], without_copy=[], hidden=0)

    assert keys(lost)["y"] == "keep"
    assert keys(held) == {"y": "delete"}
    assert [fact.tone for fact in held.facts if "copy" in fact.text] == ["good"]


def test_what_is_archived_cannot_be_downloaded_first() -> None:
    archived = known(1, archived=True)
    lost = ask_delete([archived], without_copy=[archived.id], hidden=0)
    other = known(2)
    both = ask_delete([archived, other], without_copy=[archived.id, other.id], hidden=0)
    held = ask_delete([archived], without_copy=[], hidden=0)

    assert keys(lost) == {"Y": "delete"}
    assert lost.choices[0].words == "Delete 1 batch; the service keeps no results any more"
    assert keys(both) == {"y": "keep", "Y": "delete"}
    assert keys(held) == {"y": "delete"}


def test_more_than_ten_need_their_number_to_be_typed() -> None:
    ten = ask_delete([known(number) for number in range(10)], without_copy=[], hidden=0)
    eleven = ask_delete([known(number) for number in range(11)], without_copy=[], hidden=0)

    assert ten.typed is None
    assert eleven.typed == 11
    assert all(choice.counted for choice in eleven.choices)


def test_hidden_ones_are_told_and_can_be_left_out() -> None:
    targets = [known(number) for number in range(4)]

    some = ask_delete(targets, without_copy=[], hidden=3)
    all_of_them = ask_delete(targets, without_copy=[], hidden=4)

    assert "3 of the chosen are hidden by the filter." in text(some)
    assert keys(some)["s"] == "shown"
    assert "4 of the chosen are hidden by the filter." in text(all_of_them)
    assert "s" not in keys(all_of_them)


def test_only_what_has_ended_is_deleted_and_the_rest_can_be_cancelled() -> None:
    canceling = known(4, status="canceling", processing=5)
    targets = [known(1), running(2), running(3), canceling]

    question = ask_delete(targets, without_copy=[], hidden=0)

    assert question.title == "Delete 1 batch?"
    assert "3 of the chosen have not ended and stay as they are." in text(question)
    assert "msgbatch_0002" not in text(question)
    (cancel,) = [choice for choice in question.choices if choice.id == "cancel"]
    assert cancel.words == "Cancel the 2 that still run"
    assert not cancel.counted


def test_a_cancel_takes_one_key_however_many_they_are() -> None:
    question = ask_cancel([running(number) for number in range(50)], hidden=0)

    assert question.typed is None
    assert question.title == "Cancel 50 batches?"
    assert keys(question) == {"y": "cancel", "a": "always"}


def test_a_cancel_instead_of_a_delete_says_so_and_is_never_remembered() -> None:
    question = ask_cancel([running(1), known(2, age=timedelta(days=1))], hidden=0, instead=True)

    assert question.title == "Cancel 1 batch instead?"
    assert "Only what has ended can be deleted" in text(question)
    assert keys(question) == {"y": "cancel"}


def test_a_resubmission_counts_by_kind_and_offers_the_invalid_ones_apart() -> None:
    question = ask_resubmit(
        ["msgbatch_1"], {"expired": 1200, "errored": 3}, invalid=7, sent_before=2, hidden=0
    )

    assert question.title == "Send 1,203 requests again, as new batches?"
    assert "expired: 1,200" in text(question)
    assert "2 more were sent again before" in text(question)
    assert keys(question) == {"y": "send", "i": "all"}
    only_invalid = ask_resubmit(["msgbatch_1"], {}, invalid=7, sent_before=0, hidden=0)
    assert keys(only_invalid) == {"i": "all"}


def test_labels_from_elsewhere_are_harmless() -> None:
    question = ask_delete([known(1, label="\x1b[31m\nred")], without_copy=[], hidden=0)

    assert "\x1b" not in text(question)
    assert "\nred" not in text(question)


def test_leaving_says_what_is_not_sent() -> None:
    assert ask_quit(1).title == "1 delete is not sent yet"
    assert ask_quit(2).title == "2 deletes are not sent yet"
