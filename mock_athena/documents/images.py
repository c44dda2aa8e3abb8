"""A picture as an image, drawn with Pillow, which fpdf2 brings."""

from PIL import Image

from mock_athena.documents.ecg import ecg
from mock_athena.documents.pictures import Picture
from mock_athena.documents.radiographs import radiograph


def image_of(picture: Picture) -> Image.Image:
    """The image of a picture, of mode ``L`` or ``P``."""
    return ecg(picture) if picture.kind == "ecg" else radiograph(picture)
