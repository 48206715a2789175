"""Decides what the namespaces of polars and pandas say of an argument that is no assigner."""

from paneline._core import Assigner


def checked(assigner: Assigner, method: str) -> Assigner:
    """The assigner, or a `TypeError` that says how to make one.

    A spec is not compiled in passing: that takes 0.1 ms for a zone, in every batch of a query.
    """
    if isinstance(assigner, Assigner):
        return assigner
    raise TypeError(
        f"{method} takes an Assigner, got {type(assigner).__name__}: write pln.Assigner(spec)"
    )
