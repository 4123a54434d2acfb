#include "plugin/media.hpp"

#include "base/log.hpp"
#include "base/text.hpp"
#include "plugin/library.hpp"

namespace overture::plugin {
namespace {

constexpr std::size_t kLongestComplaint = 500;

std::string_view viewOf(overture_text_t text) {
    return {text.data, text.size};
}
overture_text_t borrowed(std::string_view text) {
    return {text.data(), text.size()};
}

struct HearTo {
    const Media::Hear& hear;
    const Media::Complain& complain;
};

}  // namespace

std::unique_ptr<Media> Media::open(std::shared_ptr<Instance> instance) {
    const auto found = instance->tableOf(OVERTURE_CARRIER_MEDIA);
    if (found.table == nullptr) return nullptr;
    const auto& table = *static_cast<const overture_carrier_media_t*>(found.table);
    overture_media_t* media = nullptr;
    const auto trouble = guarded([&] { media = table.open(found.object); });
    if (!trouble.empty() || media == nullptr) return nullptr;
    return std::unique_ptr<Media>(new Media(std::move(instance), table, media));
}

Media::~Media() {
    if (const auto trouble = guarded([&] { table_.close(media_); }); !trouble.empty())
        log::error("plugin", {{"plugin", instance_->plugin()}, {"line", "a media socket: " + trouble}});
}

void Media::read(bool binary, std::string_view message, const Hear& hear, const Complain& complain) {
    HearTo to{hear, complain};
    const overture_media_heard_t heard{
        sizeof(overture_media_heard_t), &to,
        [](const overture_media_heard_t* given, const overture_media_message_t* one) {
            static_cast<HearTo*>(given->context)
                ->hear({one->kind, one->at_ms, viewOf(one->text), viewOf(one->bytes)});
        },
        [](const overture_media_heard_t* given, overture_text_t sentence) {
            static_cast<HearTo*>(given->context)
                ->complain(toValidUtf8(viewOf(sentence).substr(0, kLongestComplaint)));
        }};
    const auto trouble = guarded([&] { table_.read(media_, binary ? 1 : 0, borrowed(message), &heard); });
    if (!trouble.empty()) complain(trouble);
}

bool Media::write(const Message& message, const Send& send) {
    const overture_media_message_t form{sizeof(overture_media_message_t), message.kind, message.atMs,
                                        borrowed(message.text), borrowed(message.bytes)};
    const overture_media_wire_t wire{
        sizeof(overture_media_wire_t), const_cast<Send*>(&send),
        [](const overture_media_wire_t* to, std::int32_t binary, overture_text_t text) {
            (*static_cast<const Send*>(to->context))(binary == 1, viewOf(text));
        }};
    std::int32_t written = 0;
    const auto trouble = guarded([&] { written = table_.write(media_, &form, &wire); });
    return trouble.empty() && written == 1;
}

}  // namespace overture::plugin
