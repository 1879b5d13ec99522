#!/usr/bin/env bash
# Makes the pictures of the board and of the loop anew, as the documentation shows them.
# A link to the script is followed to where its folder is.
self=$0
if [ -L "$self" ]; then self=$(realpath "$self"); fi
# shellcheck source=scripts/environment.bash
. "$(dirname "$self")/environment.bash"

folder=$root/docs
for argument in "$@"; do
    case $argument in
        --help | -h)
            cat <<'TEXT'
Usage: scripts/pictures.sh [FOLDER]

Builds taskflow for release, and has Chromium take the pictures of its pages: the board and the loop in four sizes and both
themes, a recording, and the frames of the button that keeps the loop busy. They go to FOLDER, docs if none is given.
Chromium and the Python packages are those of scripts/test.sh, which gets them.
TEXT
            exit
            ;;
        -*) misused "no option $argument" ;;
        *)
            [ $# -eq 1 ] || misused "one folder"
            [ -d "$argument" ] || misused "no folder $argument"
            folder=$(realpath "$argument")
            ;;
    esac
done

cd "$root"
[ -x .venv/bin/python ] || {
    echo "pictures: the Python packages are missing: scripts/test.sh gets them" >&2
    exit 1
}
swift build --configuration release --product taskflow
programs=$(swift build --configuration release --show-bin-path)
exec .venv/bin/python Tests/Peers/pictures.py "$programs/taskflow" "$folder"
