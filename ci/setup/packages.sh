# Debian's packages: what is missing, and apt, once the usual way and once around an index that is out of step.

# packages_in GROUP: the names under that heading of the list.
packages_in() {
    awk -v group="[$1]" '
        { sub(/#.*/, "") }
        /^\[/ { inside = ($1 == group); next }
        inside && NF { print $1 }
    ' "$root/ci/packages.txt"
}

# Of the names read, those that are not installed. A name without an architecture means the machine's own.
missing_packages() {
    awk -v native="$(dpkg --print-architecture)" '
        FILENAME != "-" { if ($2 == "installed") { sub(/:all$/, ":" native, $1); there[$1] = 1 }; next }
        !((/:/ ? $1 : $1 ":" native) in there)
    ' <(dpkg-query -W -f '${Package}:${Architecture} ${db:Status-Status}\n') -
}

as_root() {
    if [ "$EUID" -eq 0 ]; then "$@"; else sudo -n "$@"; fi
}

can_be_root() {
    [ "$EUID" -eq 0 ] || sudo -n true 2>/dev/null
}

# apt-get without questions. It never removes a package.
apt_get() {
    as_root env DEBIAN_FRONTEND=noninteractive LC_ALL=C apt-get -q -y --no-remove -o Dpkg::Use-Pty=0 \
        -o Dpkg::Options::=--force-confold -o DPkg::Lock::Timeout=600 -o Acquire::Retries=3 "$@"
}

# The same, getting over what another call left behind: one that is still at work (DPkg::Lock::Timeout covers dpkg's
# lock, not that of the package lists), or one that was cut short. $log is step's.
patient_apt_get() {
    local tries=120
    until apt_get "$@"; do
        [ $((tries -= 1)) -gt 0 ] || return
        case $(tail -n 5 "$log") in
            *"Could not get lock"*)
                echo "waiting for another package manager to finish"
                sleep 5
                ;;
            *"dpkg was interrupted"*)
                as_root env DEBIAN_FRONTEND=noninteractive dpkg --force-confold --configure -a
                tries=1
                ;;
            *) return 1 ;;
        esac
        : >"$log"
    done
}

install_packages() {
    patient_apt_get "${own_lists[@]}" install --fix-broken --no-install-recommends "$@"
}

set_up_packages() {
    local needed optional names
    if [ -n "${EXCHAIN_SKIP_PACKAGES-}" ]; then
        look_for_commands
        return
    fi
    type -P apt-get dpkg-query >/dev/null && [ "$(dpkg --print-architecture)" = amd64 ] ||
        die "set-up knows Debian on x86-64 only: install what ci/packages.txt names, then set EXCHAIN_SKIP_PACKAGES=1."

    mapfile -t needed < <(packages_in needed | missing_packages)
    mapfile -t optional < <(packages_in optional | missing_packages)
    # What could not be had last time is not asked for on every call, only when something else is missing too.
    [ "${#needed[@]}" -gt 0 ] || { [ "${#optional[@]}" -gt 0 ] && ! optional_was_refused "${optional[@]}"; } || return 0

    names="${needed[*]}${needed[*]:+ }${optional[*]}"
    say "exchain: packages to install with apt, and what they depend on: $names"
    if ! can_be_root; then
        [ "${#needed[@]}" -eq 0 ] ||
            die "installing packages needs root: sudo $root/exchain setup --packages, then call again."
        do_without "installing needs root" "${optional[@]}"
        return
    fi
    if [[ $names == *:i386* ]] && ! dpkg --print-foreign-architectures | grep -qx i386; then
        say "  first 'dpkg --add-architecture i386': Wine's 32-bit half comes from there"
        as_root dpkg --add-architecture i386 || die "dpkg does not take the architecture i386; mend dpkg and call again."
    fi

    own_lists=()
    step "reading the package lists" apt-update patient_apt_get update ||
        say "  going on without some package lists: $(reason_in apt-update)"
    if [ "${#needed[@]}" -gt 0 ]; then
        step "installing" apt-install install_packages "${needed[@]}" || install_around "${needed[@]}"
        mapfile -t needed < <(printf '%s\n' "${needed[@]}" | missing_packages)
        [ "${#needed[@]}" -eq 0 ] || die "apt said yes but did not install ${needed[*]}: look at $logs/apt-install*.log."
    fi
    if [ "${#optional[@]}" -gt 0 ]; then
        step "installing ${optional[*]}" apt-optional install_packages "${optional[@]}" ||
            do_without "$(reason_in apt-optional)" "${optional[@]}"
    fi
}

do_without() {
    local reason=$1
    shift
    say "  going on without $*, which is optional: $reason"
    printf '%s' "$*" >"$logs/optional-refused"
}

optional_was_refused() {
    [ "$(cat "$logs/optional-refused" 2>/dev/null)" = "$*" ]
}

# The way around: the main suites only, with lists of our own (see apt-sources.sh).
install_around() {
    local folder lower log=$logs/apt-simulate.log
    grep -qE 'No space left|enough free space|Could not get lock' "$logs/apt-install.log" &&
        die "apt could not install: $(reason_in apt-install)"
    say "  that did not do: $(reason_in apt-install)"
    say "  once more with the main suites of the same mirror only, in lists of our own"
    folder=$(apt_folder deb 2>"$logs/apt-sources.log") || die "found no mirror to use: $(reason_in apt-sources)"
    own_lists=(-c "$folder/apt.conf")
    step "reading the main suites" apt-update-main patient_apt_get "${own_lists[@]}" update ||
        die "apt could not read the package lists: $(reason_in apt-update-main)"

    # Libraries from another suite (security) are installed already and have no i386 twin in the main ones: only then
    # may a package go back to the version that has.
    if ! install_packages --simulate "$@" >"$log" 2>&1; then
        # Every version from a list (it has a codename) before what is installed (it has none).
        printf 'Package: *\nPin: release n=/./\nPin-Priority: 1001\n' >"$folder/preferences"
        printf 'Dir::Etc::Preferences "%s";\n' "$folder/preferences" >>"$folder/apt.conf"
        install_packages --simulate --allow-downgrades "$@" >"$log" 2>&1 ||
            die "apt sees no way to install: $(reason_in apt-simulate)"
        lower=$(sed -n '/^The following packages will be DOWNGRADED/,/^[^ T]/s/^  *//p' "$log" | tr '\n' ' ')
        say "  going back to the main suite's version, since i386 must have the same: ${lower% }"
        say "  ('apt-get update && apt-get upgrade' brings them forward again once the mirror is in step)"
        ! on_terminal || { say "  Ctrl-C within 10 s leaves them as they are" && sleep 10; }
        set -- --allow-downgrades "$@"
    fi
    step "installing" apt-install-main install_packages "$@" || die "apt could not install: $(reason_in apt-install-main)"
}

look_for_commands() {
    local command missing=
    for command in wine wineserver i686-w64-mingw32-gcc i686-w64-mingw32-g++ gcc g++ cmake ninja; do
        type -P "$command" >/dev/null || missing="$missing $command"
    done
    [ -z "$missing" ] || die "not found:$missing. Install them, or leave EXCHAIN_SKIP_PACKAGES empty for apt to do it."
}
