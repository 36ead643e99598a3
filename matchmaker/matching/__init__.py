"""Match problems with teams: documents in, ranked and explained pairs out.

>>> from matchmaker.matching import HashingEncoder, MatchConfig, MatchPipeline
>>> from matchmaker.matching import Text, problem_document, team_document
>>> problem = problem_document(
...     "P1", [Text("布料瑕疵檢測", "以相機檢查布料外觀", "zh")], sectors=["IND-TEX"]
... )
>>> team = team_document(
...     "T1", [Text("Vision team", "We inspect textiles with cameras", "en")], sectors=["textile"]
... )
>>> pipeline = MatchPipeline(MatchConfig(top_n=50), encoder=HashingEncoder())
>>> result = pipeline.run([problem], [team], conflicts=[("P9", "T1")])
>>> [(pair.problem_id, pair.team_id, str(pair.confidence)) for pair in result]
[('P1', 'T1', 'thin')]
>>> explanation = pipeline.explain(problem, team, next(iter(result)), result.reference)
>>> sorted(explanation)[:4]
['advice', 'band', 'concepts', 'confidence']

Use `SentenceEncoder` (the default) for real work; it loads its model at first use, and
`FileVectorCache` or any other `VectorCache` keeps texts from being encoded twice.
"""

from matchmaker.matching.config import FEATURES, MatchConfig, ScoreScale
from matchmaker.matching.documents import problem_document, team_document
from matchmaker.matching.eligibility import Eligibility, Exclusion
from matchmaker.matching.encoders import (
    CachedEncoder,
    Encoder,
    HashingEncoder,
    ModelUnusable,
    SentenceEncoder,
    check_model_folder,
    make_encoder,
)
from matchmaker.matching.explanation import LABELS, render_message
from matchmaker.matching.lexical import LexicalReference
from matchmaker.matching.live import LiveRanking
from matchmaker.matching.masking import mask
from matchmaker.matching.pipeline import MatchPipeline
from matchmaker.matching.ranking import PriorRanker
from matchmaker.matching.result import MatchedPair, MatchResult, PairTable
from matchmaker.matching.statistics import Statistics, fit_statistics, scaled_for
from matchmaker.matching.types import (
    Band,
    Confidence,
    Document,
    ProblemDocument,
    Reason,
    TeamDocument,
    Text,
)
from matchmaker.matching.vectors import FileVectorCache, MemoryVectorCache, VectorCache

__all__ = [
    "FEATURES",
    "LABELS",
    "Band",
    "CachedEncoder",
    "Confidence",
    "Document",
    "Eligibility",
    "Encoder",
    "Exclusion",
    "FileVectorCache",
    "HashingEncoder",
    "LexicalReference",
    "LiveRanking",
    "MatchConfig",
    "MatchPipeline",
    "MatchResult",
    "MatchedPair",
    "MemoryVectorCache",
    "ModelUnusable",
    "PairTable",
    "PriorRanker",
    "ProblemDocument",
    "Reason",
    "ScoreScale",
    "SentenceEncoder",
    "Statistics",
    "TeamDocument",
    "Text",
    "VectorCache",
    "check_model_folder",
    "fit_statistics",
    "make_encoder",
    "mask",
    "problem_document",
    "render_message",
    "scaled_for",
    "team_document",
]
