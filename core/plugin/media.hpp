#pragma once

#include <overture/carrier_media.h>

#include <functional>

#include "plugin/host.hpp"

namespace overture::plugin {

/// One socket of carrier.media/1, translated by its plugin. One thread at a time; nothing here waits.
class Media {
public:
    struct Message {
        int kind = 0;  ///< one of OVERTURE_MEDIA_…
        std::int64_t atMs = -1;
        std::string_view text = {}, bytes = {};
    };
    /// Nothing when the instance does not offer it, or will not open one. Keeps the instance.
    static std::unique_ptr<Media> open(std::shared_ptr<Instance> instance);
    ~Media();
    Media(const Media&) = delete;
    Media& operator=(const Media&) = delete;

    using Hear = std::function<void(const Message&)>;
    using Complain = std::function<void(std::string_view sentence)>;
    /// One message as it came over the socket.
    void read(bool binary, std::string_view message, const Hear& hear, const Complain& complain);
    using Send = std::function<void(bool binary, std::string_view message)>;
    /// False when this carrier has no such thing.
    bool write(const Message& message, const Send& send);

private:
    Media(std::shared_ptr<Instance> instance, const overture_carrier_media_t& table, overture_media_t* media)
        : instance_(std::move(instance)), table_(table), media_(media) {}
    std::shared_ptr<Instance> instance_;
    const overture_carrier_media_t& table_;
    overture_media_t* media_;
};

}  // namespace overture::plugin
