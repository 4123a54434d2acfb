#pragma once

#include "overture/plugin.hpp"

namespace overture::folder {

/// Objects as files below one folder, readable by this program's user only. Any thread, and any number of programs.
class FolderStorage final : public sdk::Storage {
public:
    explicit FolderStorage(const sdk::Json& settings);
    sdk::Answer put(const sdk::Json& request, std::string_view object, const sdk::Call& call) override;
    sdk::Answer get(const sdk::Json& request, const sdk::ObjectSink& sink, const sdk::Call& call) override;
    sdk::Answer remove(const sdk::Json& request, const sdk::Call& call) override;

private:
    std::string folder_;
};

}  // namespace overture::folder
