"""Pages: FHIR R4, http.html#paging."""

import re

from athena_fhir_conformance.asking import found, ids, links, refused
from athena_fhir_conformance.checking import cases, check
from athena_fhir_conformance.exchange import Exchange
from athena_fhir_conformance.profiles import Profile
from athena_fhir_conformance.sample import Sample, next_url, resources
from athena_fhir_conformance.target import Target
from athena_fhir_conformance.verdicts import omit, skip

WALK = 40
"""Pages that are followed before a walk counts as endless."""


def patients_pages(target: Target, sample: Sample, count: int, type: str = "Condition", **more: str) -> list[Exchange]:
    """All pages of a patient's resources."""
    asked = {**sample.criterion(type, sample.patient()["id"]), "_count": str(count), **more}
    pages = [target.get(type, params=asked)]
    found(pages[0])
    while url := next_url(pages[-1]):
        assert len(pages) < WALK, f"after {WALK} pages of {count} there is still a next link"
        pages.append(target.get(url))
        found(pages[-1])
    return pages


def page_size(sample: Sample) -> int:
    """So many on a page that a few pages come."""
    there = len(sample.every("Condition", sample.patient()["id"]))
    return max(2, there // 4) if there > 2 else skip("the patient has too few conditions for two pages")


@check("PAG-001", "PAG-005")
def next_leads_from_page_to_page_and_ends(target: Target, sample: Sample) -> None:
    pages = patients_pages(target, sample, page_size(sample))
    assert len(pages) > 1, "a search with a small _count has no next link"


@check("PAG-002")
def a_page_has_no_more_than_asked_for(target: Target, sample: Sample) -> None:
    size = page_size(sample)
    sizes = [len(found(page)) for page in patients_pages(target, sample, size)]
    assert max(sizes) <= size, f"_count={size}, and pages of {sizes}"


@check("PAG-003")
def a_count_of_zero_has_no_entries(target: Target, sample: Sample, profile: Profile) -> None:
    if not profile.totals:
        omit("the real API has no totals")
    asked = {**sample.criterion("Condition", sample.patient()["id"]), "_count": "0"}
    answer = target.get("Condition", params=asked)
    assert not found(answer), f"{answer} has entries"
    assert isinstance(answer.json.get("total"), int), f"{answer} has no total"


@check("PAG-004")
def all_pages_are_the_whole(target: Target, sample: Sample) -> None:
    here = [id for page in patients_pages(target, sample, page_size(sample)) for id in ids(page)]
    wanted = {each["id"] for each in sample.every("Condition", sample.patient()["id"])}
    assert len(here) == len(set(here)), f"{len(here) - len(set(here))} resources are on more than one page"
    assert set(here) == wanted, (
        f"{len(wanted - set(here))} are missing of {len(wanted)}, {len(set(here) - wanted)} too many"
    )


@check("PAG-006", "SRC-042")
def later_pages_keep_filters_and_includes(target: Target, sample: Sample) -> None:
    if "Provenance:target" not in target.types.get("Condition", {}).get("searchRevInclude", []):
        omit("the reverse include is not declared")
    id = sample.patient()["id"]
    for page in patients_pages(target, sample, page_size(sample), _revinclude="Provenance:target"):
        matches = {f"Condition/{each['id']}" for each in found(page)}
        other = [each["id"] for each in found(page) if not each["subject"]["reference"].endswith(f"/{id}")]
        assert not other, f"{page}: Condition/{other[0]} is of another patient"
        included = resources(page, "Provenance", "include")
        assert included, f"{page} has no includes"
        for each in included:
            assert {one.get("reference") for one in each["target"]} & matches, f"{page} includes what is of other pages"


@check("PAG-007")
def previous_leads_back(target: Target, sample: Sample) -> None:
    pages = patients_pages(target, sample, page_size(sample))
    told = links(pages[1]) if len(pages) > 1 else skip("there is only one page")
    url = told.get("previous") or told.get("prev") or omit("there is no previous link")
    assert ids(target.get(url)) == ids(pages[0]), "the page before the second is not the first"


@check("PAG-008")
def the_total_is_the_same_on_every_page(target: Target, sample: Sample) -> None:
    totals = {page.json.get("total") for page in patients_pages(target, sample, page_size(sample))}
    if totals == {None}:
        omit("no total is sent")
    assert len(totals) == 1, f"totals of the pages: {sorted(map(str, totals))}"


@check("PAG-010")
def there_is_a_page_size_of_its_own(target: Target, sample: Sample) -> None:
    asked = {
        name: value
        for name, value in sample.criterion("Observation", sample.patient()["id"]).items()
        if name != "_count"
    }
    answer = target.get("Observation", params=asked)
    there = len(sample.every("Observation", sample.patient()["id"]))
    size = len(found(answer))
    assert size == there or next_url(answer), f"{answer} has {size} of {there} and no next link"


@check("PAG-011")
def too_large_a_count_is_capped(target: Target, sample: Sample) -> None:
    answer = target.get(
        "Condition", params={**sample.criterion("Condition", sample.patient()["id"]), "_count": "1000000"}
    )
    assert answer.status == 200, f"{answer}, expected 200"


@cases("count", ["abc", "-1"])
@check("PAG-012")
def what_is_no_count_is_refused(target: Target, sample: Sample, profile: Profile, count: str) -> None:
    asked = {**sample.criterion("Condition", sample.patient()["id"]), "_count": count}
    refused(target.get("Condition", params=asked), *profile.refused_search, string_details=profile.string_details)


@check("PAG-013")
def a_forged_page_is_refused(target: Target, sample: Sample, profile: Profile) -> None:
    if not profile.opaque_pages:
        omit("any id is a cursor of the real API")
    url = next_url(patients_pages(target, sample, page_size(sample))[0])
    forged = re.sub(r"((?:cursor|page|_page|_getpages)=)[^&]+", r"\1no-such-page", url)
    if not url or forged == url:
        skip("nothing in the next link looks like a page")
    answer = target.get(forged)
    assert 400 <= answer.status < 500, f"{answer}, expected a refusal"


@check("PAG-014")
def pages_want_a_token(target: Target, sample: Sample) -> None:
    url = next_url(patients_pages(target, sample, page_size(sample))[0]) or skip("there is only one page")
    answer = target.get(url, token=None)
    assert answer.status == 401, f"{answer} without a token, expected 401"


@check("PAG-005")
def what_fits_on_a_page_is_on_the_last(target: Target, sample: Sample) -> None:
    answer = target.get("Patient", params={"_id": sample.patient()["id"]})
    assert len(found(answer)) == 1, f"{answer} finds {len(found(answer))}, expected the one with this id"
    assert not next_url(answer), f"{answer} has a next link behind the only match"


@check("PAG-015")
def searches_by_post_have_pages(target: Target, sample: Sample) -> None:
    form = {**sample.criterion("Condition", sample.patient()["id"]), "_count": str(page_size(sample))}
    if target.profile.practice:
        form["ah-practice"] = target.practice
    answer = target.send("POST", "Condition/_search", form=form, practice=False)
    if not next_url(target.get("Condition", params=form)):
        skip("there is only one page")
    following = next_url(answer)
    assert following, f"{answer} has no next page, and the same search by GET has"
    page = target.get(following)
    assert found(page) and not set(ids(page)) & set(ids(answer)), f"{page} is not the next page"
