# For the Termux User Repository or termux-packages: tur/clawtap/build.sh or packages/clawtap/build.sh there.
# The release workflow fills in OWNER, the version and the checksum, and attaches the result to the release.
TERMUX_PKG_HOMEPAGE=https://github.com/OWNER/clawtap
TERMUX_PKG_DESCRIPTION="One-tap OpenClaw sign-in health, from an Android home screen"
TERMUX_PKG_LICENSE="MIT, Apache-2.0, BSD 2-Clause"
TERMUX_PKG_LICENSE_FILE="LICENSE-MIT, LICENSE-APACHE, LICENSE-SPLEEN"
TERMUX_PKG_MAINTAINER="@termux-user-repository"
TERMUX_PKG_VERSION="VERSION"
TERMUX_PKG_SRCURL=https://github.com/OWNER/clawtap/archive/refs/tags/v$TERMUX_PKG_VERSION.tar.gz
TERMUX_PKG_SHA256=CHECKSUM
TERMUX_PKG_DEPENDS="openssh"
TERMUX_PKG_RECOMMENDS="termux-api"
TERMUX_PKG_BUILD_IN_SRC=true
TERMUX_PKG_AUTO_UPDATE=true

termux_step_pre_configure() {
	termux_setup_rust
}

termux_step_make() {
	cargo build --jobs "$TERMUX_PKG_MAKE_PROCESSES" --target "$CARGO_TARGET_NAME" --release --locked
}

termux_step_make_install() {
	install -Dm700 -t "$TERMUX_PREFIX/bin" "target/$CARGO_TARGET_NAME/release/clawtap"
	# Empty here, so that the package owns them; postinst fills them, on a machine that can run the program.
	install -Dm600 /dev/null "$TERMUX_PREFIX/share/man/man1/clawtap.1"
	install -Dm600 /dev/null "$TERMUX_PREFIX/share/bash-completion/completions/clawtap"
	install -Dm600 /dev/null "$TERMUX_PREFIX/share/zsh/site-functions/_clawtap"
	install -Dm600 /dev/null "$TERMUX_PREFIX/share/fish/vendor_completions.d/clawtap.fish"
}

termux_step_create_debscripts() {
	cat <<-EOF >./postinst
		#!$TERMUX_PREFIX/bin/sh
		clawtap man >"$TERMUX_PREFIX/share/man/man1/clawtap.1"
		clawtap completions bash >"$TERMUX_PREFIX/share/bash-completion/completions/clawtap"
		clawtap completions zsh >"$TERMUX_PREFIX/share/zsh/site-functions/_clawtap"
		clawtap completions fish >"$TERMUX_PREFIX/share/fish/vendor_completions.d/clawtap.fish"
	EOF
}
