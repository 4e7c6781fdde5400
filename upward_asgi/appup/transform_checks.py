"""Does an instruction fit the two releases? What a transform adds is checked before it may be used."""

from __future__ import annotations

from .instructions import (
    AddDefinition,
    AddModule,
    Apply,
    DeleteModule,
    Instruction,
    PatchClass,
    RebindImporter,
    RebuildApp,
    RebuildClass,
    RenameModule,
    ReplaceDefinition,
)
from .module_names import bound_names
from .transforms import Check, Fault
from .trees import Module, Tree

__all__ = ["tree_check"]


def tree_check(old: Tree, new: Tree) -> Check:
    """The check of instructions against these two trees; `up` goes to `new`, `down` goes to `old`."""

    def check(direction: str, instruction: Instruction) -> Fault | None:
        leaving, goal = (old, new) if direction == "up" else (new, old)
        return _module_fault(instruction, leaving, goal) or _content_fault(instruction, goal)

    return check


def _module_fault(instruction: Instruction, leaving: Tree, goal: Tree) -> Fault | None:
    match instruction:
        case DeleteModule(module=module):
            return (
                None
                if module in leaving and module not in goal
                else _fault("a module that goes away", module)
            )
        case RenameModule(module=module, to=to):
            if module not in leaving:
                return _fault("a module of the release being left", module)
            return None if to in goal else _fault("a module of the release being gone to", to)
        case AddModule(module=module):
            return (
                None if module in goal and module not in leaving else _fault("a module that is new", module)
            )
    return (
        None
        if instruction.module in goal
        else _fault("a module of the release being gone to", instruction.module)
    )


def _fault(expected: str, module: str) -> Fault:
    return Fault(expected, f"module {module}", "name a module by its full dotted name")


def _content_fault(instruction: Instruction, goal: Tree) -> Fault | None:
    if isinstance(instruction, DeleteModule | RenameModule):
        return None
    module = goal[instruction.module]
    if isinstance(instruction, Apply):
        return _function_fault(instruction, module)
    count = len(module.tree.body)
    wrong = [index for index in _statements(instruction) if not 0 <= index < count]
    if not wrong:
        return None
    return Fault(
        f"a statement of {module.name} from 0 to {count - 1}",
        f"statement {wrong[0]}",
        "count the top-level statements of the release being gone to, from 0",
    )


def _statements(instruction: Instruction) -> tuple[int, ...]:
    match instruction:
        case RebuildApp(statements=statements):
            return statements
        case (
            AddDefinition(statement=statement)
            | ReplaceDefinition(statement=statement)
            | PatchClass(statement=statement)
            | RebuildClass(statement=statement)
            | RebindImporter(statement=statement)
        ):
            return (statement,)
    return ()


def _function_fault(instruction: Apply, module: Module) -> Fault | None:
    """A function that the release being gone to does not define could only fail, inside the transaction."""
    bound = bound_names(module)
    if instruction.function.partition(".")[0] in bound or bound & {"*", "__getattr__"}:
        return None
    return Fault(
        f"a function that {module.name} defines",
        instruction.function,
        "define it in the release being gone to (on the way down that is the older one)",
    )
