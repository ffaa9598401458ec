"""The command line: one module per command, options → settings → workflow → exit code. The only place that exits."""
