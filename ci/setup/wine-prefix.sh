# A Wine prefix of our own, never the user's: build/wine/i386-prefix, with the environment of ci/wine.env.
#
# Made under another name and renamed when it works: the links in a prefix are relative, and its server is found by
# the folder itself, not by its name.

prefix_stamp=$wine_prefix/made-by
prefix_in_the_making=$wine_prefix.making

prefix_recipe() {
    (cd "$root" && sha256sum ci/setup/wine-prefix.sh ci/wine.env && wine --version)
}

set_up_wine_prefix() {
    # Wine refuses a prefix of somebody else.
    [ ! -e "$wine_prefix" ] || [ -O "$wine_prefix" ] ||
        die "$EXCHAIN_BUILD belongs to another user: set EXCHAIN_BUILD to a folder of your own."
    [ ! -f "$wine_prefix/system.reg" ] || [ "$(cat "$prefix_stamp" 2>/dev/null)" != "$(prefix_recipe)" ] || return 0
    mkdir -p "$EXCHAIN_BUILD/wine" || die "cannot write $EXCHAIN_BUILD/wine: free the disk or mend its permissions."
    step "making a Wine prefix" wine-prefix make_wine_prefix || die "cannot make a Wine prefix: $(reason_in wine-prefix)."
}

# in_prefix PREFIX COMMAND...: with the environment of ci/wine.env and that prefix.
in_prefix() (
    export WINEPREFIX=$1
    while read -r line; do
        case $line in
            '' | '#'*) ;;
            *=) unset "${line%=}" ;;
            *) export "${line?}" ;;
        esac
    done <"$root/ci/wine.env"
    shift
    "$@"
)

make_wine_prefix() {
    local prefix=$prefix_in_the_making drivers='HKCU\Software\Wine\Drivers' link
    forget_half_a_prefix && mkdir "$prefix" || return
    # In the background, since Wine does not heed Ctrl-C: waiting for it does.
    trap 'stop_wine "$prefix"; exit 130' INT TERM
    in_prefix "$prefix" timeout 300 wine wineboot --init &
    wait $! || {
        [ $? -ne 124 ] || echo "wine: the prefix was not ready after 300 s"
        return 1
    }
    trap - INT TERM

    # Windows must exist without a display: EnumWindows has nothing to enumerate otherwise. Reading it back shows that
    # this machine runs 32-bit programs at all.
    in_prefix "$prefix" wine reg add "$drivers" /v Graphics /d null /f &&
        in_prefix "$prefix" wine reg query "$drivers" /v Graphics | grep -w null || return
    in_prefix "$prefix" wineserver -k
    in_prefix "$prefix" wineserver -w

    # Desktop, Documents and so on are links into the user's home; no program we start has any business there.
    while IFS= read -r link; do
        rm "$link" && mkdir "$link" || return
    done < <(find "$prefix/drive_c/users" -type l)

    # Wine does not tell when a DLL could not be copied.
    room_on_disk && prefix_recipe >"$prefix/made-by" || return
    stop_wine "$wine_prefix"
    rm -rf "$wine_prefix" && mv "$prefix" "$wine_prefix"
}

stop_wine() {
    [ ! -d "$1" ] || in_prefix "$1" wineserver -k >/dev/null 2>&1
}

forget_half_a_prefix() {
    [ -d "$prefix_in_the_making" ] || return 0
    stop_wine "$prefix_in_the_making"
    rm -rf "$prefix_in_the_making"
}
