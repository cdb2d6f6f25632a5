import json
import sys
from pathlib import Path

import pytest

from muster import cli
from muster.simulator.solr import Faults


def test_the_options_of_the_command_line_reach_the_index(
    solr_mirror, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(cli.atexit, "register", lambda _: None)
    words = ["harvest", "impc_images", "--query", "procedure_name:X-ray", "--fields", "sex, metadata"]
    words += ["--filter", "sex=female", "--filter", "age_in_weeks=[1 TO 20]", "--release", "023.0"]
    with solr_mirror(Faults()) as url:
        monkeypatch.setattr(sys, "argv", ["muster", "--mirror", f"tiny={url}", *words])
        with pytest.raises(SystemExit) as ended:
            cli.main()

    assert not ended.value.code
    told = json.loads((Path(capsys.readouterr().out.strip()) / "manifest.json").read_text())
    assert told["query"] == {
        "core": "impc_images",
        "text": "procedure_name:X-ray",
        "filters": ["sex:female", "age_in_weeks:[1 TO 20]"],
        "fields": ["observation_id", "sex", "metadata"],
    }
    assert (told["release"], told["release_named_by"]) == ("23.0", "user")
    assert 0 < told["rows"] == told["num_found"] < 138
