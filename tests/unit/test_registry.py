import os

from muster import registry


def register(release: str, version: str, trained_at: int) -> None:
    with registry.save("viability", release, version) as folder:
        (folder / "manifest.json").write_text("{}")
    os.utime(registry.folder("viability", release, version) / "manifest.json", ns=(trained_at, trained_at))


def test_the_newest_version_is_the_one_trained_last() -> None:
    for release, version, trained_at in (("9.0", "ccc", 9), ("10.0", "bbb", 1), ("10.0", "aaa", 2), ("10.0", "aab", 2)):
        register(release, version, trained_at)

    assert registry.newest("viability", "10.0") == "aab"
    assert registry.newest("viability", "11.0") is None
    assert registry.versions("viability") == [("9.0", "ccc"), ("10.0", "bbb"), ("10.0", "aaa"), ("10.0", "aab")]
