"""Draws mutants by cosmic-ray's operators, and writes them to the YAML files beside this one, in the place of those that were drawn.

A seed and the product's text decide what is drawn. Mutants that are written by hand stay, and so do reasons to survive.

Usage: uv run --no-project --with cosmic-ray --with pyyaml python tests/mutants/draw.py [--seed N]
"""

import argparse
import ast
import random
import re
from collections import defaultdict
from collections.abc import Iterator
from difflib import SequenceMatcher
from pathlib import Path

import yaml
from cosmic_ray.mutating import mutate_code
from cosmic_ray.plugins import get_operator, operator_names

ROOT = Path(__file__).parents[2]
DATA = Path(__file__).parent
EACH = 2
"""How many are drawn of a module."""

SENSIBLE = re.compile(
    "core/(ReplaceComparisonOperator_(Lt_LtE|LtE_Lt|Gt_GtE|GtE_Gt|Lt_GtE|GtE_Lt|Gt_LtE|LtE_Gt|Eq_NotEq|NotEq_Eq|Is_IsNot|IsNot_Is)"
    "|ReplaceBinaryOperator_(Add_Sub|Sub_Add)|ReplaceUnaryOperator_Delete_Not|AddNot|ReplaceAndWithOr"
    "|ReplaceOrWithAnd|ReplaceBreakWithContinue|ReplaceContinueWithBreak|NumberReplacer|ZeroIterationForLoop)"
)
"""Operators that move a bound or turn a decision round; most results of the others are dead at the first call."""


class _Dumper(yaml.SafeDumper):
    """Writes a text of several lines as a block."""


_Dumper.add_representer(
    str,
    lambda dumper, text: dumper.represent_scalar(
        "tag:yaml.org,2002:str", text, style="|" if "\n" in text else None
    ),
)


def mutations(source: str) -> Iterator[tuple[str, str]]:
    """Yield the operators and what each makes of a source, place by place."""
    meant = ast.dump(ast.parse(source))
    for name in filter(SENSIBLE.fullmatch, operator_names()):
        place = 0
        while (changed := mutate_code(source, get_operator(name)(), place)) is not None:
            if _is_another_program(changed, meant):
                yield f"{name.removeprefix('core/')} {place}", changed
            place += 1


def _is_another_program(changed: str, meant: str) -> bool:
    try:
        return ast.dump(ast.parse(changed)) != meant
    except SyntaxError:
        return False


def difference(source: str, changed: str) -> tuple[str, str]:
    """Return the lines that differ, with as many before them as make them the only ones of their kind."""
    old, new = source.splitlines(), changed.splitlines()
    blocks = [
        block
        for block in SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
        if block[0] != "equal"
    ]
    (_, start, end, begin, stop), *others = blocks
    if others:
        raise ValueError(f"expected one place that differs; got {len(blocks)}")
    while True:
        before, after = "\n".join(old[start:end]).strip(), "\n".join(new[begin:stop]).strip()
        if source.count(before) == 1:
            return before, after
        start, begin = start - 1, begin - 1


def drawn(seed: int) -> dict[str, list[dict[str, str]]]:
    """Return what is drawn, by subject."""
    found = defaultdict[str, list[dict[str, str]]](list)
    for subject, modules in yaml.safe_load((DATA / "drawn_from.yml").read_text()).items():
        for file, test in modules.items():
            source = (ROOT / file).read_text()
            chosen = random.Random(f"{seed} {file}")  # noqa: S311 - a draw, and no secret
            for operator, changed in chosen.sample(list(mutations(source)), EACH):
                before, after = difference(source, changed)
                name = f"{operator} of {file.rpartition('/')[2]}"
                found[subject].append(
                    {
                        "name": name,
                        "file": file,
                        "before": before,
                        "after": after,
                        "test": test,
                        "operator": operator,
                    }
                )
    return found


def main() -> None:
    """Write what is drawn behind what is written by hand."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seed", type=int, default=1)
    for subject, new in drawn(parser.parse_args().seed).items():
        path = DATA / f"{subject}.yaml"
        old = yaml.safe_load(path.read_text())
        reasons = {
            (one["file"], one["after"]): {"survives": one["survives"]} for one in old if "survives" in one
        }
        kept = [one for one in old if "operator" not in one]
        texts = [
            yaml.dump([one], Dumper=_Dumper, sort_keys=False, width=1000, allow_unicode=True)
            for one in [*kept, *({**one, **reasons.get((one["file"], one["after"]), {})} for one in new)]
        ]
        path.write_text("\n".join(texts))


if __name__ == "__main__":
    main()
