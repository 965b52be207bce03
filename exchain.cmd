@echo off
rem The command for Windows: the driver runs with the Python on the path, the binaries are those of a build on Linux (docs/PLATFORMS.md).
setlocal
set "PYTHONPATH=%~dp0driver;%PYTHONPATH%"
python -m exchain %*
