"""The medicines that are prescribed here, and how each is usually taken; the codes are RxNorm's clinical drugs.

A prescription names a key of :data:`FORMULARY`. Instructions are those of common US labels, shortened.
"""

from typing import NamedTuple

_ORAL, _BREATHED, _SUBCUTANEOUS, _INTRAMUSCULAR, _INTRAVENOUS, _TOPICAL = (
    "26643006",
    "447694001",
    "34206005",
    "78421000",
    "47625008",
    "6064005",
)
PENICILLINS = ("7980", "723")
_ASPIRIN, _IBUPROFEN, _SULFA, _CODEINE = "1191", "5640", "10180", "2670"
_PAINKILLERS = (_ASPIRIN, _IBUPROFEN)
_KIDNEYS_AND_HEART = (
    "ckd-stage-3",
    "ckd-stage-4",
    "diabetic-kidney-disease",
    "heart-failure",
    "coronary-disease",
    "atrial-fibrillation",
)
"""Conditions in which painkillers of the kind of ibuprofen do more harm than good."""


class Drug(NamedTuple):
    """A medicine and its usual prescription.

    Attributes:
        key: its name in the house. code: RxNorm.
        form: what one unit of the dose is, in words. sig: the instruction to the patient.
        route: SNOMED CT. dose: how many units at a time. times: how often a day.
        days: how long a supply lasts. refills: further supplies. as_needed: taken only when needed.
        contains: RxNorm ingredients to which the patient must not be allergic. tags: such as ``controlled``.
        supply: units of one supply; 0 for as many as the doses of its days.
        never_with: keys of conditions that forbid it, for whatever it is given.
        spares_unborn: False for what is not given in pregnancy.
    """

    key: str
    code: str
    form: str
    sig: str
    dose: float = 1
    times: float = 1
    days: int = 90
    refills: int = 3
    route: str = _ORAL
    as_needed: bool = False
    contains: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    supply: float = 0
    never_with: tuple[str, ...] = ()
    spares_unborn: bool = True

    @property
    def dose_unit(self) -> str:
        """The unit of the dose, in words."""
        return self.form


def _daily(key: str, code: str, when: str = "once a day", form: str = "tablet", **more: object) -> Drug:
    return Drug(key, code, form, f"Take 1 {form} by mouth {when}", **more)  # type: ignore[arg-type]


def _twice(key: str, code: str, how: str = "twice a day", form: str = "tablet") -> Drug:
    return Drug(key, code, form, f"Take 1 {form} by mouth {how}", times=2)


def _needed(key: str, code: str, sig: str, dose: float, times: int, **more: object) -> Drug:
    return Drug(key, code, "tablet", sig, dose, times, 10, 0, as_needed=True, **more)  # type: ignore[arg-type]


def _course(key: str, code: str, sig: str, times: int, days: int, **more: object) -> Drug:
    """A short course; ``form`` and ``dose`` may be given."""
    form = str(more.pop("form", "tablet"))
    return Drug(key, code, form, f"{sig} for {days} days", times=times, days=days, refills=0, **more)  # type: ignore[arg-type]


def _injected(key: str, code: str, sig: str, route: str, dose: float, times: int = 1, **more: object) -> Drug:
    """Given in hospital: ``dose`` in mL, unless ``form`` is another."""
    form = str(more.pop("form", "mL"))
    return Drug(key, code, form, sig, dose, times, 3, 0, route=route, **more)  # type: ignore[arg-type]


_DRUGS = (
    # Diabetes
    _twice("metformin-500", "861007", "twice a day with meals"),
    _twice("metformin-1000", "861004", "twice a day with meals"),
    _daily("glipizide-5", "310490", "once a day, 30 minutes before breakfast", spares_unborn=False),
    _daily("empagliflozin-10", "1545658", "once a day in the morning", spares_unborn=False),
    Drug(
        "liraglutide",
        "897122",
        "mL",
        "Inject 0.2 mL under the skin once a day",
        0.2,
        route=_SUBCUTANEOUS,
        spares_unborn=False,
    ),
    Drug(
        "insulin-glargine",
        "847230",
        "unit",
        "Inject 18 units under the skin once a day at bedtime",
        18,
        1,
        route=_SUBCUTANEOUS,
    ),
    Drug(
        "insulin-regular",
        "311034",
        "unit",
        "Inject 6 units under the skin before each meal, more by sliding scale",
        6,
        3,
        3,
        0,
        route=_SUBCUTANEOUS,
    ),
    # Heart and vessels
    _daily("lisinopril-10", "314076", spares_unborn=False),
    _daily("lisinopril-20", "314077", spares_unborn=False),
    _daily("losartan-50", "979492", spares_unborn=False),
    _daily("amlodipine-5", "197361"),
    _daily("hydrochlorothiazide-25", "310798", "once a day in the morning"),
    _daily("metoprolol-succinate-50", "866436"),
    _twice("carvedilol-625", "200031", "twice a day with food"),
    _daily("furosemide-40", "313988", "once a day in the morning"),
    _daily("spironolactone-25", "313096", spares_unborn=False),
    _daily("atorvastatin-20", "617310", "once a day at bedtime", spares_unborn=False),
    _daily("atorvastatin-40", "617311", "once a day at bedtime", spares_unborn=False),
    _daily("atorvastatin-80", "259255", "once a day at bedtime", spares_unborn=False),
    _daily("rosuvastatin-20", "859751", "once a day", spares_unborn=False),
    Drug("aspirin-81", "243670", "tablet", "Take 1 tablet by mouth once a day", contains=_PAINKILLERS),
    _daily("clopidogrel-75", "309362"),
    _twice("apixaban-5", "1364445"),
    _daily("warfarin-5", "855332", "once a day in the evening", spares_unborn=False),
    Drug(
        "nitroglycerin-04",
        "198039",
        "tablet",
        "Dissolve 1 tablet under the tongue as needed for chest pain, up to 3 times a day at 5 minutes",
        times=3,
        days=30,
        refills=2,
        as_needed=True,
        supply=25,
    ),
    # Lungs and allergies
    Drug(
        "albuterol-inhaler",
        "745679",
        "puff",
        "Inhale 2 puffs up to 4 times a day as needed for wheezing",
        2,
        4,
        30,
        3,
        _BREATHED,
        as_needed=True,
    ),
    Drug(
        "albuterol-nebulizer",
        "630208",
        "mL",
        "Inhale 1 vial by nebulizer up to 3 times a day as needed for wheezing",
        3,
        3,
        30,
        2,
        _BREATHED,
        as_needed=True,
    ),
    Drug("fluticasone-inhaler", "895994", "puff", "Inhale 2 puffs twice a day, then rinse", 2, 2, 30, 5, _BREATHED),
    Drug("fluticasone-salmeterol", "896209", "puff", "Inhale 1 puff twice a day, then rinse", 1, 2, 30, 5, _BREATHED),
    _daily("montelukast-10", "200224", "once a day in the evening"),
    _course("prednisone-20", "312615", "Take 2 tablets by mouth once a day", 1, 5, dose=2),
    _daily("cetirizine-10", "1014678", "once a day"),
    _daily("loratadine-10", "311372", "once a day"),
    Drug(
        "epinephrine-injector",
        "1870230",
        "injection",
        "Inject 1 injection into the outer thigh as needed for a severe allergic reaction, then call 911",
        days=365,
        refills=1,
        route=_INTRAMUSCULAR,
        as_needed=True,
        supply=2,
    ),
    # Mind, sleep and head
    _daily("sertraline-50", "312941", "once a day in the morning"),
    _daily("sertraline-100", "312938", "once a day in the morning"),
    _daily("escitalopram-10", "349332"),
    _daily("fluoxetine-20", "310385", "once a day in the morning", "capsule"),
    _daily("trazodone-50", "856377", "once a day at bedtime"),
    _twice("buspirone-10", "866083"),
    Drug(
        "methylphenidate-20",
        "1091392",
        "tablet",
        "Take 1 tablet by mouth once a day in the morning",
        days=30,
        refills=0,
        tags=("controlled",),
    ),
    _daily("donepezil-10", "997223", "once a day at bedtime"),
    _needed(
        "sumatriptan-50",
        "313161",
        "Take 1 tablet by mouth as needed at the start of a migraine, up to 2 times a day",
        1,
        2,
        supply=9,
    ),
    _twice("propranolol-40", "856519"),
    Drug("gabapentin-300", "310431", "capsule", "Take 1 capsule by mouth three times a day", times=3),
    # Glands, blood, bones, urine
    _daily("levothyroxine-75", "966222", "once a day on an empty stomach"),
    _daily("ferrous-sulfate-325", "310325", "once a day with orange juice"),
    _daily("allopurinol-100", "197319"),
    _daily("tamsulosin-04", "863669", "once a day, 30 minutes after the same meal", "capsule"),
    Drug(
        "medroxyprogesterone-injection",
        "1000126",
        "mL",
        "Inject 1 mL into a muscle every 12 weeks",
        times=1 / 84,
        days=84,
        route=_INTRAMUSCULAR,
        spares_unborn=False,
    ),
    # Stomach
    _daily("omeprazole-20", "198051", "once a day before breakfast", "capsule"),
    _twice("famotidine-20", "310273"),
    # Pain and fever
    _needed(
        "acetaminophen-500", "198440", "Take 2 tablets by mouth up to 3 times a day as needed for pain or fever", 2, 3
    ),
    Drug(
        "ibuprofen-suspension",
        "197803",
        "mL",
        "Give 7.5 mL by mouth up to 3 times a day as needed for fever, with food",
        7.5,
        3,
        5,
        0,
        as_needed=True,
        contains=_PAINKILLERS,
        never_with=_KIDNEYS_AND_HEART,
        spares_unborn=False,
    ),
    _needed(
        "ibuprofen-200",
        "310965",
        "Take 2 tablets by mouth up to 3 times a day as needed with food",
        2,
        3,
        contains=_PAINKILLERS,
        never_with=_KIDNEYS_AND_HEART,
        spares_unborn=False,
    ),
    Drug(
        "naproxen-500",
        "198014",
        "tablet",
        "Take 1 tablet by mouth twice a day with food as needed",
        times=2,
        days=14,
        refills=1,
        as_needed=True,
        contains=_PAINKILLERS,
        never_with=_KIDNEYS_AND_HEART,
        spares_unborn=False,
    ),
    _needed(
        "oxycodone-5",
        "1049621",
        "Take 1 tablet by mouth every 6 hours as needed for severe pain",
        1,
        4,
        tags=("controlled",),
    ),
    # Infections
    _course("amoxicillin-500", "308192", "Take 1 tablet by mouth twice a day", 2, 10, contains=PENICILLINS),
    _course(
        "amoxicillin-suspension",
        "308189",
        "Give 5 mL by mouth twice a day",
        2,
        10,
        form="mL",
        dose=5,
        contains=PENICILLINS,
    ),
    _course("amoxicillin-clavulanate-875", "562508", "Take 1 tablet by mouth twice a day", 2, 7, contains=PENICILLINS),
    _course("penicillin-v-500", "834102", "Take 1 tablet by mouth twice a day", 2, 10, contains=PENICILLINS),
    _course(
        "azithromycin-250",
        "308460",
        "Take 1 tablet by mouth once a day, 2 tablets on the first day,",
        1,
        5,
        supply=6,
    ),
    _course("cephalexin-500", "309114", "Take 1 capsule by mouth four times a day", 4, 7, form="capsule"),
    _course("nitrofurantoin-100", "1648755", "Take 1 capsule by mouth twice a day with food", 2, 5, form="capsule"),
    _course(
        "trimethoprim-sulfamethoxazole",
        "198335",
        "Take 1 tablet by mouth twice a day",
        2,
        3,
        contains=(_SULFA,),
        spares_unborn=False,
    ),
    _course("ciprofloxacin-500", "309309", "Take 1 tablet by mouth twice a day", 2, 7, spares_unborn=False),
    _course("doxycycline-100", "1650142", "Take 1 tablet by mouth twice a day", 2, 7, spares_unborn=False),
    # Skin
    Drug(
        "hydrocortisone-cream",
        "106258",
        "application",
        "Apply a thin layer to the rash twice a day",
        times=2,
        days=14,
        refills=1,
        route=_TOPICAL,
    ),
    # In hospital
    _injected(
        "ceftriaxone-injection",
        "1665021",
        "Inject 1 vial (1000 mg) into a vein once a day",
        _INTRAVENOUS,
        1,
        form="vial",
    ),
    _injected(
        "morphine-injection",
        "1732136",
        "Inject 0.5 mL (2.5 mg) into a vein every 4 hours as needed for severe pain",
        _INTRAVENOUS,
        0.5,
        6,
        as_needed=True,
    ),
    _injected(
        "ondansetron-injection",
        "1740467",
        "Inject 2 mL (4 mg) into a vein every 8 hours as needed for nausea",
        _INTRAVENOUS,
        2,
        3,
        as_needed=True,
    ),
    _injected(
        "enoxaparin-injection",
        "854235",
        "Inject 0.4 mL (40 mg) under the skin once a day",
        _SUBCUTANEOUS,
        0.4,
        # Who has it takes another anticoagulant already.
        never_with=("atrial-fibrillation",),
    ),
    _injected("furosemide-injection", "1719286", "Inject 4 mL (40 mg) into a vein twice a day", _INTRAVENOUS, 4, 2),
    _injected(
        "heparin-injection", "1659263", "Inject 1 mL (5000 units) under the skin every 12 hours", _SUBCUTANEOUS, 1, 2
    ),
    # A new one comes last: the ids of the Medications count them.
    _twice("levetiracetam-500", "311289"),
)
FORMULARY = {drug.key: drug for drug in _DRUGS}
"""Key → medicine, in the order of the practice's list."""
