"""A finished operation as a person wants to read it: what happened, what was kept, what to do next."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from .leftovers import leftovers_lines

__all__ = ["report_text"]

_ENDS = {
    "succeeded": "done",
    "refused": "refused; nothing was touched",
    "rolled_back": "tried and undone; every session goes on in the release it had",
    "failed": "failed; nothing was changed",
}
_NOT_UNDONE = "failed, and could not be undone wholly"

_CLOSED_NAMED = 5


def report_text(operation: Mapping[str, object]) -> str:
    """The report of an operation, from its JSON as the admin API answers it."""
    return "\n".join(_lines(operation, _mapping(operation.get("report"))))


def _lines(operation: Mapping[str, object], report: Mapping[str, object]) -> Iterator[str]:
    dry = " (dry run)" if report.get("dry_run") else ""
    state = str(operation.get("state"))
    end = _ENDS.get(state, state)
    if _mapping(report.get("error")).get("code") == "not_undone":
        end = _NOT_UNDONE
    yield f"{operation.get('kind')} {operation.get('from')} → {operation.get('to')}{dry}: {end}"
    yield from _error(_mapping(report.get("error")))
    if report.get("sessions"):
        yield f"  sessions  {_sessions(_mapping(report['sessions']))}"
    if report.get("closed"):
        yield f"  closed    {_closed(_mapping(report['closed']))}"
    yield from _settings(report)
    if "pause_ms" in report:
        yield f"  pause     {_pause(report)}"
    if report.get("leftovers"):
        yield from leftovers_lines(_mapping(report["leftovers"]))
    yield f"  phases    {_phases(operation.get('phases'))}"
    for warning in _list(report.get("warnings")):
        yield f"  warning   {warning}"
    if report.get("next"):
        yield f"  next      {report['next']}"
    yield f"  operation {operation.get('id')}"


def _error(error: Mapping[str, object]) -> Iterator[str]:
    if not error:
        return
    reasons = _list(error.get("reasons"))
    if not reasons:
        yield f"  {error.get('code')}: expected {error.get('expected')},"
        yield f"  got       {error.get('got')}"
        if error.get("place"):
            yield f"  at        {error['place']}"
        yield f"  do        {error.get('do')}"
        return
    yield f"  {error.get('code')}:"
    for reason in map(_mapping, reasons):
        line = f":{reason['line']}" if reason.get("line") else ""
        place = f"{reason['file']}{line}: " if reason.get("file") else ""
        advice = f"; {reason['advice']}" if reason.get("advice") else ""
        yield f"    - {place}{reason.get('message')}{advice}"


def _settings(report: Mapping[str, object]) -> Iterator[str]:
    """What became, or of a dry run would become, of the application's settings."""
    hops = report.get("config") or _mapping(report.get("rehearsal")).get("config")
    signed = [
        f"{sign} {name}"
        for hop in map(_mapping, _list(hops))
        for sign, kind in (("~", "changed"), ("+", "new"), ("-", "removed"))
        for name in _list(hop.get(kind))
    ]
    if signed:
        yield f"  settings  {', '.join(signed)}"


def _pause(report: Mapping[str, object]) -> str:
    beside = {
        "predicted": _mapping(report.get("rehearsal")).get("predicted_pause_ms"),
        "longest block": report.get("longest_block_ms"),
    }
    known = ", ".join(f"{name} {value} ms" for name, value in beside.items() if value is not None)
    return f"{report['pause_ms']} ms" + (f" ({known})" if known else "")


def _closed(found: Mapping[str, object]) -> str:
    named = [_mapping(one) for one in _list(found.get("sessions"))]
    ids = ", ".join(str(one.get("id")) for one in named[:_CLOSED_NAMED])
    more = ", …" if len(named) > _CLOSED_NAMED else ""
    why = f"; the first: {named[0].get('why')}" if named else ""
    return f"{found.get('total')} session(s) with {found.get('code')}: {ids}{more}{why}"


def _sessions(found: Mapping[str, object]) -> str:
    ways = ", ".join(f"{count} {way}" for way, count in sorted(_mapping(found.get("by_way")).items()))
    text = f"{found.get('kept')} of {found.get('total')} kept"
    return f"{text} ({ways}), {found.get('changed')} with a new state" if ways else text


def _phases(found: object) -> str:
    phases = (_mapping(phase) for phase in _list(found))
    return ", ".join(f"{phase.get('phase')} {_seconds(phase.get('seconds'))}" for phase in phases) or "none"


def _seconds(found: object) -> str:
    return f"{found * 1000:.1f} ms" if isinstance(found, int | float) else "?"


def _mapping(found: object) -> Mapping[str, object]:
    return found if isinstance(found, Mapping) else {}


def _list(found: object) -> list[object]:
    return found if isinstance(found, list) else []
