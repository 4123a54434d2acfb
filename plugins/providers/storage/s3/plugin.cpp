#include "s3/storage.hpp"

OVERTURE_PLUGIN("s3", "0.1.0", [](overture::sdk::Host host, const overture::sdk::Json& settings) {
    overture::sdk::Opened opened;
    opened.storage = std::make_shared<overture::s3::S3Storage>(host, settings);
    return opened;
})
