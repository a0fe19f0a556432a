"""Shares out 500 applications among 60 reviewers, three reviews each, and prints the solver's time against a yardstick."""

from __future__ import annotations

import argparse
import random
import resource
import sys
import time
from collections.abc import Sequence
from uuid import UUID

import msgspec

from app.matching.solver import solve
from workflows.assignment_rules import AssignmentRules
from workflows.matching import Key, Problem, faults, unmet_wishes
from workflows.review import Conflict, ConflictKind
from workflows.review_assignment import COMPETENCES, ApplicationFacts, ReviewerFacts, problem_of
from workflows.rules import GOALS

COUNTIES = [UUID(int=number) for number in range(1, 13)]
REVIEWERS_FROM = {"directorate": 0.25, "county": 0.4, "office": 0.35}


def reviewers_of(count: int, chance: random.Random) -> list[ReviewerFacts]:
    """So many reviewers of all levels, each with something under way and something behind them."""
    found = []
    levels = [level for level, share in REVIEWERS_FROM.items() for _ in range(round(share * count))]
    for number, level in enumerate((levels + ["office"] * count)[:count]):
        county = None if level == "directorate" else chance.choice(COUNTIES)
        found.append(
            ReviewerFacts(
                person_id=UUID(int=1_000 + number), name=f"R{number}", level=level, county_id=county,
                county=f"C{county.int}" if county else "",
                competences=frozenset(chance.sample(COMPETENCES, chance.randint(0, 4))),
                languages=frozenset(chance.choice([("nb",), ("nb", "nn")])), under_way=chance.randint(0, 3),
                recent=chance.randint(0, 12), handed_in=chance.choice([0, 1, 5, 20]),
            )
        )  # fmt: skip
    return found


def applications_of(
    count: int, needed: int, reviewers: Sequence[ReviewerFacts], chance: random.Random
) -> tuple[list[ApplicationFacts], dict[Key, list[Conflict]]]:
    """So many applications, with who is tied to their offices: by county, by office, by earlier cooperation."""
    found, ties = [], {}
    for number in range(count):
        case_id, county = UUID(int=100_000 + number), chance.choice(COUNTIES)
        before = chance.sample(reviewers, 2) if chance.random() < 0.3 else []
        found.append(
            ApplicationFacts(
                case_id=case_id, reference=f"A{number}", language=chance.choice(["nb", "nb", "nb", "nn"]),
                goals=frozenset(chance.sample(GOALS, chance.randint(1, 3))), needed=needed,
                assessed_before=frozenset(each.person_id for each in before),
            )
        )  # fmt: skip
        for each in reviewers:
            in_line = each.county_id == county and (each.level == "county" or chance.random() < 0.1)
            if in_line or chance.random() < 0.03:
                kind = ConflictKind.PARENT_UNIT if in_line else ConflictKind.COOPERATION
                ties[each.person_id, case_id] = [Conflict(kind=kind)]
    return found, ties


def transportation(problem: Problem) -> Problem:
    """The same without wishes and without load that grows dearer: what is left is a plain transportation problem."""
    workers = tuple(msgspec.structs.replace(each, bands=()) for each in problem.workers)
    return Problem(workers=workers, tasks=problem.tasks, pairs=problem.pairs)


def main() -> int:
    """Make the problem, solve it, and print how long and how well; 1 where a hard rule is broken or no proof is found."""
    reading = argparse.ArgumentParser(description=__doc__)
    for name, value in (("applications", 500), ("reviewers", 60), ("reviews", 3), ("seed", 1), ("most", 32)):
        reading.add_argument(f"--{name}", type=int, default=value)
    reading.add_argument("--seconds", type=float, default=60)
    reading.add_argument(
        "--alike", action="store_true", help="all reviewers alike: as many equally good proposals as can be"
    )
    reading.add_argument("--gap", type=float, default=0)
    asked = reading.parse_args()
    chance = random.Random(asked.seed)
    reviewers = reviewers_of(asked.reviewers, chance)
    if asked.alike:
        alike = {"competences": frozenset(), "under_way": 0, "recent": 0, "handed_in": 5}
        reviewers = [msgspec.structs.replace(each, **alike) for each in reviewers]
    applications, ties = applications_of(asked.applications, asked.reviews, reviewers, chance)
    started = time.monotonic()
    problem = problem_of(AssignmentRules(most_at_once=asked.most), reviewers, applications, ties)
    writing = time.monotonic() - started
    forbidden = len(problem.pairs) - len(problem.free)
    solution = solve(problem, seconds=asked.seconds, gap=asked.gap)
    broken = faults(problem, solution.chosen)
    plain = solve(transportation(problem), seconds=asked.seconds)
    found = {
        "pairs": len(problem.pairs), "of them forbidden": forbidden, "wishes": len(problem.rules),
        "written in s": f"{writing:.2f}", "solved in s": f"{solution.seconds:.2f}",
        "of the transportation problem alone": f"{solution.seconds / plain.seconds:.1f}",
        "proved to be the best": "yes" if solution.is_optimal else f"no, gap {solution.gap:.5f}",
        "reviews shared out": len(solution.chosen), "lacking": len(solution.lacks), "hard rules broken": len(broken),
        "wishes unmet": len(unmet_wishes(problem, solution.chosen)),
        "peak memory MiB": f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f}",
    }  # fmt: skip
    print(f"{asked.applications} applications, {asked.reviewers} reviewers, {asked.reviews} reviews of each.\n")
    print("| what | |\n|---|---|")
    for name, value in found.items():
        print(f"| {name} | {value} |")
    return int(bool(broken) or not solution.is_optimal)


if __name__ == "__main__":
    sys.exit(main())
