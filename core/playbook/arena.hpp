// Memory of one Lua state: small blocks from a few large ones, kept by size when they are let go, and all of it given back at once.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>

namespace overture::playbook {

/// One thread. What is still out when the arena ends is gone: nothing in it may need a destructor.
class Arena {
public:
    /// Small blocks hold at most `most` bytes, those that were let go included.
    explicit Arena(std::size_t most) : most_(most) {}
    Arena(const Arena&) = delete;
    Arena& operator=(const Arena&) = delete;
    ~Arena() {
        while (large_.next != &large_) release(large_.next);
        while (chunks_ != nullptr) {
            auto* next = chunks_->next;
            std::free(chunks_);
            chunks_ = next;
        }
    }

    /// Null when there is no memory, or too much of it was taken.
    void* take(std::size_t size) {
        if (size > kSmall) return takeLarge(size);
        auto& free = free_[classOf(size)];
        if (free == nullptr) return carve(sizeOf(classOf(size)));
        auto* block = free;
        free = free->next;
        return block;
    }
    /// `size` as it was taken.
    void give(void* block, std::size_t size) {
        if (size > kSmall) return release(static_cast<Large*>(block) - 1);
        auto* free = static_cast<Free*>(block);
        auto& list = free_[classOf(size)];
        free->next = list;
        list = free;
    }

private:
    static constexpr std::size_t kStep = 16, kSmall = 1024, kChunk = 64 * 1024;
    struct Free {
        Free* next;
    };
    struct alignas(kStep) Chunk {
        Chunk* next;
    };
    struct alignas(kStep) Large {
        Large *next, *before;
    };

    static std::size_t classOf(std::size_t size) { return (size + kStep - 1) / kStep; }
    static std::size_t sizeOf(std::size_t index) { return index * kStep; }

    void* carve(std::size_t size) {
        if (static_cast<std::size_t>(end_ - at_) < size) {
            if (held_ + kChunk > most_) return nullptr;
            held_ += kChunk;
            auto* chunk = static_cast<Chunk*>(std::malloc(kChunk));
            if (chunk == nullptr) return nullptr;
            chunk->next = chunks_;
            chunks_ = chunk;
            at_ = reinterpret_cast<std::byte*>(chunk + 1);
            end_ = reinterpret_cast<std::byte*>(chunk) + kChunk;
        }
        auto* block = at_;
        at_ += size;
        return block;
    }

    void* takeLarge(std::size_t size) {
        auto* block = static_cast<Large*>(std::malloc(sizeof(Large) + size));
        if (block == nullptr) return nullptr;
        block->next = large_.next;
        block->before = &large_;
        large_.next->before = block;
        large_.next = block;
        return block + 1;
    }

    static void release(Large* block) {
        block->next->before = block->before;
        block->before->next = block->next;
        std::free(block);
    }

    std::size_t most_, held_ = 0;
    std::array<Free*, kSmall / kStep + 1> free_{};
    Chunk* chunks_ = nullptr;
    std::byte *at_ = nullptr, *end_ = nullptr;
    Large large_{&large_, &large_};
};

}  // namespace overture::playbook
