"""Equipment and protocol: the metadata of a procedure at a centre and the group it makes."""

from functools import cache
from hashlib import md5

from muster.simulator.vocabulary import centres

MAKERS = ("Lunar", "Hitachi", "TSE Systems", "Bioseb", "Siemens", "Sysmex", "VisualSonics", "Med Associates")


@cache
def metadata(centre_index: int, procedure_id: str, machine: int) -> tuple[str, ...]:
    """Return `name = value` entries: what IMPReSS calls important for the procedure."""
    centre = centres().iloc[centre_index]
    group = sum(map(ord, procedure_id.split("_")[1]))
    maker = centre["maker"] if "_XRY_" in procedure_id else MAKERS[(centre_index + group) % len(MAKERS)]
    entries = [
        f"Equipment manufacturer = {maker}",
        f"Equipment model = {maker[:3].upper()}-{200 + group % 50 + 10 * machine}",
    ]
    if "_OFD_" in procedure_id or "_007_" in procedure_id:
        entries.append(f"Test duration = {centre['open_field_seconds']} s")
    return tuple(sorted(entries))


@cache
def metadata_group(centre_index: int, procedure_id: str, machine: int) -> str:
    """Return the md5 by which IMPC groups mice measured alike."""
    text = "::".join(metadata(centre_index, procedure_id, machine))
    return md5(text.encode(), usedforsecurity=False).hexdigest()
