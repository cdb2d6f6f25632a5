import pytest

from muster.learners.shards import Shard, ShardError, read_shard


def test_every_key_is_in_exactly_one_shard_and_shards_differ_by_one_at_most() -> None:
    keys = [f"key{number:02d}" for number in range(23)]

    shards = [Shard(number, 5).of(keys) for number in range(1, 6)]

    assert sorted(key for shard in shards for key in shard) == keys
    assert sorted(map(len, shards)) == [4, 4, 5, 5, 5]


def test_more_shards_than_keys_leave_some_empty() -> None:
    assert [Shard(number, 3).of(["only"]) for number in (1, 2, 3)] == [["only"], [], []]


@pytest.mark.parametrize(
    "text", ["0/40", "41/40", "0/0", "3", "3/", "/40", "-1/4", "3/40/2", "a/b", "1.5/3", "\u0663/4", ""]
)
def test_what_is_no_shard_is_refused_with_how_to_write_one(text: str) -> None:
    with pytest.raises(ShardError, match="not a shard; write the third of forty as 3/40"):
        read_shard(text)
