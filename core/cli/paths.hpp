// Where the program finds what came with it. Built: beside the program. Installed: PREFIX/bin, PREFIX/lib, PREFIX/share.
#pragma once

#include <string>

namespace overture::cli {

/// The folder of the running program, links followed.
std::string programFolder();

/// `given` (--plugins); else OVERTURE_PLUGINS; else the first there is of PROGRAM/plugins, ../lib/overture/plugins and
/// ../lib/<architecture>/overture/plugins. Throws Error naming what was looked at.
std::string pluginsFolder(const std::string& given = {});

}  // namespace overture::cli
