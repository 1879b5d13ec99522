#!/usr/bin/env bash
# Builds the Debian package of the server and websocket-client.
# A link to the script is followed to where its folder is.
self=$0
if [ -L "$self" ]; then self=$(realpath "$self"); fi
# shellcheck source=scripts/environment.bash
. "$(dirname "$self")/environment.bash"
cd "$root"

case ${1:-} in
    '') ;;
    --help | -h)
        cat <<'TEXT'
Usage: scripts/package.sh

Installs what is missing, builds for release, and makes .build/package/taskflow_VERSION_ARCHITECTURE.deb: the server and
websocket-client, their manual pages, completions for bash, zsh and fish, and a unit for systemd. The last line it prints
is where the package is. docs/deploy.md says what it does on a machine.

The version is that of `taskflow --version`. Dates in it are those of the last commit, or SOURCE_DATE_EPOCH: the same
programs make the same package, byte for byte.
TEXT
        exit
        ;;
    *) misused "no option $1" ;;
esac

if [ ! -f /etc/debian_version ]; then
    echo "package: a package for Debian is made on Debian or Ubuntu" >&2
    exit 1
fi
scripts/install-deps.sh package

programs=(taskflow websocket-client)
# dpkg-buildpackage writes what it makes beside the folder it is started in.
output=.build/package
staging=$output/source
rm -rf "$output"
mkdir -p "$staging"/{programs,pages,notices,completions/{bash,zsh,fish}}

# Sources that are no checkout have the date of their last change log.
epoch=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || stat --format=%Y CHANGELOG.md)}

write_programs() {
    local program built
    for program in "${programs[@]}"; do
        swift build --configuration release --product "$program"
    done
    built=$(swift build --configuration release --show-bin-path)
    for program in "${programs[@]}"; do
        cp "$built/$program" "$staging/programs/"
    done
}

# The pages come from the tool of ArgumentParser's plugin, and not by `swift package plugin`, which would build all programs
# with flags that are not those of `swift build`, so that the next build began anew.
#
# The tool calls a command's page taskflow.tasks.list; `man taskflow tasks list` finds taskflow-tasks-list. How a command is
# called stays in its synopsis. An empty line means nothing in a page.
write_pages() {
    local build tool program page name
    build=(swift build --package-path .build/checkouts/swift-argument-parser --scratch-path .build/manual)
    "${build[@]}" --product generate-manual
    tool=$("${build[@]}" --show-bin-path)/generate-manual
    for program in "${programs[@]}"; do
        mkdir -p "$staging/manual/$program"
        "$tool" "$staging/programs/$program" --multi-page --date "$(date --utc --date="@$epoch" +%F)" \
            --output-directory "$staging/manual/$program"
        for page in "$staging/manual/$program"/*.1; do
            name=$(basename "$page" .1)
            sed -e '/^\.\(Dt\|Xr\) / s/\./-/2g' -e '/^\.Nm ./ { h; s/"//g; s/ /-/2g }' -e '/^\.Nm$/ g' \
                -e 's/^\.Nd "\(.*\)\."$/.Nd \1/' -e 's/^$/.Pp/' "$page" >"$staging/pages/${name//./-}.1"
        done
    done
    # A program without commands has none called help either.
    rm "$staging/pages/websocket-client-help.1"
    sed -i '/^\.Sh "SEE ALSO"/,$d' "$staging/pages/websocket-client.1"
}

write_completions() {
    local program
    for program in "${programs[@]}"; do
        # Shells read it, and do not run it.
        "$staging/programs/$program" --generate-completion-script bash | sed '1{/^#!/d}' >"$staging/completions/bash/$program"
        "$staging/programs/$program" --generate-completion-script zsh >"$staging/completions/zsh/_$program"
        "$staging/programs/$program" --generate-completion-script fish >"$staging/completions/fish/$program.fish"
    done
}

# What the licences of the packages in the programs want to be passed on.
write_notices() {
    local notice
    for notice in .build/checkouts/*/NOTICE.txt; do
        cp "$notice" "$staging/notices/NOTICE.$(basename "$(dirname "$notice")")"
    done
    # Paragraphs of this kind of file are indented, and an empty line in one is a full stop.
    sed -e 1,2d -e 's/^$/./' -e 's/^/ /' LICENSE >>"$staging/debian/copyright"
}

write_changelog() {
    local version
    version=$("$staging/programs/taskflow" --version)
    cat >"$staging/debian/changelog" <<TEXT
taskflow (${version#taskflow }-1) stable; urgency=medium

  * What is in this version is in changelog.gz, beside this file.

 -- $(sed -n 's/^Maintainer: //p' "$staging/debian/control")  $(date --utc --rfc-email --date="@$epoch")
TEXT
}

cp -R packaging/debian CHANGELOG.md "$staging/"
write_programs >&2
write_pages >&2
write_completions
write_notices
write_changelog
# It would ask for Debian's compilers, too. What is needed is there, as install-deps.sh has seen to.
(cd "$staging" && dpkg-buildpackage --build=binary --no-sign --no-check-builddeps) >&2

echo "$root/$(echo "$output"/taskflow_*.deb)"
