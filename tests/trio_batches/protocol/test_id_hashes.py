from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from trio_batches.protocol.id_hashes import IdHashes


@given(st.lists(st.text("abc", max_size=3)))
def test_the_hashes_of_doubled_ids_are_found_and_no_others(ids: list[str]) -> None:
    hashes = IdHashes()
    for name in ids:
        hashes.add(name)
    doubled = {hash(name) for name, count in Counter(ids).items() if count > 1}
    assert hashes.doubled() == doubled
