"""Results of code that the service ran, as it sends them and as they are decoded."""

from trio_batches.types import (
    BashCodeExecutionOutput,
    BashCodeExecutionResult,
    BashCodeExecutionToolResultBlock,
    BashCodeExecutionToolResultError,
    CodeExecutionOutput,
    CodeExecutionResult,
    CodeExecutionToolResultBlock,
    CodeExecutionToolResultError,
    ContentBlock,
    EncryptedCodeExecutionResult,
    TextEditorCodeExecutionCreateResult,
    TextEditorCodeExecutionStrReplaceResult,
    TextEditorCodeExecutionToolResultBlock,
    TextEditorCodeExecutionToolResultError,
    TextEditorCodeExecutionViewResult,
)

CODE_BLOCKS: list[tuple[bytes, ContentBlock]] = [
    (
        (
            b'{"type":"code_execution_tool_result","tool_use_id":"srvtoolu_1","content":'
            b'{"type":"code_execution_result","stdout":"4\\n","stderr":"","return_code":0,'
            b'"content":[{"type":"code_execution_output","file_id":"file_1"}]}}'
        ),
        CodeExecutionToolResultBlock(
            "srvtoolu_1",
            CodeExecutionResult(
                stdout="4\n", stderr="", return_code=0, content=[CodeExecutionOutput("file_1")]
            ),
        ),
    ),
    (
        (
            b'{"type":"code_execution_tool_result","tool_use_id":"srvtoolu_1","content":'
            b'{"type":"encrypted_code_execution_result","encrypted_stdout":"Eo8B","stderr":"",'
            b'"return_code":1,"content":[]}}'
        ),
        CodeExecutionToolResultBlock(
            "srvtoolu_1",
            EncryptedCodeExecutionResult(
                encrypted_stdout="Eo8B", stderr="", return_code=1, content=[]
            ),
        ),
    ),
    (
        (
            b'{"type":"code_execution_tool_result","tool_use_id":"srvtoolu_1","content":'
            b'{"type":"code_execution_tool_result_error","error_code":"unavailable"}}'
        ),
        CodeExecutionToolResultBlock("srvtoolu_1", CodeExecutionToolResultError("unavailable")),
    ),
    (
        (
            b'{"type":"bash_code_execution_tool_result","tool_use_id":"srvtoolu_1","content":'
            b'{"type":"bash_code_execution_result","stdout":"","stderr":"no","return_code":2,'
            b'"content":[{"type":"bash_code_execution_output","file_id":"file_1"}]}}'
        ),
        BashCodeExecutionToolResultBlock(
            "srvtoolu_1",
            BashCodeExecutionResult(
                stdout="",
                stderr="no",
                return_code=2,
                content=[BashCodeExecutionOutput("file_1")],
            ),
        ),
    ),
    (
        (
            b'{"type":"bash_code_execution_tool_result","tool_use_id":"srvtoolu_1","content":'
            b'{"type":"bash_code_execution_tool_result_error",'
            b'"error_code":"output_file_too_large"}}'
        ),
        BashCodeExecutionToolResultBlock(
            "srvtoolu_1", BashCodeExecutionToolResultError("output_file_too_large")
        ),
    ),
    (
        (
            b'{"type":"text_editor_code_execution_tool_result","tool_use_id":"srvtoolu_1","content":'
            b'{"type":"text_editor_code_execution_view_result","file_type":"text","content":"a",'
            b'"num_lines":1,"start_line":1,"total_lines":9}}'
        ),
        TextEditorCodeExecutionToolResultBlock(
            "srvtoolu_1",
            TextEditorCodeExecutionViewResult(
                file_type="text", content="a", num_lines=1, start_line=1, total_lines=9
            ),
        ),
    ),
    (
        (
            b'{"type":"text_editor_code_execution_tool_result","tool_use_id":"srvtoolu_1","content":'
            b'{"type":"text_editor_code_execution_create_result","is_file_update":false}}'
        ),
        TextEditorCodeExecutionToolResultBlock(
            "srvtoolu_1", TextEditorCodeExecutionCreateResult(is_file_update=False)
        ),
    ),
    (
        (
            b'{"type":"text_editor_code_execution_tool_result","tool_use_id":"srvtoolu_1","content":'
            b'{"type":"text_editor_code_execution_str_replace_result","old_start":3,"old_lines":1,'
            b'"new_start":3,"new_lines":1,"lines":["-a","+b"]}}'
        ),
        TextEditorCodeExecutionToolResultBlock(
            "srvtoolu_1",
            TextEditorCodeExecutionStrReplaceResult(
                old_start=3, old_lines=1, new_start=3, new_lines=1, lines=["-a", "+b"]
            ),
        ),
    ),
    (
        (
            b'{"type":"text_editor_code_execution_tool_result","tool_use_id":"srvtoolu_1","content":'
            b'{"type":"text_editor_code_execution_tool_result_error",'
            b'"error_code":"file_not_found","error_message":"a.txt is not there"}}'
        ),
        TextEditorCodeExecutionToolResultBlock(
            "srvtoolu_1",
            TextEditorCodeExecutionToolResultError("file_not_found", "a.txt is not there"),
        ),
    ),
]
