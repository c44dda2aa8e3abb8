"""OperationOutcome: valid, and telling."""

from fhir.resources.R4B.operationoutcome import OperationOutcome

from mock_athena.fhir.outcome import issue, operation_outcome


def test_an_outcome_is_valid_and_keeps_the_order_of_its_issues() -> None:
    outcome = operation_outcome(
        issue("error", "invalid", "first", ["date"]), issue("warning", "not-supported", "second")
    )
    OperationOutcome.model_validate(outcome)
    assert [each["details"]["text"] for each in outcome["issue"]] == ["first", "second"]
    assert outcome["issue"][0]["expression"] == ["date"]


def test_an_issue_about_no_element_has_no_expression() -> None:
    assert "expression" not in issue("error", "exception", "it broke")
