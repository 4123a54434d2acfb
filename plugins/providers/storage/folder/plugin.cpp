#include "folder/storage.hpp"

OVERTURE_PLUGIN("folder", "0.1.0", [](overture::sdk::Host, const overture::sdk::Json& settings) {
    overture::sdk::Opened opened;
    opened.storage = std::make_shared<overture::folder::FolderStorage>(settings);
    return opened;
})
