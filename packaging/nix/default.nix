# Builds the checkout in which it lies with the libraries of nixpkgs: nix-build packaging/nix
{
  pkgs ? import <nixpkgs> { },
}:
pkgs.python3Packages.buildPythonApplication {
  pname = "hongyan";
  version = "0.1.0";
  pyproject = true;
  src = ../..;

  build-system = [ pkgs.python3Packages.hatchling ];
  dependencies = with pkgs.python3Packages; [
    aiohttp
    click
    cryptography
    lxml
    msgspec
    pillow
    platformdirs
    prompt-toolkit
    regex
    segno
    textual
    tomlkit
    wcwidth
  ];
  pythonImportsCheck = [ "hongyan" ];

  meta = {
    description = "Web WeChat for Python and the terminal: chat client, bots, protocol library, emulator";
    license = pkgs.lib.licenses.mit;
    mainProgram = "hongyan";
  };
}
