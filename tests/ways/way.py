# SPDX-License-Identifier: Apache-2.0
"""What a row of the table may say."""
from dataclasses import dataclass, field
from typing import Any, Callable, Optional

CLEAN = {"cordoned": 0, "tainted": 0, "lease": "free"}
WHOLE = {"nodes": 3, "instances": 3, **CLEAN}


@dataclass
class Way:
    """One way of destroying the world under a roll, and what must come of it."""
    name: str
    what: str  # for people: one sentence
    harm: Optional[Callable] = None   # done to the World at the moment
    hold: Any = "drain"               # what keeps the roll there: HOLDS of ways.py
    moment: Optional[str] = None      # words in the run's events; else those of hold
    release: bool = True              # what held it is let go after the harm
    before: Optional[Callable] = None
    later: Optional[Callable] = None  # once until was seen
    until: Optional[str] = None       # words to wait for, in what it says or in its events
    stalls: bool = False              # it does not end by itself: looked at after until
    words: Optional[list] = None      # the command; a roll of the workers by the native engine
    args: list = field(default_factory=list)
    code: Any = 0                     # or a tuple: what comes first decides
    status: str = "succeeded"         # what `kopscope runs` says of it
    says: list = field(default_factory=list)   # patterns in what it said
    left: dict = field(default_factory=lambda: dict(CLEAN))
    unreadable: bool = False          # the cluster cannot be asked what is left
    open_ones: bool = False           # writes may stand in the journal without an answer
    lost: bool = False                # ... and stay so: nobody takes the run up again
    patience: int = 90                # real seconds
    mend: Optional[Callable] = None   # what the user mends before the next step
    then: list = field(default_factory=list)   # (words, exit code, pattern)
    final: Optional[dict] = field(default_factory=lambda: dict(WHOLE))
    few: bool = False                 # one of those in `make check`
    speed: int = 60
    scenario: str = "story"
