"""The values that a person's laboratory tests give: drawn around their latent health, and agreeing within a panel."""

from random import Random

from mock_athena.population.content import analytes as a
from mock_athena.population.health import Health

Values = dict[str, float]


def a1c(random: Random, health: Health) -> Values:
    """Haemoglobin A1c, which moves a little from visit to visit."""
    return {a.A1C: round(max(4.4, health.a1c + random.uniform(-0.2, 0.2)), 1)}


def metabolic(random: Random, health: Health) -> Values:
    """A basic metabolic panel; the glucose follows the A1c (about 28.7 mg/dL per percent), fasting somewhat below."""
    average = 28.7 * health.a1c - 46.7
    return {
        a.GLUCOSE: round(average * 0.86 + random.uniform(-4, 4)),
        a.UREA: random.randint(9, 19),
        a.CREATININE: round(random.uniform(0.66, 1.15), 2),
        a.SODIUM: random.randint(136, 144),
        a.POTASSIUM: round(random.uniform(3.7, 4.9), 1),
        a.CHLORIDE: random.randint(99, 106),
        a.CALCIUM: round(random.uniform(8.8, 10.1), 1),
    }


def lipids(random: Random, health: Health) -> Values:
    """Cholesterol and its parts: the measured LDL is close to what Friedewald's formula would give."""
    hdl = random.randint(42, 68)
    triglyceride = random.randint(16, 29) * 5
    ldl = health.ldl + random.randint(-6, 6)
    total = ldl + hdl + triglyceride // 5 + random.randint(-2, 2)
    return {a.CHOLESTEROL: total, a.TRIGLYCERIDE: triglyceride, a.HDL: hdl, a.LDL: ldl}


def blood_count(random: Random, gender: str) -> Values:
    """A complete blood count within the reference ranges; the red cell indices are computed from the counts."""
    hemoglobin = round(random.uniform(12.2, 15.0) if gender == "female" else random.uniform(13.9, 16.6), 1)
    corpuscular = random.uniform(84, 95)
    hematocrit = round(hemoglobin * random.uniform(2.94, 3.03), 1)
    erythrocytes = round(hematocrit * 10 / corpuscular, 2)
    return {
        a.LEUKOCYTES: round(random.uniform(4.6, 9.8), 1),
        a.ERYTHROCYTES: erythrocytes,
        a.HEMOGLOBIN: hemoglobin,
        a.HEMATOCRIT: hematocrit,
        a.MCV: round(hematocrit * 10 / erythrocytes, 1),
        a.MCH: round(hemoglobin * 10 / erythrocytes, 1),
        a.MCHC: round(hemoglobin * 100 / hematocrit, 1),
        a.PLATELETS: random.randint(172, 368),
    }
