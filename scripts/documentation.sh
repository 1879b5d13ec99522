#!/usr/bin/env bash
# Builds the libraries' documentation with DocC. A warning of DocC and a public name without a text end it with code 1.
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
Usage: scripts/documentation.sh

Builds the documentation of each library in .build/documentation/LIBRARY.doccarchive, which Xcode opens and
`python3 -m http.server --directory .build/documentation/UVCore.doccarchive` serves, at /documentation/uvcore.
TEXT
        exit
        ;;
    *) misused "no option $1" ;;
esac

swift build --build-tests
modules=$(swift build --show-bin-path)/Modules
archives=.build/documentation
graphs=$archives/graphs
rm -rf "$archives"
mkdir -p "$graphs"

target=$(swift -print-target-info | sed -n 's/^ *"unversionedTriple": "\(.*\)",$/\1/p')
clang=()
for map in CLibUV/module.modulemap Sources/*/module.modulemap; do clang+=(-Xcc "-fmodule-map-file=$map"); done

libraries=(UVCore UVCrypto UVCompression UVHTTP UVHTTPExtras UVTesting UVWebSocket UVWebSocketExtras UVTasks TaskEngine)
for library in "${libraries[@]}"; do
    mkdir "$graphs/$library"
    swift symbolgraph-extract -module-name "$library" -target "$target" -I "$modules" "${clang[@]}" \
        -minimum-access-level public -skip-synthesized-members -emit-extension-block-symbols \
        -output-dir "$graphs/$library"
done
scripts/check-documentation.py
for library in "${libraries[@]}"; do
    docc convert "Sources/$library/$library.docc" --additional-symbol-graph-dir "$graphs/$library" --warnings-as-errors \
        --fallback-bundle-identifier "taskflow.$library" --fallback-default-module-kind Library \
        --output-path "$archives/$library.doccarchive"
done
