"""CEQL, the language of ``where`` clauses: text to tree, tree to text, and does a record match.

Source: the vendor's CEQL guide for operators and grouping (documented), its test suite for doubled quotes
(observed); that AND binds tighter than OR, and how values of different types compare, is assumed.
"""

from elements_local.platform.ceql.grammar import (
    DEEPEST,
    LONGEST,
    And,
    Clause,
    Comparison,
    In,
    IsNull,
    Like,
    Or,
    Value,
    conditions_of,
    fields_of,
    parse,
    to_text,
    with_fields,
)
from elements_local.platform.ceql.matching import matches

__all__ = [
    "DEEPEST",
    "LONGEST",
    "And",
    "Clause",
    "Comparison",
    "In",
    "IsNull",
    "Like",
    "Or",
    "Value",
    "conditions_of",
    "fields_of",
    "matches",
    "parse",
    "to_text",
    "with_fields",
]
