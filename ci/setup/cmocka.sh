# cmocka for 32-bit Windows: Debian has its source, no package for mingw. Built once into build/deps/i386:
#
#   include/cmocka.h  lib/libcmocka.a
#
# No DLL, so no test depends on where one is found. With the toolchain file and CMAKE_FIND_ROOT_PATH=build/deps/i386,
# find_path(... cmocka.h) and find_library(... cmocka) find these two; natively they find Debian's.
# The source stays in build/deps/source, so that building it again needs no network.

cmocka_home=$EXCHAIN_BUILD/deps/i386
cmocka_source=$EXCHAIN_BUILD/deps/source
cmocka_stamp=$cmocka_home/made-by

cmocka_recipe() {
    (cd "$root" && sha256sum ci/setup/cmocka.sh cmake/toolchains/i386-mingw-w64.cmake)
}

set_up_cmocka() {
    [ ! -f "$cmocka_library" ] || [ "$(cat "$cmocka_stamp" 2>/dev/null)" != "$(cmocka_recipe)" ] || return 0
    mkdir -p "$EXCHAIN_BUILD/deps" || die "cannot write $EXCHAIN_BUILD/deps: free the disk or mend its permissions."

    if [ -n "${EXCHAIN_CMOCKA_TARBALL-}" ]; then
        [ -f "$EXCHAIN_CMOCKA_TARBALL" ] || die "no file $EXCHAIN_CMOCKA_TARBALL: correct EXCHAIN_CMOCKA_TARBALL or unset it."
    elif ! cmocka_tarball >/dev/null; then
        step "fetching cmocka's source" cmocka-source fetch_cmocka ||
            die "cannot fetch cmocka's source: $(reason_in cmocka-source). Or give a tarball: EXCHAIN_CMOCKA_TARBALL=FILE."
    fi
    step "building cmocka for 32-bit Windows" cmocka-build build_cmocka "${EXCHAIN_CMOCKA_TARBALL:-$(cmocka_tarball)}" ||
        die "cannot build cmocka: $(reason_in cmocka-build)."
}

cmocka_tarball() {
    local file
    for file in "$cmocka_source"/cmocka_*.orig.tar.?z; do
        [ -f "$file" ] && printf '%s' "$file" && return
    done
}

# apt checks the index against the release's signature and the tarball against the index. Needs no root. Debian's own
# changes are left alone: they concern its packaging.
fetch_cmocka() {
    local folder
    folder=$(apt_folder deb-src) || return
    apt-get -q -c "$folder/apt.conf" update || return
    mkdir "$folder/source" || return
    # As root, apt fetches as a user of its own, who has to be able to write here.
    [ "$EUID" -ne 0 ] || chown _apt "$folder/source" || return
    (cd "$folder/source" && apt-get -q -c "$folder/apt.conf" source --download-only --tar-only cmocka) || return
    rm -rf "$cmocka_source" && mv "$folder/source" "$cmocka_source"
}

build_cmocka() {
    local tarball=$1 work=$EXCHAIN_BUILD/deps/cmocka.making source library
    tarball=$(readlink -f "$tarball")
    rm -rf "$work" && mkdir "$work" && cd "$work" || return
    cmake -E tar xf "$tarball" || return
    source=$(echo "$work"/*/CMakeLists.txt)
    cmake -G Ninja -S "${source%/CMakeLists.txt}" -B "$work/build" \
        -DCMAKE_TOOLCHAIN_FILE="$root/cmake/toolchains/i386-mingw-w64.cmake" -DCMAKE_BUILD_TYPE=RelWithDebInfo \
        -DBUILD_SHARED_LIBS=OFF -DWITH_STATIC_LIB=ON -DWITH_EXAMPLES=OFF -DUNIT_TESTING=OFF || return
    cmake --build "$work/build" || return
    # The static library's name changed with the versions (1.1.5, 1.1.7).
    library=$(find "$work/build/src" -name 'libcmocka*.a' ! -name '*.dll.a')
    mkdir -p "$work/home/include" "$work/home/lib" &&
        cp "$work"/*/include/cmocka.h "$work/home/include" &&
        cp "$library" "$work/home/lib/libcmocka.a" &&
        cmocka_recipe >"$work/home/made-by" || return
    rm -rf "$cmocka_home" && mv "$work/home" "$cmocka_home" && rm -rf "$work"
}

forget_half_a_cmocka() {
    rm -rf "$EXCHAIN_BUILD/deps/cmocka.making"
}
