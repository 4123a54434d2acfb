#include "agent/pattern.hpp"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "base/error.hpp"

namespace overture::agent {
namespace {

constexpr std::uint32_t kOptions = PCRE2_UTF | PCRE2_UCP | PCRE2_CASELESS | PCRE2_MATCH_INVALID_UTF;
constexpr std::uint32_t kMostGroups = 8;
constexpr std::uint32_t kMostTries = 1'000'000;
constexpr std::size_t kStackBegins = 32 * 1024, kLargestStack = 1024 * 1024;

struct Free {
    void operator()(pcre2_match_data* data) const { pcre2_match_data_free(data); }
    void operator()(pcre2_match_context* context) const { pcre2_match_context_free(context); }
    void operator()(pcre2_jit_stack* stack) const { pcre2_jit_stack_free(stack); }
};

/// What a thread searches with.
struct Searcher {
    std::unique_ptr<pcre2_match_data, Free> data{pcre2_match_data_create(kMostGroups + 1, nullptr)};
    std::unique_ptr<pcre2_jit_stack, Free> stack{
        pcre2_jit_stack_create(kStackBegins, kLargestStack, nullptr)};
    std::unique_ptr<pcre2_match_context, Free> context{pcre2_match_context_create(nullptr)};

    Searcher() {
        if (!data || !stack || !context) throw std::bad_alloc();
        pcre2_jit_stack_assign(context.get(), nullptr, stack.get());
        pcre2_set_match_limit(context.get(), kMostTries);
    }
};

PCRE2_SPTR bytesOf(std::string_view text) {
    return reinterpret_cast<PCRE2_SPTR>(text.data());
}

std::vector<std::string> groupsOf(std::string_view text, const PCRE2_SIZE* places, int known,
                                  std::uint32_t count) {
    std::vector<std::string> groups(count + 1);
    for (std::size_t i = 0; i < static_cast<std::size_t>(known); ++i)
        if (places[2 * i] != PCRE2_UNSET)
            groups[i] = text.substr(places[2 * i], places[2 * i + 1] - places[2 * i]);
    return groups;
}

std::size_t afterNextCharacter(std::string_view text, std::size_t at) {
    for (++at; at < text.size() && (static_cast<unsigned char>(text[at]) & 0xc0) == 0x80;) ++at;
    return at;
}

}  // namespace

Pattern::Pattern(const char* expression) {
    int fault = 0;
    PCRE2_SIZE place = 0;
    auto* code = pcre2_compile(reinterpret_cast<PCRE2_SPTR>(expression), PCRE2_ZERO_TERMINATED, kOptions,
                               &fault, &place, nullptr);
    std::uint32_t groups = 0;
    if (code != nullptr) pcre2_pattern_info(code, PCRE2_INFO_CAPTURECOUNT, &groups);
    code_ = std::shared_ptr<const pcre2_code>(code, [](auto* given) { pcre2_code_free(given); });
    if (code == nullptr || groups > kMostGroups)
        throw Error("bad pattern at " + std::to_string(place) + ": " + expression, "core/agent");
    pcre2_jit_compile(code, PCRE2_JIT_COMPLETE);  // where that cannot be, it is interpreted
}

template <typename Take>
void Pattern::each(std::string_view text, const Take& take) const {
    thread_local const Searcher searcher;
    const auto* places = pcre2_get_ovector_pointer(searcher.data.get());
    for (std::size_t from = 0; from <= text.size();) {
        const int known = pcre2_match(code_.get(), bytesOf(text), text.size(), from, 0, searcher.data.get(),
                                      searcher.context.get());
        if (known == PCRE2_ERROR_NOMATCH) break;
        if (known < 0) throw Error("the text could not be searched", "core/agent");
        take(places, known);
        from = places[1] > places[0] ? places[1] : afterNextCharacter(text, places[1]);
    }
}

std::vector<std::vector<std::string>> Pattern::all(std::string_view text) const {
    std::uint32_t count = 0;
    pcre2_pattern_info(code_.get(), PCRE2_INFO_CAPTURECOUNT, &count);
    std::vector<std::vector<std::string>> out;
    each(text,
         [&](const PCRE2_SIZE* places, int known) { out.push_back(groupsOf(text, places, known, count)); });
    return out;
}

std::vector<std::pair<std::size_t, std::size_t>> Pattern::places(std::string_view text) const {
    std::vector<std::pair<std::size_t, std::size_t>> out;
    each(text, [&](const PCRE2_SIZE* places, int) { out.emplace_back(places[0], places[1]); });
    return out;
}

}  // namespace overture::agent
