"""Services ordered from others, and the category of the order.

https://hl7.org/fhir/us/core/STU6.1/StructureDefinition-us-core-servicerequest.html
"""

from typing import NamedTuple

COUNSELLING, EDUCATION, SURGICAL, EVALUATION = "409063005", "409073007", "387713003", "386053000"


class ReferralSpec(NamedTuple):
    """A referral: SNOMED CT code, SNOMED CT category of the order as in US Core, and what it is in words."""

    code: str
    category: str
    name: str


REFERRALS: dict[str, ReferralSpec] = {
    "eye-examination": ReferralSpec("308479007", EVALUATION, "Ophthalmology"),
    "physical-therapy": ReferralSpec("308447003", EVALUATION, "Physical therapy"),
    "cardiology": ReferralSpec("308471005", EVALUATION, "Cardiology"),
    "nutrition": ReferralSpec("103699006", EDUCATION, "Nutrition counseling"),
    "mental-health": ReferralSpec("183524004", COUNSELLING, "Mental health"),
    "gastroenterology": ReferralSpec("183523005", EVALUATION, "Gastroenterology"),
    "orthopedics": ReferralSpec("183545006", EVALUATION, "Orthopedics"),
    "dermatology": ReferralSpec("183518005", EVALUATION, "Dermatology"),
    "social-work": ReferralSpec("308440001", COUNSELLING, "Social work"),
    "obstetrics": ReferralSpec("183548008", EVALUATION, "Obstetrics"),
    "pulmonary-rehabilitation": ReferralSpec("308447003", EVALUATION, "Pulmonary rehabilitation"),
    "endocrinology": ReferralSpec("183515008", EVALUATION, "Endocrinology"),
    "nephrology": ReferralSpec("183515008", EVALUATION, "Nephrology"),
}
"""Key → referral; the keys are those of ``conditions.module.Order``."""
