"""JUnit XML, as CI servers read it: a suite for each group, a case for each check.

A warning is a pass with a message on standard error, since JUnit knows no warnings; what was skipped or omitted is
skipped.
"""

import re
from collections.abc import Mapping
from itertools import groupby
from typing import Any
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from athena_fhir_conformance.reports.matrix import Json, exchanges_of

_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def render(document: Mapping[str, Any]) -> str:
    """The XML of a run."""
    target = document["target"]
    root = Element("testsuites", name=f"athena-conformance {target['url']} ({target['profile']})")
    checks = sorted(document["checks"], key=lambda check: check["group"])
    for group, of_group in groupby(checks, key=lambda check: check["group"]):
        _suite(root, group, list(of_group), document)
    _total(root, list(root))
    indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{tostring(root, encoding="unicode")}\n'


def _suite(root: Element, group: str, checks: list[Json], document: Mapping[str, Any]) -> None:
    suite = SubElement(root, "testsuite", name=group, timestamp=document["begun"].rstrip("Z"), hostname="")
    suite.attrib["tests"] = str(len(checks))
    for name, verdicts in (("failures", ("fail",)), ("errors", ("error",)), ("skipped", ("skip", "omit"))):
        suite.attrib[name] = str(sum(check["verdict"] in verdicts for check in checks))
    suite.attrib["time"] = f"{sum(check['seconds'] for check in checks):.3f}"
    for check in checks:
        _case(suite, check, document)


def _case(suite: Element, check: Json, document: Mapping[str, Any]) -> None:
    name = check["id"].partition(".")[2]
    case = SubElement(suite, "testcase", classname=check["group"], name=name, time=f"{check['seconds']:.3f}")
    properties = SubElement(case, "properties")
    for id in check["requirements"]:
        SubElement(properties, "property", name="requirement", value=id)
    reason = _NO_XML.sub("\ufffd", check["reason"])
    match check["verdict"]:
        case "fail" | "error" as verdict:
            told = SubElement(case, "failure" if verdict == "fail" else "error", message=reason, type=verdict)
            told.text = _NO_XML.sub("\ufffd", _evidence(document, check))
        case "skip" | "omit" as verdict:
            SubElement(case, "skipped", message=f"{verdict}: {reason}")
        case "warning":
            SubElement(case, "system-err").text = f"warning: {reason}"


def _evidence(document: Mapping[str, Any], check: Json) -> str:
    lines = [f"requirements: {' '.join(check['requirements'])}"]
    lines += [f"{exchange['curl']}\n  → {exchange['response']['status']}" for exchange in exchanges_of(document, check)]
    return "\n".join(lines)


def _total(root: Element, suites: list[Element]) -> None:
    for name in ("tests", "failures", "errors", "skipped"):
        root.attrib[name] = str(sum(int(suite.attrib[name]) for suite in suites))
    root.attrib["time"] = f"{sum(float(suite.attrib['time']) for suite in suites):.3f}"
