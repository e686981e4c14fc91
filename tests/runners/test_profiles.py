"""Import profiles: jobs fork from what they import, and nothing but time changes by it."""

from __future__ import annotations

from dataclasses import replace
from importlib.util import find_spec

import pytest

from harness.pipeline import Lab
from runners.base import CallCase, Evidence, Mode, Source, Suite, Variation
from runners.profiles import PROFILES, profile_of
from sandboxes.base import Limits
from sandboxes.embedded import Embedded

CALL = (CallCase(id="c", call=["call", None, "f", [], {}]),)
LIMITS = Limits(cpu_s=5.0, wall_s=10.0)
PACKAGES = {"numeric": "numpy", "frames": "pandas"}


@pytest.fixture(params=sorted(PACKAGES))
def profile(request: pytest.FixtureRequest) -> str:
    """Each profile with a package, where the package is installed."""
    package = PACKAGES[request.param]
    if find_spec(package) is None:
        pytest.skip(f"{package} is absent: pip install {package}")
    return str(request.param)


def run(lab: Lab, code: str, profile: str, variation: Variation | None = None) -> Evidence:
    """One call of `f`, forked from a profile of our choice."""
    source = Source(code=code, cases=CALL)
    (job,) = lab.bench.runner.plan(source, variation or Variation(), LIMITS)
    outcome = lab.bench.sandbox.run(replace(job, profile=profile))
    return lab.bench.runner.read(source, (outcome,))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("import numpy as np", "numeric"),
        ("def f():\n    from numpy.linalg import norm", "numeric"),
        ("import math, numpy", "numeric"),
        ("import scipy.stats", "numeric"),
        ("import pandas as pd\nimport numpy as np", "frames"),
        ("import math  # numpy would be faster", "light"),
        ("numpy = 1\nprint('import pandas')", "light"),
        ("import numpyro_like", "light"),
        ("", "light"),
    ],
)
def test_the_profile_follows_the_imports(text: str, expected: str) -> None:
    """Only a text that imports a package pays for a fork of what holds it."""
    assert profile_of(text, otherwise="light") == expected


def test_code_and_suite_both_choose() -> None:
    """A suite that imports pandas asks for it, whatever the code imports, in every mode."""
    from runners import languages

    suite = Suite(source="import pandas\ndef test_a(): pass", kind="pytest")
    for mode in (Mode.SPLIT, Mode.NATIVE):
        source = Source(code="import numpy", suite=suite, mode=mode)
        (job,) = languages()["python"].plan(source, Variation(), LIMITS)
        assert job.profile == "frames"


def test_a_hostile_text_takes_no_time() -> None:
    """Choosing is bounded, however long and repetitive a line is."""
    assert profile_of("import " * 300_000, "from x " * 300_000, otherwise="light") == "light"


def test_the_package_is_there_before_the_code(lab: Lab, profile: str) -> None:
    """The profile holds its package, a light one does not, and the fork has one thread."""
    package = PACKAGES[profile]
    code = (
        f"import os, sys\nHELD = {package!r} in sys.modules\n"
        "def f(): return HELD, len(os.listdir('/proc/self/task'))\n"
    )
    for name, held in ((profile, True), ("values", False)):
        (answer,) = run(lab, code, name).answers
        assert answer.value == ["tuple", [["bool", held], ["int", "1"]]]


SAME = {
    "global generator": "import numpy as np\ndef f(): return np.random.rand(3), np.random.randint(0, 99, 4)",
    "at import": "import numpy as np\nX = np.random.normal(size=3)\ndef f(): return X",
    "shuffled": "import numpy as np\ndef f():\n    x = list(range(9)); np.random.shuffle(x); return x",
    "from import": "from numpy.random import choice\ndef f(): return choice(10, 3)",
    "own generator": "import numpy as np\ndef f(): return np.random.default_rng(5).random(2)",
    "both generators": "import random, numpy as np\ndef f(): return random.random(), np.random.rand()",
    "algebra": "import numpy as np\ndef f(): return np.linalg.inv(np.array([[2., 1.], [1., 3.]])) @ np.arange(2)",
    "raises": "import numpy as np\ndef f(): return np.zeros(2) @ np.zeros(3)",
    "print options": "import numpy as np\ndef f(): return repr(np.float64(1.5)), str(np.arange(3) / 7)",
    "a broken import": "import numpy.no_such_part\ndef f(): return 1",
    "reload": "import importlib, numpy.random as r\ndef f(): return r.__name__, r.rand()",
}  # fmt: skip
FRAMES = {
    "sample": "import pandas as pd\ndef f(): return pd.DataFrame({'a': range(9)}).sample(3)",
    "dates": "import pandas as pd\ndef f(): return str(pd.to_datetime('2024-02-29') + pd.Timedelta(days=1))",
    "groups": "import pandas as pd\ndef f(): return pd.Series([1, 2, 3]).groupby([0, 0, 1]).sum().to_dict()",
}  # fmt: skip


@pytest.mark.parametrize("name", [*SAME, *FRAMES])
@pytest.mark.parametrize("seed", [1, 2])
def test_answers_do_not_depend_on_the_profile(lab: Lab, profile: str, name: str, seed: int) -> None:
    """numpy's and pandas' answers, draws of the global generator included, are those that a light
    interpreter gives, which imports the package after the fork."""
    if name in FRAMES and find_spec("pandas") is None:
        pytest.skip("pandas is absent: pip install pandas")
    code = {**SAME, **FRAMES}[name]
    variation = Variation(random_seed=seed, clock_offset_s=86_400 * (seed - 1))
    warm, light = (run(lab, code, p, variation) for p in (profile, "values"))
    assert warm.answers == light.answers
    assert warm.load_error == light.load_error
    assert warm.complete == light.complete
    assert warm.answers or warm.load_error


def test_the_seed_reaches_the_generator(lab: Lab, profile: str) -> None:
    """Another seed of the run gives other draws, with the package held and without."""
    code = SAME["global generator"]
    for name in (profile, "values"):
        first, again, other = (
            run(lab, code, name, Variation(random_seed=seed)).answers[0].value for seed in (1, 1, 2)
        )
        assert first == again != other


def test_an_absent_package_is_the_pairs_evidence(profile: str) -> None:
    """Where a machine lacks the package, the profile still serves, and the job's own import fails
    with the words that a light profile gives."""
    without = {
        name: replace(PROFILES[name], distributions=("pytest",)) for name in (profile, "values")
    }
    source = Source(code=f"import {PACKAGES[profile]}\ndef f(): return 1", cases=CALL)
    from runners import languages

    runner = languages()["python"]
    sandbox = Embedded(without, slots=1)
    try:
        found = []
        for name in (profile, "values"):
            (job,) = runner.plan(source, Variation(), LIMITS)
            outcome = sandbox.run(replace(job, profile=name))
            found.append(runner.read(source, (outcome,)).load_error)
    finally:
        sandbox.close()
    assert found[0] == found[1] and found[0] is not None
    assert found[0]["message"] == f"No module named '{PACKAGES[profile]}'"
