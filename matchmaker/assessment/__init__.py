"""Rubrics as data: whether a problem is worth posting, how hard it is, how ready its owner is.

Nothing here knows of web pages or databases. Points are suggested by rules that can be read, each
with the words or the answer it rests on; people decide.

>>> from matchmaker.assessment import Intake, shipped_rubric, suggest_grade
>>> suggestion = suggest_grade(Intake(text="工地攝影機要即時提醒"), shipped_rubric("grading"))
>>> suggestion.grade, suggestion.low, suggestion.high
('G2', 'G2', 'G4')
>>> suggestion.points["DF3"].evidence
(Evidence(field='text', quote='工地攝影機要即時提醒'),)
"""

from matchmaker.assessment.grading import Grade, grade_of, grades, suggest_grade
from matchmaker.assessment.intake import BadIntake, Intake, questions
from matchmaker.assessment.rubric import BadRubric, parse_rubric
from matchmaker.assessment.screening import suggest_screening
from matchmaker.assessment.shipped import UnknownRubric, shipped_rubric, shipped_versions

__all__ = [
    "BadIntake",
    "BadRubric",
    "Grade",
    "Intake",
    "UnknownRubric",
    "grade_of",
    "grades",
    "parse_rubric",
    "questions",
    "shipped_rubric",
    "shipped_versions",
    "suggest_grade",
    "suggest_screening",
]
