"""Absolute URLs in stored bodies follow the name under which we were reached."""

from mock_athena.fhir.placeholders import DOCUMENTS, FHIR_BASE, filled

HERE = ("https://ehr.example/fhir/r4", "https://ehr.example/documents")


def test_both_bases_are_replaced_everywhere() -> None:
    body = f'["{FHIR_BASE}/Binary/1","{DOCUMENTS}/2.pdf","{FHIR_BASE}/Patient/3"]'.encode()
    assert filled(body, *HERE) == (
        b'["https://ehr.example/fhir/r4/Binary/1","https://ehr.example/documents/2.pdf",'
        b'"https://ehr.example/fhir/r4/Patient/3"]'
    )


def test_a_body_without_placeholders_is_the_same_object() -> None:
    body = b'{"url":"http://mock-athena.example"}'
    assert filled(body, *HERE) is body
