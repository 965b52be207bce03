/* The C that both sides call: does nothing, or calls back once. A DLL, so that Go calls the same code as the runtime does. */
__declspec(dllexport) void __stdcall callee_nothing(void) {}

__declspec(dllexport) int __stdcall callee_back(int(__stdcall *callback)(int), int argument) { return callback(argument); }
