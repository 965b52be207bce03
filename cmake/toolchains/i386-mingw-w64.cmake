# Building for 32-bit Windows with mingw-w64's GCC. Facts only; choices are the presets'.
set(CMAKE_SYSTEM_NAME Windows)
set(CMAKE_SYSTEM_PROCESSOR i386)

set(CMAKE_C_COMPILER i686-w64-mingw32-gcc)
set(CMAKE_CXX_COMPILER i686-w64-mingw32-g++)
set(CMAKE_ASM_COMPILER i686-w64-mingw32-gcc)
set(CMAKE_RC_COMPILER i686-w64-mingw32-windres)

# Headers and libraries come from the target's root and from those the caller names in CMAKE_FIND_ROOT_PATH (set-up's is
# build/deps/i386), never from the host's; programs to run while building come from the host.
list(APPEND CMAKE_FIND_ROOT_PATH /usr/i686-w64-mingw32)
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE ONLY)

# What clang calls the same machine in Microsoft's model: frames of __try and of Microsoft's C++ are made by it.
set(EXCHAIN_MICROSOFT_TARGET i386-pc-windows-msvc)
