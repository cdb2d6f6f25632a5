from pathlib import Path

import pytest

from muster.settings import TELEMETRY_OFF, Settings, configure, settings, workspace_name


def test_two_folders_of_the_same_name_get_two_workspaces(tmp_path: Path) -> None:
    first = workspace_name(f"file:{tmp_path}/a/mirror")
    second = workspace_name(f"file:{tmp_path}/b/mirror")

    assert first != second
    assert first.startswith("mirror-")


def test_a_relative_and_an_absolute_path_to_one_folder_are_one_workspace(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    assert workspace_name("file:mirror") == workspace_name(f"file:{tmp_path}/mirror")


def test_an_option_of_the_command_line_wins(tmp_path: Path) -> None:
    configure(data=tmp_path, mirror="impc")

    assert settings().workspace == tmp_path / "impc"


def test_every_tool_we_start_has_its_telemetry_off() -> None:
    environment = Settings().subprocess_environment(EXTRA="1")

    assert environment.items() >= TELEMETRY_OFF.items()
    assert environment["EXTRA"] == "1"


def test_a_tool_that_works_elsewhere_sees_the_same_mirror(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)

    environment = configure(mirror="file:mirror", companions="companions", data="made").subprocess_environment()

    assert environment["MUSTER_MIRROR"] == f"file:{tmp_path}/mirror"
    assert environment["MUSTER_COMPANIONS"] == f"file:{tmp_path}/companions"
    assert environment["MUSTER_DATA"] == f"{tmp_path}/made"
