"""The benchmark of patch costs runs; how long a patch takes is judged by the benchmark alone."""

from __future__ import annotations

from dataclasses import replace

from benchmarks import patch_cost


def test_a_small_service_is_patched_and_measured() -> None:
    """Up and down by turns in a process of its own: times of the patch, of the loop and of the machine."""
    case = replace(patch_cost.CASES[0], name="small", modules=6, changed=2, objects=1000)
    result = patch_cost.measure(case, rounds=3)
    assert (result.case, result.patches) == ("small", 3)
    assert result.block >= result.total > 0
    assert result.processor > 0 and result.yardstick > 0
    assert result.quartiles[0] <= result.block <= result.quartiles[1]


def test_a_chain_of_imports_is_patched_too() -> None:
    """Each module imports the one before it."""
    result = patch_cost.measure(replace(patch_cost.CASES[2], modules=12, objects=1000), rounds=2)
    assert result.block > 0


def test_a_bar_that_is_not_held_fails() -> None:
    """It says so; and a slow machine has a higher bar, a fast one no lower."""
    case = replace(patch_cost.CASES[0], modules=6, changed=2, objects=1000, bar=0.001)
    result = patch_cost.measure(case, rounds=2)
    assert not result.holds and "FAILED" in str(result)
    assert result.bar >= 0
    assert replace(result, bar=result.block + 1).holds
