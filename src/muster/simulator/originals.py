"""Pictures as the centres filed them: a few as DICOM, TIFF or PNG, one cut short, one a web page, the rest as JPEG."""

import os
from io import BytesIO
from pathlib import Path

import numpy as np
from PIL import Image
from pydicom.dataset import FileDataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian, SecondaryCaptureImageStorage, generate_uid

PLAIN = "jpeg"
CUT, WEB_PAGE = "cut dicom", "web page"
#: What the first pictures are; nothing else tells them apart.
KINDS = ("dicom", "dicom, monochrome1", "tiff", "tiff, 16 bits", "png", CUT, WEB_PAGE)
PAGE = b"<!DOCTYPE html><html><body>This image is being prepared.</body></html>\n"
#: 8-bit greys in the depth of a detector: 12 bits of 16, above a pedestal.
DEPTH, PEDESTAL = 15, 200


def original_kinds(stages: np.ndarray) -> list[str]:
    """Return what each picture was filed as: the special ones belong to the first stage, so every release has them."""
    special = iter(KINDS)
    return [next(special, PLAIN) if stage == stages.min() else PLAIN for stage in stages]


def write_original(kind: str, jpeg: Path, target: Path) -> None:
    """Write the original of a rendered picture: the same animal, the centre's format."""
    if kind == PLAIN:
        os.link(jpeg, target)
        return
    with Image.open(jpeg) as picture:
        grey = np.asarray(picture)
    target.write_bytes(_encoded(kind, grey))


def _encoded(kind: str, grey: np.ndarray) -> bytes:
    match kind:
        case "tiff" | "png":
            return _raster(grey, kind.upper())
        case "tiff, 16 bits":
            return _raster(grey.astype(np.uint16) * 257, "TIFF")
        case "dicom, monochrome1":
            return dicom(255 - grey, "MONOCHROME1")
        case "dicom":
            return dicom(grey, "MONOCHROME2")
    whole = dicom(grey, "MONOCHROME2")
    return PAGE if kind == WEB_PAGE else whole[: len(whole) * 2 // 3]


def _raster(values: np.ndarray, kind: str) -> bytes:
    stream = BytesIO()
    Image.fromarray(values).save(stream, format=kind)
    return stream.getvalue()


def dicom(grey: np.ndarray, interpretation: str) -> bytes:
    """Return 8-bit greys as an uncompressed DICOM file with a window, its identifiers made from the pixels."""
    values = (grey.astype(np.uint16) * DEPTH + PEDESTAL).astype("<u2")
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = SecondaryCaptureImageStorage
    meta.MediaStorageSOPInstanceUID = generate_uid(entropy_srcs=[grey.tobytes().hex()])
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    data = FileDataset(None, {}, file_meta=meta, preamble=b"\0" * 128)
    data.SOPClassUID, data.SOPInstanceUID = meta.MediaStorageSOPClassUID, meta.MediaStorageSOPInstanceUID
    data.Modality = "DX"
    data.PhotometricInterpretation = interpretation
    data.Rows, data.Columns = values.shape
    data.SamplesPerPixel, data.PixelRepresentation = 1, 0
    data.BitsAllocated, data.BitsStored, data.HighBit = 16, 12, 11
    data.WindowCenter, data.WindowWidth = PEDESTAL + 127.5 * DEPTH + 0.5, 255 * DEPTH + 1
    data.PixelData = values.tobytes()
    stream = BytesIO()
    data.save_as(stream, enforce_file_format=True)
    return stream.getvalue()
