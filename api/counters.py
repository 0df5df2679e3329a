"""A few figures for the operator's dashboard. None of them holds anybody's words or place."""

from __future__ import annotations

from collections import Counter

HELP = {
    "xiangsheng_http_answers_total": "Answers by class of status.",
    "xiangsheng_refusals_total": "Refusals by code.",
    "xiangsheng_faults_total": "Unexpected exceptions.",
}


class Counters:
    """Counters of one process, written as Prometheus reads them."""

    def __init__(self) -> None:
        self.answers: Counter[str] = Counter()
        self.refusals: Counter[str] = Counter()
        self.faults = 0

    def text(self) -> str:
        """The exposition format: what it is, its type, then one line a label.

        >>> counters = Counters()
        >>> counters.answers["2xx"] += 1
        >>> counters.text().splitlines()[2]
        'xiangsheng_http_answers_total{status="2xx"} 1'
        """
        answers, refusals, faults = HELP
        lines = [*_head(answers)]
        lines += [f'{answers}{{status="{each}"}} {n}' for each, n in sorted(self.answers.items())]
        lines += _head(refusals)
        lines += [f'{refusals}{{code="{each}"}} {n}' for each, n in sorted(self.refusals.items())]
        lines += [*_head(faults), f"{faults} {self.faults}"]
        return "\n".join(lines) + "\n"


def _head(name: str) -> tuple[str, str]:
    return f"# HELP {name} {HELP[name]}", f"# TYPE {name} counter"
