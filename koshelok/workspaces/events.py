"""Facts about workspaces that other features react to."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class WorkspaceCreated:
    """A workspace was opened; `language` is its first owner's."""

    workspace_id: int
    kind: str
    language: str
