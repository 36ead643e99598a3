"""Rubrics as data: how a problem is graded."""

from matchmaker.assessment.grading import Grade, grades
