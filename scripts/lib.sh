# shellcheck shell=bash
# What the scripts share: where the repository is, Debian packages, quiet steps, CMake builds. Sourced, not run.

root=$(dirname "$(dirname "$(realpath -- "${BASH_SOURCE[0]}")")")
logs=$root/build/logs
cores=$(nproc)

# What each job needs: Debian packages, or COMMAND:PACKAGE where any command of that name will do.
# shellcheck disable=SC2034
{
  packages_build=(cmake:cmake ninja:ninja-build g++:g++ libstb-dev libjpeg-dev libhwy-dev)
  packages_native=("${packages_build[@]}" libopencv-dev libwebp-dev libheif-dev libssl-dev nlohmann-json3-dev libcli11-dev
    libonnx-dev libprotobuf-dev libtiff-dev libopenjp2-7-dev libseccomp-dev)
  packages_training=("${packages_native[@]}" libtorch-dev libgloo-dev libopenblas0-pthread
    libcurl4-openssl-dev)
  packages_tests=(python3:python3 python3-venv openssl:openssl clang-format:clang-format chromium:chromium firefox-esr:firefox-esr shellcheck:shellcheck libgtest-dev libpng-dev
    clang++:clang libclang-rt-dev dpkg-shlibdeps:dpkg-dev file:file lintian:lintian)
  packages_release=(dpkg-shlibdeps:dpkg-dev file:file python3:python3)
}

say() { printf '%s\n' "$*" >&2; }

die() {
  say "$(basename "$0"): $*"
  exit 1
}

# The comment that a script opens with is its help.
show_help() { sed -n '2,/^[^#]/{/^#/s/^# \{0,1\}//p}' "$0"; }

# option_value OPTION ARGUMENT…: the value given to the option (--out FILE or --out=FILE); fails where it is not given.
option_value() {
  local option=$1
  shift
  while [ $# -gt 0 ]; do
    case $1 in
      "$option") printf '%s' "${2:-}" && return ;;
      "$option="*) printf '%s' "${1#*=}" && return ;;
    esac
    shift
  done
  return 1
}

# stored_size STORE: side of the pictures of a feature store; 0 where there is none.
stored_size() {
  local size
  size=$(sed -n 's/^ *"size": \([0-9]\{1,5\}\),*$/\1/p' "$1/dataset.json" 2>/dev/null) || true
  printf '%s' "${size:-0}"
}

# step LOG WHAT COMMAND…: says what happens; what the command says goes to build/logs/LOG.log, whose end is shown when
# it fails. The caller's stdin is left alone: it may be a list of photos. Where COMMAND is a function, it chains its
# commands with &&: `set -e` does not reach into it.
step() {
  local log=$logs/$1.log what=$2 status=0
  shift 2
  mkdir -p "$logs"
  say "· $what"
  "$@" >"$log" 2>&1 </dev/null || status=$?
  [ "$status" = 0 ] && return
  say "$(tail -n 25 "$log" | cut -c 1-300)"
  say "Failed (exit $status): $what. All of it is in $log"
  return "$status"
}

installed() { dpkg-query -W -f '${db:Status-Status}\n' "$1" 2>/dev/null | grep -qx installed; }

# need PACKAGE|COMMAND:PACKAGE…: installs the Debian packages that are missing, and nothing where none is.
need() {
  local item missing=()
  for item in "$@"; do
    case $item in
      *:*) command -v "${item%%:*}" >/dev/null || missing+=("${item#*:}") ;;
      *) installed "$item" || missing+=("$item") ;;
    esac
  done
  [ ${#missing[@]} = 0 ] && return
  local as_root=()
  [ "$(id -u)" = 0 ] || as_root=(sudo)
  if ! command -v apt-get >/dev/null || ! command -v "${as_root[0]:-env}" >/dev/null; then
    die "these Debian packages are missing: ${missing[*]}. Installing them takes apt-get, as root or with sudo."
  fi
  local apt=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q -y)
  step apt-update "Looking for packages (apt-get update)" "${apt[@]}" update
  step apt-install "Installing ${missing[*]} (minutes, the first time)" "${apt[@]}" install --no-install-recommends "${missing[@]}"
}

# build_preset PRESET WHAT [-D…=…] [target…]: configures build/PRESET when needed, then builds the targets, or all.
build_preset() {
  local preset=$1 what=$2 flags=() targets=()
  shift 2
  for argument in "$@"; do
    case $argument in
      -D*) flags+=("$argument") ;;
      *) targets+=(--target "$argument") ;;
    esac
  done
  if command -v ccache >/dev/null; then
    flags+=(-DCMAKE_C_COMPILER_LAUNCHER=ccache -DCMAKE_CXX_COMPILER_LAUNCHER=ccache)
  fi
  local folder=$root/build/$preset stamp=$root/build/$preset/configured.txt
  if [ ! -f "$folder/build.ninja" ] || [ "$root/CMakePresets.json" -nt "$stamp" ] ||
    [ "$(cat "$stamp")" != "${flags[*]}" ]; then
    step "configure-$preset" "Configuring build/$preset" env -C "$root" cmake --preset "$preset" "${flags[@]}" || return
    printf '%s\n' "${flags[*]}" >"$stamp"
  fi
  step "build-$preset" "$what" cmake --build "$folder" -j "$cores" "${targets[@]}"
}
