#!/data/data/com.termux/files/usr/bin/sh
# Installs or updates clawtap on a phone, from the folder this script was unpacked into.
#
# Usage: sh install.sh [--uninstall]
#
# Everything it says fits a phone: 40 columns.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
program=$here/bin/clawtap

# What is installed, below $PREFIX.
files='bin/clawtap
share/man/man1/clawtap.1.gz
share/bash-completion/completions/clawtap
share/zsh/site-functions/_clawtap
share/fish/vendor_completions.d/clawtap.fish
share/doc/clawtap/LICENSE-MIT
share/doc/clawtap/LICENSE-APACHE
share/doc/clawtap/LICENSE-SPLEEN'

main() {
    case ${1:-} in
        '') ;;
        --uninstall)
            check_termux
            check_package
            uninstall
            return
            ;;
        -h | --help)
            echo "Installs or updates clawtap."
            echo "Usage: sh install.sh [--uninstall]"
            return
            ;;
        *) die "Unknown option." "Run: sh install.sh" ;;
    esac
    check_termux
    check_package
    check_download
    check_architecture
    check_android
    say_flavour
    check_openssh
    check_api
    install_files
}

check_termux() {
    case ${PREFIX:-} in
        */com.termux/files/usr) ;;
        *) die "This is not Termux." "Open the Termux app on the phone
and run it there. On a computer, use:
  cargo install --path ." ;;
    esac
    [ -w "$PREFIX/bin" ] || die "Cannot write to Termux's bin folder." "Restart the phone, start Termux and
run this again, not as root."
}

# A file that a package owns is the package manager's to replace.
check_package() {
    status=$(dpkg-query -W -f '${db:Status-Status}' clawtap 2>/dev/null || true)
    [ "$status" != installed ] || die "clawtap is here as a package." "Update it with the .deb file:
  apt install ./clawtap_*.deb
or remove it: apt remove clawtap"
}

check_download() {
    for file in $files; do
        [ -f "$here/$file" ] || die "The download is not complete." "Missing: ${file##*/}
Download and unpack it again, then run
install.sh in the new folder."
    done
}

# Byte 19 of a program says for which processor it is.
check_architecture() {
    case $(od -An -tx1 -j 18 -N 1 "$program" 2>/dev/null | tr -d ' \n') in
        b7) built_for=aarch64 ;;
        3e) built_for=x86_64 ;;
        28) built_for=arm ;;
        *) die "bin/clawtap is damaged." "Download and unpack it again." ;;
    esac
    # dpkg knows what Termux is; the kernel may be 64-bit under a 32-bit Termux.
    phone=$(dpkg --print-architecture 2>/dev/null) || phone=$(uname -m)
    case $phone in
        armv7l | armv8l) phone=arm ;;
    esac
    [ "$phone" = "$built_for" ] || die "This download is for $built_for." "This phone is $phone. Download
clawtap_VERSION_$phone.tar.gz,
or build it here:
  pkg install rust git
  cargo install --path ."
}

check_android() {
    level=$(getprop ro.build.version.sdk 2>/dev/null) || level=
    case $level in
        '' | *[!0-9]*) ;;
        *) [ "$level" -ge 24 ] || die "Android is too old (API $level)." "clawtap needs Android 7 or later." ;;
    esac
}

# Add-on apps work only with a Termux app from the same source, since they share its signature.
say_flavour() {
    case ${TERMUX_APP__APK_RELEASE:-${TERMUX_APK_RELEASE:-}}:${TERMUX_VERSION:-} in
        F_DROID:*) flavour=F-Droid ;;
        GITHUB*:*) flavour=GitHub ;;
        GOOGLE_PLAY*:* | *:googleplay*) flavour="Google Play" ;;
        *) flavour= ;;
    esac
    if [ -n "$flavour" ]; then
        echo "Termux from $flavour, $phone"
    else
        echo "Termux from an unknown source, $phone"
    fi
}

check_openssh() {
    command -v ssh >/dev/null || die "OpenSSH is missing." "Install it, then run this again:
  pkg install openssh"
}

# Not needed for the terminal, so it does not stop the installation.
check_api() {
    if ! command -v termux-toast >/dev/null; then
        echo "No toasts and dialogs yet. For them:"
        echo "  pkg install termux-api"
        say_api_app
    # Without the app, these commands wait for ever. This one changes nothing.
    elif ! timeout 10 termux-volume >/dev/null 2>&1 </dev/null; then
        echo "The Termux:API app does not answer."
        say_api_app
    fi
}

say_api_app() {
    echo "and the app Termux:API from"
    echo "  ${flavour:-where your Termux is from}"
    [ -z "$flavour" ] || echo "(another source does not work)"
}

install_files() {
    before=$("$PREFIX/bin/clawtap" --version 2>/dev/null) || before=
    new=$PREFIX/bin/.clawtap.new
    # Gone whether it becomes the program, is refused or is interrupted.
    trap 'rm -f "$new"' EXIT
    trap 'exit 130' HUP INT TERM
    cp "$program" "$new" || die "Could not copy the program." "Is the storage full? Make room and
run this again."
    chmod 700 "$new"
    # The one in use is replaced only by one that runs here.
    after=$("$new" --version 2>&1) || die "The new clawtap does not start:" "$after
Nothing was changed."

    same=yes
    for file in $files; do
        cmp -s "$here/$file" "$PREFIX/$file" || same=
    done
    if [ -n "$same" ]; then
        echo "$after is installed already."
    else
        for file in $files; do
            [ "$file" = bin/clawtap ] || copy "$file"
        done
        mv -f "$new" "$PREFIX/bin/clawtap"
        case $before in
            '') echo "Installed $after." ;;
            "$after") echo "Repaired $after." ;;
            *) echo "Updated ${before#clawtap } to ${after#clawtap }." ;;
        esac
    fi
    echo "Next: clawtap init USER@GATEWAY"
    echo "or look around: clawtap demo"
}

copy() {
    mkdir -p "$PREFIX/${1%/*}"
    cp "$here/$1" "$PREFIX/$1" || die "Could not write ${1##*/}." "Is the storage full? Make room and
run this again."
    chmod 600 "$PREFIX/$1"
}

uninstall() {
    for file in $files; do
        rm -f "$PREFIX/$file"
    done
    rmdir "$PREFIX/share/doc/clawtap" 2>/dev/null || true
    echo "Removed clawtap. Your settings stay:"
    echo "  ~/.config/clawtap"
}

die() {
    echo "$1" >&2
    echo "$2" >&2
    exit 1
}

main "$@"
