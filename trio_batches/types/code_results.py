"""The content blocks that hold results of code that ran in a container.

Source: Messages API reference, code execution tool.
"""

from typing import ClassVar, Literal

from msgspec import Struct

__all__ = (
    "BashCodeExecutionOutput",
    "BashCodeExecutionResult",
    "BashCodeExecutionToolResultBlock",
    "BashCodeExecutionToolResultError",
    "CodeExecutionOutput",
    "CodeExecutionResult",
    "CodeExecutionToolResultBlock",
    "CodeExecutionToolResultError",
    "EncryptedCodeExecutionResult",
    "TextEditorCodeExecutionCreateResult",
    "TextEditorCodeExecutionStrReplaceResult",
    "TextEditorCodeExecutionToolResultBlock",
    "TextEditorCodeExecutionToolResultError",
    "TextEditorCodeExecutionViewResult",
)


class CodeExecutionOutput(
    Struct, frozen=True, gc=False, omit_defaults=True, tag="code_execution_output"
):
    """A file that code wrote."""

    type: ClassVar[Literal["code_execution_output"]] = "code_execution_output"
    file_id: str


class CodeExecutionResult(
    Struct, frozen=True, gc=False, omit_defaults=True, kw_only=True, tag="code_execution_result"
):
    """What code printed and wrote."""

    type: ClassVar[Literal["code_execution_result"]] = "code_execution_result"
    stdout: str
    stderr: str
    return_code: int
    """The process's exit status; 0 is success."""
    content: list[CodeExecutionOutput]


class EncryptedCodeExecutionResult(
    Struct,
    frozen=True,
    gc=False,
    omit_defaults=True,
    kw_only=True,
    tag="encrypted_code_execution_result",
):
    """What code printed, only given encrypted, and wrote."""

    type: ClassVar[Literal["encrypted_code_execution_result"]] = "encrypted_code_execution_result"
    encrypted_stdout: str
    """To be sent back as it is."""
    stderr: str
    return_code: int
    """The process's exit status; 0 is success."""
    content: list[CodeExecutionOutput]


class CodeExecutionToolResultError(
    Struct, frozen=True, gc=False, omit_defaults=True, tag="code_execution_tool_result_error"
):
    """Why code did not run to its end."""

    type: ClassVar[Literal["code_execution_tool_result_error"]] = "code_execution_tool_result_error"
    error_code: str
    """Such as `execution_time_exceeded` or `unavailable`."""


class CodeExecutionToolResultBlock(
    Struct, frozen=True, gc=False, omit_defaults=True, tag="code_execution_tool_result"
):
    """What came of running code."""

    type: ClassVar[Literal["code_execution_tool_result"]] = "code_execution_tool_result"
    tool_use_id: str
    content: CodeExecutionResult | EncryptedCodeExecutionResult | CodeExecutionToolResultError


class BashCodeExecutionOutput(
    Struct, frozen=True, gc=False, omit_defaults=True, tag="bash_code_execution_output"
):
    """A file that a shell command wrote."""

    type: ClassVar[Literal["bash_code_execution_output"]] = "bash_code_execution_output"
    file_id: str


class BashCodeExecutionResult(
    Struct,
    frozen=True,
    gc=False,
    omit_defaults=True,
    kw_only=True,
    tag="bash_code_execution_result",
):
    """What a shell command printed and wrote."""

    type: ClassVar[Literal["bash_code_execution_result"]] = "bash_code_execution_result"
    stdout: str
    stderr: str
    return_code: int
    """The command's exit status; 0 is success."""
    content: list[BashCodeExecutionOutput]


class BashCodeExecutionToolResultError(
    Struct, frozen=True, gc=False, omit_defaults=True, tag="bash_code_execution_tool_result_error"
):
    """Why a shell command did not run to its end."""

    type: ClassVar[Literal["bash_code_execution_tool_result_error"]] = (
        "bash_code_execution_tool_result_error"
    )
    error_code: str
    """Such as `execution_time_exceeded` or `output_file_too_large`."""


class BashCodeExecutionToolResultBlock(
    Struct, frozen=True, gc=False, omit_defaults=True, tag="bash_code_execution_tool_result"
):
    """What came of running a shell command."""

    type: ClassVar[Literal["bash_code_execution_tool_result"]] = "bash_code_execution_tool_result"
    tool_use_id: str
    content: BashCodeExecutionResult | BashCodeExecutionToolResultError


class TextEditorCodeExecutionViewResult(
    Struct,
    frozen=True,
    gc=False,
    omit_defaults=True,
    kw_only=True,
    tag="text_editor_code_execution_view_result",
):
    """A file, or some of its lines, that was looked at."""

    type: ClassVar[Literal["text_editor_code_execution_view_result"]] = (
        "text_editor_code_execution_view_result"
    )
    file_type: str
    """`text`, `image` or `pdf`."""
    content: str
    num_lines: int | None = None
    """How many lines are shown."""
    start_line: int | None = None
    """The first line shown."""
    total_lines: int | None = None
    """How many lines the file has."""


class TextEditorCodeExecutionCreateResult(
    Struct,
    frozen=True,
    gc=False,
    omit_defaults=True,
    tag="text_editor_code_execution_create_result",
):
    """A file that was written."""

    type: ClassVar[Literal["text_editor_code_execution_create_result"]] = (
        "text_editor_code_execution_create_result"
    )
    is_file_update: bool
    """Whether the file was there before."""


class TextEditorCodeExecutionStrReplaceResult(
    Struct,
    frozen=True,
    gc=False,
    omit_defaults=True,
    kw_only=True,
    tag="text_editor_code_execution_str_replace_result",
):
    """A change that was made in a file."""

    type: ClassVar[Literal["text_editor_code_execution_str_replace_result"]] = (
        "text_editor_code_execution_str_replace_result"
    )
    old_start: int | None = None
    """The first line of what was replaced."""
    old_lines: int | None = None
    """How many lines were replaced."""
    new_start: int | None = None
    """The first line of what took its place."""
    new_lines: int | None = None
    """How many lines took its place."""
    lines: list[str] | None = None
    """The change, as the lines of a diff."""


class TextEditorCodeExecutionToolResultError(
    Struct,
    frozen=True,
    gc=False,
    omit_defaults=True,
    tag="text_editor_code_execution_tool_result_error",
):
    """Why a file was not shown or changed."""

    type: ClassVar[Literal["text_editor_code_execution_tool_result_error"]] = (
        "text_editor_code_execution_tool_result_error"
    )
    error_code: str
    """Such as `file_not_found` or `unavailable`."""
    error_message: str | None = None


class TextEditorCodeExecutionToolResultBlock(
    Struct, frozen=True, gc=False, omit_defaults=True, tag="text_editor_code_execution_tool_result"
):
    """What came of looking at a file or changing it."""

    type: ClassVar[Literal["text_editor_code_execution_tool_result"]] = (
        "text_editor_code_execution_tool_result"
    )
    tool_use_id: str
    content: (
        TextEditorCodeExecutionViewResult
        | TextEditorCodeExecutionCreateResult
        | TextEditorCodeExecutionStrReplaceResult
        | TextEditorCodeExecutionToolResultError
    )
