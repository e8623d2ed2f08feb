from pathlib import Path

import platformdirs
import pytest

from trio_batches.errors import ConfigurationError
from trio_batches.store import Home


def test_the_environment_names_the_home(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRIO_BATCHES_HOME", "/srv/batches")

    assert Home().path == Path("/srv/batches")
    assert Home().results == Path("/srv/batches/results")


def test_a_tilde_and_a_relative_path_are_understood(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))

    monkeypatch.setenv("TRIO_BATCHES_HOME", "~/batches")
    assert Home().path == tmp_path / "batches"
    monkeypatch.setenv("TRIO_BATCHES_HOME", "here")
    assert Home().path == tmp_path / "here"


@pytest.mark.parametrize("value", [None, ""])
def test_without_a_name_the_home_is_where_the_platform_keeps_data(
    monkeypatch: pytest.MonkeyPatch, value: str | None
) -> None:
    monkeypatch.delenv("TRIO_BATCHES_HOME", raising=False)
    if value is not None:
        monkeypatch.setenv("TRIO_BATCHES_HOME", value)

    assert Home().path == platformdirs.user_data_path("trio_batches", appauthor=False)


def test_a_path_that_is_given_wins(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("TRIO_BATCHES_HOME", "/srv/batches")

    assert Home(tmp_path).path == tmp_path


def test_the_home_of_nobody_is_a_configuration_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRIO_BATCHES_HOME", "~nobody-here/batches")

    with pytest.raises(ConfigurationError, match="TRIO_BATCHES_HOME is ~nobody-here/batches: "):
        Home()
