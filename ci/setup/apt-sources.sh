# Package sources of our own, made from the machine's: the same mirror and keys, fewer suites, other types.
#
# Two things need them. The index of one suite can be out of step on a mirror for hours, and then nothing that must have
# the same version on amd64 and i386 installs: a list without that suite does. And sources (deb-src) are rarely
# switched on. The machine's own configuration stays as it is.

# The suites we trust to be in step: the release itself and its updates.
main_suites() {
    local name
    name=$(. /etc/os-release && printf '%s' "${VERSION_CODENAME-}")
    printf '%s' "${name:+$name $name-updates }stable stable-updates testing unstable sid"
}

machine_source_files() {
    local list='' parts='' file
    eval "$(apt-config shell list Dir::Etc::SourceList/f parts Dir::Etc::SourceParts/d)"
    for file in "$list" "$parts"/*.list "$parts"/*.sources; do
        [ ! -f "$file" ] || printf '%s\n' "$file"
    done
}

# machine_sources TYPES SUITES FILE...: from the files' entries for packages, those in one of the suites, as deb822 text.
#
# Everything else an entry says (keys, trust) is kept; Architectures is dropped, since i386 is often not in it.
machine_sources() {
    local types=$1 suites=$2
    shift 2
    awk -v types="$types" -v suites="$suites" '
        BEGIN {
            count = split(suites, names, " ")
            for (i = 1; i <= count; i++) wanted[names[i]] = 1
        }

        # One entry: our types, the suites we want, and its other fields as they stand.
        function emit(    i, count, words, kept) {
            count = split(suite_text, words, /[ \t\n]+/)
            kept = ""
            for (i = 1; i <= count; i++) if (words[i] in wanted) kept = kept " " words[i]
            if (enabled && kept != "" && (" " type_text " ") ~ /[ \t]deb[ \t]/)
                printf "Types: %s\nSuites:%s\n%s\n", types, kept, others
            forget()
        }
        function forget() {
            type_text = suite_text = others = field = ""
            enabled = 1
        }
        function take(text) {
            if (field == "types") type_text = type_text " " text
            else if (field == "suites") suite_text = suite_text " " text
            else if (field == "enabled") enabled = tolower(text) !~ /no|false|off|0/
            else if (field != "architectures") return 0
            return 1
        }

        FNR == 1 { if (NR > 1) emit(); forget() }
        { sub(/\r$/, "") }

        # The classic form: one line an entry.
        FILENAME ~ /\.list$/ {
            sub(/#.*/, "")
            if ($1 != "deb") next
            type_text = "deb"
            sub(/^[ \t]*deb[ \t]+/, "")
            if (match($0, /^\[[^]]*\]/)) {
                count = split(substr($0, 2, RLENGTH - 2), options, /[ \t]+/)
                $0 = substr($0, RLENGTH + 1)
                for (i = 1; i <= count; i++) {
                    at = index(options[i], "=")
                    name = substr(options[i], 1, at - 1)
                    text = substr(options[i], at + 1)
                    gsub(/,/, " ", text)
                    if (at && name !~ /^arch/) others = others name ": " text "\n"
                }
            }
            suite_text = $2
            others = others "URIs: " $1 "\nComponents:"
            for (i = 3; i <= NF; i++) others = others " " $i
            others = others "\n"
            emit()
            next
        }

        # deb822: paragraphs of fields, a field going on where a line begins with a blank.
        /^#/ { next }
        /^[ \t]*$/ { emit(); next }
        /^[ \t]/ { if (!take($0)) others = others $0 "\n"; next }
        {
            at = index($0, ":")
            field = tolower(substr($0, 1, at - 1))
            if (!take(substr($0, at + 1))) others = others $0 "\n"
        }
        END { emit() }
    ' "$@" /dev/null
}

# apt_folder TYPES: makes a folder with sources, an empty index and an apt configuration of their own; says where it is.
# 'apt-get -c FOLDER/apt.conf' then reads and writes nothing of the machine's lists.
apt_folder() {
    local folder files
    folder=$(mktemp -d "$logs/apt.XXXXXX") || return
    chmod 755 "$folder"
    mkdir -p "$folder/sources" "$folder/lists/partial" || return
    mapfile -t files < <(machine_source_files)
    machine_sources "$1" "$(main_suites)" "${files[@]}" >"$folder/sources/exchain.sources" || return
    # The machine's hooks after an update are for its own lists, and some of them need root.
    cat >"$folder/apt.conf" <<END || return
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
Dir::Etc::SourceList "/dev/null";
Dir::Etc::SourceParts "$folder/sources";
Dir::State::Lists "$folder/lists";
Dir::Cache::pkgcache "";
Dir::Cache::srcpkgcache "";
Acquire::Languages "none";
Acquire::Retries "3";
APT::Update::Error-Mode "any";
END
    [ -s "$folder/sources/exchain.sources" ] || {
        echo "E: no entry for $(main_suites) in ${files[*]}" >&2
        return 1
    }
    printf '%s' "$folder"
}

forget_apt_folders() {
    local folder
    for folder in "$logs"/apt.??????; do
        [ ! -d "$folder" ] || rm -rf "$folder" 2>/dev/null || as_root rm -rf "$folder"
    done
}
