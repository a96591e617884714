#!/usr/bin/env bash
# Builds everything, runs every test and says how it went: the last line is "N passed, N failed, N skipped".
# Arguments go to `dotnet test`: ./test.sh --filter PlainWorker
# A skipped test fails the run: what is not checked is not known. So does a run without tests.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

results=artifacts/test-results

finish() { # exit status, passed, failed, skipped
    echo "$2 passed, $3 failed, $4 skipped"
    exit "$1"
}

if ! command -v dotnet >/dev/null; then
    echo "dotnet is not in PATH; the .NET 10 SDK is needed: https://dotnet.microsoft.com/download/dotnet/10.0" >&2
    finish 1 0 0 0
fi

# Programs that use the installed runtime look for it here when it is not in the usual place.
export DOTNET_ROOT="${DOTNET_ROOT:-$(dirname "$(readlink -f "$(command -v dotnet)")")}"

dotnet build HeapDrift.slnx -c Release || finish 1 0 0 0

# One project after the other (-m:1): tests that measure time should not compete with each other.
rm -rf "$results"
dotnet test HeapDrift.slnx -c Release --no-build -m:1 "$@"
status=$?

# One result file per project, see tests/Directory.Build.props. Its attribute notExecuted leaves skipped tests out.
shopt -s nullglob
read -r passed failed skipped < <(cat /dev/null "$results"/*.trx | awk '
    function count(name) { return match($0, " " name "=\"[0-9]+\"") ? substr($0, RSTART + length(name) + 3) + 0 : 0 }
    /<Counters / {
        passed += count("passed")
        failed += count("failed") + count("error") + count("timeout") + count("aborted")
        skipped += count("total") - count("executed")
    }
    END { print passed + 0, failed + 0, skipped + 0 }')

if [[ $status -eq 0 && $((failed + skipped)) -gt 0 ]] || [[ $passed -eq 0 ]]; then
    status=1
fi
finish "$status" "$passed" "$failed" "$skipped"
