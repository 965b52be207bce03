# What the user sees of the set-up: plain words, a line for each step, one clear line when it stops.
#
# Needs $EXCHAIN_BUILD. Everything goes to standard error: standard output belongs to the command that follows.

logs=$EXCHAIN_BUILD/setup
quiet=false

say() {
    $quiet || printf '%s\n' "$*" >&2
}

# The machine's trouble: what, where, what to do.
die() {
    printf 'exchain: %s\n' "$*" >&2
    exit 3
}

# step TITLE LOG COMMAND...: runs the command with its output in LOG.log and nothing to read.
#
# The command stays in the foreground and the progress line runs behind it, so that Ctrl-C reaches the command itself.
step() {
    local title=$1 log=$logs/$2.log start=$SECONDS status=0
    shift 2
    rm -f "$log" && : >"$log" || die "cannot write $log: free the disk or mend its permissions."
    $quiet || {
        show_progress "$title" "$log" "$start" 9>&- &
        progress=$!
    }
    # 9 is the set-up's lock: no server that outlives the command may keep it.
    ("$@") >>"$log" 2>&1 </dev/null 9>&- || status=$?
    end_progress
    [ "$status" -ne 0 ] || say "  $title: $((SECONDS - start)) s"
    return "$status"
}

progress=
end_progress() {
    [ -n "$progress" ] || return 0
    kill "$progress" 2>/dev/null
    wait "$progress" 2>/dev/null
    progress=
    ! on_terminal || printf '\r\033[K' >&2
}

on_terminal() {
    [ -t 2 ] && [ "${TERM:-dumb}" != dumb ]
}

# A live line on a terminal; elsewhere a plain line now and then, so that a CI log shows what is being waited for.
show_progress() {
    local title=$1 log=$2 start=$3 line_start='\r\033[K' line_end='' pause=1 line
    on_terminal || { line_start='' line_end='\n' pause=15; }
    while sleep "$pause"; do
        line="  $title: $((SECONDS - start)) s  $(tail -n 1 "$log" | tr -cd '[:print:]')"
        printf "$line_start%s$line_end" "${line:0:78}" >&2
    done
}

# Less than this, and something was not written, whether its writer noticed or not.
room_on_disk() {
    [ "$(df --output=avail -k "$EXCHAIN_BUILD" | tail -n 1)" -gt 50000 ]
}

# reason_in LOG: why the step failed, in words, with what can be done about it.
reason_in() {
    local log=$logs/$1.log line
    if grep -qE 'No space left on device|enough free space' "$log" || ! room_on_disk; then
        line="the disk is full; make room and call again"
    elif grep -qE 'Could not get lock|Unable to (lock|acquire)' "$log"; then
        line="another package manager has been at work all the time; call again when it is done"
    elif grep -qE 'Temporary failure|Could not (resolve|connect)|Unable to connect|Connection (failed|timed out|refused)|Network is unreachable' "$log"; then
        line="no network, or the package mirror is down; look at that and call again"
    elif grep -qE 'unexpected size|Hash Sum mismatch|unmet dependencies' "$log"; then
        line="a package index of the mirror is out of step, which passes by itself"
    elif grep -qE 'Exec format error|cannot execute binary' "$log"; then
        line="this kernel runs no 32-bit programs; boot one that does (ia32_emulation)"
    else
        line=$(grep -E '^(E:|CMake Error|wine: )' "$log" | tail -n 1)
        line=${line:-$(tail -n 1 "$log")}
    fi
    printf '%s (log: %s)' "${line:-no reason given}" "$log"
}
