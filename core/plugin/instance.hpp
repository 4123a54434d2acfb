#pragma once

#include <memory>

#include "plugin/host.hpp"
#include "plugin/library.hpp"

namespace overture::plugin {

/// Makes one binding's instance. Settings have passed the manifest's schema.
Result<std::shared_ptr<Instance>> createInstance(std::shared_ptr<Library> library, const Services& services,
                                                 const Json& settings, const Secrets& secrets, Terms terms);

}  // namespace overture::plugin
