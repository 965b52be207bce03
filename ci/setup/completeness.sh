# Is the set-up complete? Asked before every command, so: a few file tests, two small processes, no word.
#
# Needs $root and $EXCHAIN_BUILD.

set_up_stamp=$EXCHAIN_BUILD/setup/complete
cmocka_library=$EXCHAIN_BUILD/deps/i386/lib/libcmocka.a
wine_prefix=$EXCHAIN_BUILD/wine/i386-prefix

# What the stamp holds: the set-up's own files and the tools it found. A changed package list, a changed script and an
# upgraded or removed Wine or compiler all make it differ.
set_up_fingerprint() {
    local tools
    mapfile -t tools < <(type -P wine i686-w64-mingw32-gcc i686-w64-mingw32-g++ gcc g++ cmake ninja)
    (
        cd "$root" &&
            sha256sum ci/packages.txt ci/wine.env ci/setup/*.sh cmake/toolchains/i386-mingw-w64.cmake &&
            stat -L -c '%n %s %Y' -- "${tools[@]}"
    )
}

set_up_is_complete() {
    [ -f "$set_up_stamp" ] && [ -f "$cmocka_library" ] && [ -O "$wine_prefix/system.reg" ] &&
        [ "$(<"$set_up_stamp")" = "$(set_up_fingerprint 2>/dev/null)" ]
}
