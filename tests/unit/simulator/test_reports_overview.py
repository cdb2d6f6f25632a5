"""The release's own counts are those of its files."""

import gzip
import json


def test_the_overview_counts_what_the_files_hold(tiny_mirror, sections) -> None:
    folder = tiny_mirror.folder / "all-data-releases/release-22.0"
    read = {name: gzip.decompress((folder / f"results/{name}.csv.gz").read_bytes()).decode() for name in NAMES}
    points = [gzip.decompress(path.read_bytes()) for path in (folder / "impc_bulk_api").rglob("*.json.gz")]

    counts, centres, tops, terms = sections(read["dataOverview"])

    told = {row[0]: int(row[1]) for row in counts}
    assert told["# phenotyped genes"] == 420
    assert told["# phenotype hits"] == len(read["genotype-phenotype-assertions-ALL"].splitlines()) - 1
    assert told["# data points"] == sum(text.count(b"\n") for text in points)
    assert sum(int(row[1]) for row in centres) == told["# phenotyped mutant lines"]
    assert (tops[0][0], terms[0][0]) == ("Top Level MP term", "MP term")


NAMES = ("dataOverview", "genotype-phenotype-assertions-ALL")


def test_the_metadata_misspell_the_calls_and_count_as_the_overview_does(tiny_mirror, sections) -> None:
    document = json.loads((tiny_mirror.folder / "landing-page-data/dr22.0/release_metadata.json").read_text())
    overview = tiny_mirror.folder / "all-data-releases/release-22.0/results/dataOverview.csv.gz"

    counts = {row[0]: int(row[1]) for row in sections(gzip.decompress(overview.read_bytes()).decode())[0]}
    assert (document["dataReleaseVersion"], document["dataReleaseDate"]) == ("22.0", "04-11-2024")
    assert document["summaryCounts"]["22.0"] == {
        "phenotypedGenes": counts["# phenotyped genes"],
        "phenotypedLines": counts["# phenotyped mutant lines"],
        "phentoypeCalls": counts["# phenotype hits"],
    }
    assert sum(centre["mutantLines"] for centre in document["sampleCounts"]) == counts["# phenotyped mutant lines"]
