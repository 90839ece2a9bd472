#!/bin/sh
# Stands in for a C compiler, an archiver, CMake and Apple's xcrun where only Rust is checked. A result that a build script
# asks for is an empty file; beside it a note (`.stood-in`) names the source that was not compiled.
set -eu

note() { # source, result
    case $1 in
    /*) printf '%s\n' "$1" >"$2.stood-in" ;;
    *) printf '%s\n' "$PWD/$1" >"$2.stood-in" ;;
    esac
}

compile() {
    source='' result=''
    while [ $# -gt 0 ]; do
        case $1 in
        # Which kind of compiler is this? One that does not take Microsoft's options.
        -E) printf '#pragma message "clang"\n#pragma message "gcc"\n' && exit ;;
        '-?') exit 1 ;;
        -o) result=$2 && shift ;;
        *.c | *.cc | *.cpp | *.m | *.mm | *.S | *.s | *.asm) source=$1 ;;
        esac
        shift
    done
    [ -n "$result" ] || exit 0
    : >"$result"
    case $source in
    # A build script's own question, whether an option is known.
    '' | *flag_check.*) ;;
    *) note "$source" "$result" ;;
    esac
}

case ${0##*/} in
ar)
    # ar cq library.a object...
    for word in "$@"; do
        case $word in *.a) : >"$word" ;; esac
    done
    ;;
cmake)
    case ${1-} in
    --version) echo 'cmake version 3.25.1' ;;
    --build | --install) ;;
    *) note "$1/CMakeLists.txt" CMakeLists.txt ;;
    esac
    ;;
xcrun)
    case $* in
    *--show-sdk-version*) echo 14.0 ;;
    *--show-sdk-path*) echo "${SDKROOT-/}" ;;
    esac
    ;;
*) compile "$@" ;;
esac
