"""The picture of a report: of which reports there is one, and that it is always the same."""

import io

import pytest
from PIL import Image
from pypdf import PdfReader

from mock_athena.documents.pictures import Kind, Picture, kind_of, picture_of
from mock_athena.documents.rendering import formats_of, rendered
from tests.mock_athena.documents import samples
from tests.mock_athena.documents.samples import CHEST_REPORT, ECG_REPORT, LABORATORY_REPORT, LOINC, coded

KINDS: tuple[Kind, ...] = ("ecg", "chest", "limb", "spine", "breast", "head", "ultrasound")


def drawn(picture: Picture) -> Image.Image:
    from mock_athena.documents.images import image_of
    from mock_athena.documents.png import png

    return Image.open(io.BytesIO(png(image_of(picture))))


@pytest.mark.parametrize(
    ("code", "name", "kind"),
    [
        ("11524-6", "EKG study", "ecg"),
        ("0-0", "12 lead ECG", "ecg"),
        ("36643-5", "any words", "chest"),
        ("0-0", "XR Chest 2 Views", "chest"),
        ("0-0", "XR Knee - left Views", "limb"),
        ("0-0", "XR Lumbar spine 2 Views", "spine"),
        ("0-0", "MG Breast Screening", "breast"),
        ("24606-6", "Breast Mammogram screening", "breast"),
        ("30799-1", "CT Head WO contrast", "head"),
        ("24558-9", "US Abdomen", "ultrasound"),
        ("59281-6", "Transthoracic cardiac echo study report US", "ultrasound"),
        ("24701-5", "Femur DXA Bone density", None),
        ("58410-2", "Complete blood count (hemogram) panel", None),
    ],
)
def test_code_or_words_say_what_it_shows(code: str, name: str, kind: Kind | None) -> None:
    assert kind_of({"code": coded(LOINC, code, name)}) == kind


@pytest.mark.parametrize("kind", KINDS)
def test_a_png_is_what_was_drawn_and_the_same_every_time(kind: Kind) -> None:
    from mock_athena.documents.images import image_of

    image = drawn(Picture(kind, "r1"))
    assert image.tobytes() == image_of(Picture(kind, "r1")).tobytes()
    assert image.tobytes() == drawn(Picture(kind, "r1")).tobytes()
    assert image.tobytes() != drawn(Picture(kind, "r2")).tobytes()


def test_an_ecg_is_drawn_from_the_reports_results() -> None:
    picture = picture_of(ECG_REPORT, samples.sources())
    assert picture is not None
    assert picture.measures == (("qrs", 92.0), ("rate", 76.0))


@pytest.mark.parametrize(
    ("conclusion", "fibrillating"),
    [
        ("Atrial fibrillation, rate controlled.", True),
        ("New atrial fibrillation.", True),
        ("No atrial fibrillation.", False),
        ("Sinus rhythm without evidence of atrial fibrillation", False),
        ("Normal ECG.", False),
    ],
)
def test_atria_fibrillate_where_the_conclusion_says_so(conclusion: str, fibrillating: bool) -> None:
    picture = picture_of(ECG_REPORT | {"conclusion": conclusion}, samples.sources())
    assert picture is not None
    assert picture.fibrillating is fibrillating


@pytest.mark.parametrize("report", [ECG_REPORT, CHEST_REPORT], ids=["ecg", "chest"])
def test_the_pdf_holds_the_picture_and_the_words(report: dict[str, object]) -> None:
    file = rendered(report, "pdf", samples.sources())
    assert file is not None
    assert len(PdfReader(io.BytesIO(file)).pages[0].images) == 1
    text = samples.text_of(file)
    assert "Findings" in text
    assert text.count(str(report["conclusion"])) == 1


def test_only_what_has_a_picture_has_a_png() -> None:
    sources = samples.sources()
    assert formats_of(CHEST_REPORT, sources) == ("pdf", "png", "html")
    assert formats_of(LABORATORY_REPORT, sources) == ("pdf", "html")
    assert rendered(LABORATORY_REPORT, "png", sources) is None
